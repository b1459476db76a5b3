/**
 * Which earlier days a symbol's load needs, and from which stored interval they come.
 *
 * Two wishes meet here: the trailing days that the config shows to strategies, and the bars that indicators
 * need so that the start of their series is forgotten.
 */
import type { Session } from '../domain/calendar/calendar.ts';
import { barsIn, spansSessions } from '../domain/derivation.ts';
import { type Interval, type ParsedInterval, parseInterval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import type { Engine } from './engine.ts';
import type { IndicatorPlan } from './plans.ts';

export interface HistoryNeed {
  readonly interval: Interval;
  /** Where its bars are read from: itself where it is stored. */
  readonly source: Interval;
  /** First day needed. */
  from: TradingDate;
  /** First day strategies see; null if it only warms indicators or serves to derive. */
  visibleFrom: TradingDate | null;
  /** True if the config asks for it, or for what is derived from it: sessions to come will need it too. */
  keep: boolean;
  /** Indicator keys that reach back beyond what the config asks for. */
  readonly neededBy: string[];
}

/** From which stored interval bars of `interval` come: itself, else the next in the fallback order. */
export function historySource(
  interval: Interval,
  stored: ReadonlySet<Interval>,
): Interval | undefined {
  const { unit } = parseInterval(interval);
  const small = unit === 's' ? ['1s'] : ['1m', '1s'];
  const fallbacks = unit === 'd' || unit === 'w' ? ['1d', ...small] : small;
  return [interval, ...fallbacks].find((candidate) => stored.has(candidate));
}

/** Everything the load of `symbol` needs of the days before the present session; stored intervals first. */
export function historyNeeds(engine: Engine, symbol: string): HistoryNeed[] {
  const light = engine.requests.get(symbol)?.light === true;
  const needs = new Needs(engine, symbol);
  if (!light) needs.showTrailing();
  // A light symbol begins anew every day, and when it is asked for in full.
  const wasLight = engine.data.symbols.get(symbol)?.registered.auto_provisioned === true;
  if (light || wasLight || engine.known.get(symbol)?.begun !== true) {
    for (const plan of engine.plansOf(symbol)) needs.warm(plan);
    needs.relive();
  }
  return needs.list();
}

/** What it takes to begin the series of a symbol anew, with one more indicator if `plan` is given. */
export function needsToBegin(
  engine: Engine,
  symbol: string,
  plan: IndicatorPlan | null,
): HistoryNeed[] {
  const needs = new Needs(engine, symbol);
  if (engine.isLoaded(symbol)) needs.showTrailing();
  for (const each of engine.plansOf(symbol)) needs.warm(each);
  if (plan !== null) needs.warm(plan);
  needs.relive();
  return needs.list();
}

/** The intervals that the data has of a symbol; bars added by hand are data, too. */
export function storedIntervals(engine: Engine, symbol: string): ReadonlySet<Interval> {
  const stored = new Set(engine.market.feed.availability(symbol).map(({ interval }) => interval));
  if (engine.handmade.has(symbol)) stored.add(engine.base.text);
  return stored;
}

/** The `days`-th trading day before `date`, or the calendar's first. */
export function trailingFrom(time: TimeManager, date: TradingDate, days: number): TradingDate {
  const { firstDate } = time.calendar;
  const earliest = time.firstTradingDate(firstDate);
  const held = time.countTradingDays(earliest, date) - 1;
  return held <= days ? earliest : time.previousTradingDate(date, days);
}

/** Trading days from `from` up to the day before the present session. */
export function daysBefore(engine: Engine, from: TradingDate): TradingDate[] {
  return engine.time
    .tradingDatesBetween(from, engine.session.date)
    .filter((date) => date < engine.session.date);
}

class Needs {
  readonly #engine: Engine;
  readonly #symbol: string;
  readonly #stored: ReadonlySet<Interval>;
  readonly #needs = new Map<Interval, HistoryNeed>();

  constructor(engine: Engine, symbol: string) {
    this.#engine = engine;
    this.#symbol = symbol;
    this.#stored = storedIntervals(engine, symbol);
  }

  /** The trailing days that strategies and scanners are to see. */
  showTrailing(): void {
    const { time, session } = this.#engine;
    for (const { intervals, trailing_days } of this.#engine.trailingOf(this.#symbol)) {
      const from = trailingFrom(time, session.date, trailing_days);
      for (const interval of intervals) this.show(interval, from);
    }
  }

  show(interval: Interval, from: TradingDate): void {
    const need = this.#reach(interval, from);
    if (need === undefined) return;
    need.keep = true;
    this.#needs.get(need.source)!.keep = true;
    if (need.visibleFrom === null || from < need.visibleFrom) need.visibleFrom = from;
  }

  warm({ key, definition, settings }: IndicatorPlan): void {
    const { interval } = settings;
    const source = historySource(interval, this.#stored);
    if (source === undefined) return;
    const memory = definition.memory(settings);
    const warmup = definition.warmup(settings);
    // Nothing to remember: it starts anew with every session.
    if (memory === 0) return;
    const bars = Number.isFinite(memory) ? Math.max(memory, warmup) : warmup;
    const from = daysHolding(this.#engine, bars, {
      interval: parseInterval(interval),
      source: parseInterval(source),
      dates: this.#engine.market.dates(this.#symbol, source),
    });
    if (from === null) return;
    const known = this.#needs.get(source);
    const reachesBeyond = known === undefined || from < (known.visibleFrom ?? '9');
    const need = this.#reach(source, from);
    if (reachesBeyond) need?.neededBy.push(key);
  }

  /** A symbol that joins after the first session starts its series where the others did. */
  relive(): void {
    const { day, time, firstSession, base } = this.#engine;
    if (day === 0) return;
    for (const { intervals, trailing_days } of this.#engine.trailingOf(this.#symbol)) {
      const from = trailingFrom(time, firstSession.date, trailing_days);
      for (const interval of intervals) this.#reach(interval, from);
    }
    this.#reach(base.text, firstSession.date);
  }

  /** What is derived comes after what it is derived from. */
  list(): HistoryNeed[] {
    const all = [...this.#needs.values()];
    return [
      ...all.filter((need) => need.interval === need.source),
      ...all.filter((need) => need.interval !== need.source),
    ];
  }

  #reach(interval: Interval, from: TradingDate): HistoryNeed | undefined {
    const source = historySource(interval, this.#stored);
    if (source === undefined) return undefined;
    if (source !== interval) {
      const parsed = parseInterval(interval);
      const [first] = spansSessions(parsed) ? this.#engine.days.group(parsed, from) : [from];
      this.#reach(source, first ?? from);
    }
    let need = this.#needs.get(interval);
    if (need === undefined) {
      need = { interval, source, from, visibleFrom: null, keep: false, neededBy: [] };
      this.#needs.set(interval, need);
    }
    if (from < need.from) need.from = from;
    return need;
  }
}

/**
 * The first of so many trading days before the run's first session that hold at least `bars` bars; the
 * earliest the data has if it has fewer; null if it has none.
 */
function daysHolding(
  engine: Engine,
  bars: number,
  rule: {
    interval: ParsedInterval;
    source: ParsedInterval;
    dates: ReadonlyMap<TradingDate, number>;
  },
): TradingDate | null {
  const { time } = engine;
  const earliest = rule.dates.keys().next().value;
  if (earliest === undefined) return null;
  const first = time.calendar.firstDate;
  let { date } = engine.firstSession;
  let found: TradingDate | null = null;
  let held = 0;
  while (held < bars && date > earliest && date > time.firstTradingDate(first)) {
    date = time.previousTradingDate(date);
    const present = rule.dates.get(date);
    if (present === undefined) continue;
    held += atLeast(rule.interval, rule.source, present, time.calendar.session(date)!);
    found = date;
  }
  return found;
}

/** How many windows hold a bar at least, when `present` bars of the source are there that day. */
function atLeast(
  interval: ParsedInterval,
  source: ParsedInterval,
  present: number,
  session: Session,
): number {
  if (interval.unit === 'w') return 1 / (5 * interval.count);
  if (spansSessions(interval)) return 1 / interval.count;
  if (!interval.intraday) return 1;
  const inSession = Math.min(present, barsIn(session, source));
  return Math.ceil(inSession / Math.max(1, interval.ms / source.ms));
}
