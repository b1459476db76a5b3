/** Historical indicators as a run calculates them: periods in bars, windows in trading days. */
import type { Calendar } from '../domain/calendar/calendar.ts';
import { dayNumber, weekdayOf } from '../domain/calendar/civil.ts';
import { trailingKey } from '../domain/config/rules.ts';
import type { Config } from '../domain/config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import { type Interval, type ParsedInterval, parseInterval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import { type TrailingRule, trailingDates } from '../domain/trailing.ts';
import type { IndicatorDefinition } from '../indicators/indicator.ts';
import { LOOKBACK_MAX } from '../indicators/lookback.ts';
import type { IndicatorRegistry } from '../indicators/registry.ts';
import { resolveIndicator, settingsFor } from '../indicators/resolution.ts';
import type { IndicatorPlan } from './plans.ts';

/** One entry of `historical.indicators`. */
export interface TrailingPlan {
  readonly key: string;
  readonly rule: TrailingRule;
  /** Of the bars it is made of. */
  readonly interval: Interval;
}

/** One entry of `indicators.historical`, its period in bars. */
export interface HistoricalIndicatorPlan extends IndicatorPlan {
  /** As the config says it, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** What indicators and their periods need to know of a market. */
export interface MarketShape {
  /** Length of a session that does not close early. */
  readonly sessionMs: number;
  /** 252 where weekends and holidays are off, 365 where every day is traded. */
  readonly sessionsPerYear: number;
  /** Weekdays on which it trades. */
  readonly daysPerWeek: number;
}

/** The shape of the market that `calendar` is of, around `date`. */
export function marketShape(calendar: Calendar, date: TradingDate): MarketShape {
  const dates = calendar.tradingDates;
  const found = dates.findIndex((day) => day >= date);
  const from = Math.max(0, Math.min(found === -1 ? dates.length : found, dates.length - 40));
  const near = dates.slice(from, from + 40);
  const sessions = near.slice(0, 10).map((day) => calendar.session(day)!);
  const { open, close } = sessions.find(({ earlyClose }) => !earlyClose) ?? sessions[0]!;
  return {
    sessionMs: close - open,
    sessionsPerYear: calendar.name === 'CRYPTO' ? 365 : 252,
    daysPerWeek: new Set(near.map((day) => weekdayOf(dayNumber(day)))).size,
  };
}

interface Window {
  /** Ascending. */
  readonly dates: readonly TradingDate[];
  readonly holds: ReadonlySet<TradingDate>;
}

export class HistoricalPlans {
  /** Ascending by key. */
  readonly trailing: readonly TrailingPlan[];
  /** In the order of the config. */
  readonly indicators: readonly HistoricalIndicatorPlan[];
  /** By date, then by rule: those of the run's first session, and of the present one. */
  readonly #windows = new Map<TradingDate, Map<string, Window>>();

  constructor(
    trailing: readonly TrailingPlan[] = [],
    indicators: readonly HistoricalIndicatorPlan[] = [],
  ) {
    this.trailing = trailing;
    this.indicators = indicators;
  }

  /** The days before `date` that a plan looks at; the same for all symbols, so worked out once. */
  window({ rule }: TrailingPlan, date: TradingDate, time: TimeManager): Window {
    const ofDate = this.#windowsOf(date);
    const key = `${rule.period} ${rule.skip_early_close}`;
    let window = ofDate.get(key);
    if (window === undefined) {
      const dates = trailingDates(time, date, rule);
      window = { dates, holds: new Set(dates) };
      ofDate.set(key, window);
    }
    return window;
  }

  #windowsOf(date: TradingDate): Map<string, Window> {
    let found = this.#windows.get(date);
    if (found === undefined) {
      const [, last] = this.#windows.keys();
      if (last !== undefined) this.#windows.delete(last);
      found = new Map();
      this.#windows.set(date, found);
    }
    return found;
  }
}

/** Plans of all historical indicators of a config. @throws {UsageError} where `problemOf` finds one */
export function planHistorical(
  config: Config,
  registry: IndicatorRegistry,
  calendar: Calendar,
): HistoricalPlans {
  const { historical, indicators } = config.session_data_config;
  const market = marketShape(calendar, config.backtest_config.start_date);
  const trailing = Object.entries(historical.indicators).map(([name, rule]) => {
    const interval = rule.granularity === 'daily' ? '1d' : '1m';
    return { key: trailingKey(name, rule.period), rule, interval };
  });
  const plans = indicators.historical.map((entry) => {
    const planned = planIndicator(entry, registry, market);
    if (typeof planned === 'string') throw new UsageError(planned);
    return planned;
  });
  trailing.sort((a, b) => (a.key < b.key ? -1 : 1));
  return new HistoricalPlans(trailing, plans);
}

/** Why an entry of `indicators.historical` cannot be calculated on a market; null if it can. */
export function problemOf(
  entry: HistoricalEntry,
  registry: IndicatorRegistry,
  market: MarketShape,
): string | null {
  const planned = planIndicator(entry, registry, market);
  return typeof planned === 'string' ? planned : null;
}

export type HistoricalEntry = Config['session_data_config']['indicators']['historical'][number];

/** @returns what is wrong with it, in a sentence, if anything is */
function planIndicator(
  entry: HistoricalEntry,
  registry: IndicatorRegistry,
  market: MarketShape,
): HistoricalIndicatorPlan | string {
  const { name, unit, interval } = entry;
  const definition = registry.find(name)!;
  const period = entry.period || (definition.period?.default ?? 0);
  const bars = periodInBars(definition, { period, unit, interval }, market);
  if (typeof bars === 'string') return bars;
  const asked = resolveIndicator({ ...entry, period }, registry);
  const resolved = resolveIndicator({ ...entry, period: bars }, registry);
  if (!resolved.ok) return resolved.problems.map(({ message }) => message).join('; ');
  const { params } = resolved.indicator;
  return {
    // The key bears the period as it was written, not the bars it comes to.
    key: asked.ok ? asked.indicator.key : resolved.indicator.key,
    definition,
    settings: settingsFor(resolved.indicator, market),
    config: { name, period, unit, interval, params },
  };
}

interface Period {
  readonly period: number;
  readonly unit: HistoricalEntry['unit'];
  readonly interval: Interval;
}

/** A look-back of days or weeks in bars; the sentence against it if it is no whole number, too few or too many. */
function periodInBars(
  { name, period: rule }: IndicatorDefinition,
  { period, unit, interval }: Period,
  market: MarketShape,
): number | string {
  if (rule === null || unit === 'bars') return period;
  const counted = `${period} ${period === 1 ? unit.slice(0, -1) : unit} of ${interval} bars`;
  const bars = barsOf({ period, unit, interval: parseInterval(interval) }, market);
  if (!Number.isInteger(bars)) {
    return `${counted} is ${Number(bars.toFixed(2))} bars: write a period that is a whole number of them`;
  }
  const come = `${counted} is ${bars} ${bars === 1 ? 'bar' : 'bars'}`;
  if (bars < rule.min) {
    return `${come}, "${name}" needs at least ${rule.min}: write a longer period or a shorter interval`;
  }
  if (bars > LOOKBACK_MAX) {
    return `${come}, "${name}" takes at most ${LOOKBACK_MAX}: write a shorter period or a longer interval`;
  }
  return bars;
}

function barsOf(
  { period, unit, interval }: Omit<Period, 'interval'> & { interval: ParsedInterval },
  { sessionMs, daysPerWeek }: MarketShape,
): number {
  const days = unit === 'weeks' ? period * daysPerWeek : period;
  if (interval.intraday) return days * Math.ceil(sessionMs / interval.ms);
  const daysPerBar = interval.unit === 'w' ? interval.count * daysPerWeek : interval.count;
  return days / daysPerBar;
}
