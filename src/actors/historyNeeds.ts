/**
 * Which earlier days a symbol's load needs, and from which stored interval they come.
 *
 * Three wishes meet here: the trailing days that the config shows to strategies, those that historical
 * indicators are made of, and the bars that indicators need so that the start of their series is forgotten.
 */
import { barsIn, spansSessions } from '../domain/derivation.ts';
import { type Interval, type ParsedInterval, parseInterval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import type { Engine } from './engine.ts';
import type { TrailingPlan } from './historicalPlans.ts';
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
  if (isFirstDay(engine)) return [];
  const light = engine.requests.get(symbol)?.light === true;
  const needs = new Needs(engine, symbol);
  if (!light) needs.ofConfig();
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
  if (isFirstDay(engine)) return [];
  const needs = new Needs(engine, symbol);
  if (engine.isLoaded(symbol)) needs.ofConfig();
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
function trailingFrom(time: TimeManager, date: TradingDate, days: number): TradingDate {
  const { firstDate } = time.calendar;
  const earliest = time.firstTradingDate(firstDate);
  const held = time.countTradingDays(earliest, date) - 1;
  return held <= days ? earliest : time.previousTradingDate(date, days);
}

/** The trading day before the present session; null if the calendar begins with it. */
export function dayBefore(engine: Engine): TradingDate | null {
  return isFirstDay(engine) ? null : engine.time.previousTradingDate(engine.session.date);
}

function isFirstDay({ time, session }: Engine): boolean {
  return session.date === time.calendar.tradingDates[0];
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
  #storedOnce: ReadonlySet<Interval> | null = null;
  readonly #needs = new Map<Interval, HistoryNeed>();

  constructor(engine: Engine, symbol: string) {
    this.#engine = engine;
    this.#symbol = symbol;
  }

  /** Asked for only where there is a need. */
  get #stored(): ReadonlySet<Interval> {
    this.#storedOnce ??= storedIntervals(this.#engine, this.#symbol);
    return this.#storedOnce;
  }

  /** What every symbol needs that is in the session in full. */
  ofConfig(): void {
    const { historical, session } = this.#engine;
    this.showTrailing();
    for (const plan of historical.trailing) this.trail(plan, session.date);
    for (const plan of historical.indicators) this.follow(plan);
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

  warm(plan: IndicatorPlan): void {
    const { definition, settings } = plan;
    // Nothing to remember: it starts anew with every session.
    if (definition.memory(settings) === 0) return;
    const source = historySource(settings.interval, this.#stored);
    const from = source && this.#beginning(plan, source);
    if (from) this.#augment(source, from, plan.key);
  }

  /** What a trailing value is made of, which stays for the sessions to come. */
  trail(plan: TrailingPlan, date: TradingDate): void {
    const { historical, time, data, known } = this.#engine;
    const { key, interval } = plan;
    const [from] = historical.window(plan, date, time).dates;
    const source = historySource(interval, this.#stored);
    if (from === undefined || source === undefined) return;
    this.#augment(interval, from, key).keep = true;
    if (source === interval) return;
    // Days that were derived before need not be derived again, nor what they were derived from be kept.
    const goesOn = known.get(this.#symbol)?.historicalTo;
    const told = goesOn ? data.historyOf(this.#symbol, interval)?.told : null;
    const missing = told && told.from <= from ? time.nextTradingDate(told.to) : from;
    if (missing < date) this.#augment(source, missing, key).keep = true;
  }

  /** Bars that a historical indicator has not had yet: at first all that its series begins with. */
  follow(plan: IndicatorPlan): void {
    const { known, time, firstSession, session } = this.#engine;
    const source = historySource(plan.settings.interval, this.#stored);
    if (source === undefined) return;
    const fed = known.get(this.#symbol)?.historicalTo;
    const from = fed
      ? time.nextTradingDate(fed)
      : (this.#beginning(plan, source) ?? trailingFrom(time, firstSession.date, 1));
    if (from < session.date) this.#augment(source, from, plan.key).keep = true;
  }

  /** Where the series of an indicator begins, that its start be forgotten by the run's first session. */
  #beginning({ definition, settings }: IndicatorPlan, source: Interval): TradingDate | null {
    const memory = definition.memory(settings);
    const warmup = Math.max(1, definition.warmup(settings));
    const interval = parseInterval(settings.interval);
    const bars = Number.isFinite(memory) ? Math.max(memory, warmup) : warmup;
    const from = daysHolding(this.#engine, bars, {
      interval,
      source: parseInterval(source),
      dates: this.#engine.market.dates(this.#symbol, source),
    });
    if (from === null || !spansSessions(interval)) return from;
    return this.#engine.days.group(interval, from)[0] ?? from;
  }

  /** Reaches for what the config does not show, on behalf of an indicator. */
  #augment(interval: Interval, from: TradingDate, key: string): HistoryNeed {
    const need = this.#add(interval, from);
    const isNews = !need.neededBy.includes(key) && from < (need.visibleFrom ?? '9');
    if (isNews) need.neededBy.push(key);
    return need;
  }

  /** A symbol that joins after the first session starts its series where the others did. */
  relive(): void {
    const { day, time, firstSession, base, historical } = this.#engine;
    if (day === 0) return;
    for (const { intervals, trailing_days } of this.#engine.trailingOf(this.#symbol)) {
      const from = trailingFrom(time, firstSession.date, trailing_days);
      for (const interval of intervals) this.#reach(interval, from);
    }
    for (const plan of historical.trailing) {
      const [from] = historical.window(plan, firstSession.date, time).dates;
      if (from !== undefined) this.#reach(plan.interval, from);
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
    return this.#add(interval, from);
  }

  #add(interval: Interval, from: TradingDate): HistoryNeed {
    const source = historySource(interval, this.#stored)!;
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
 * The first of so many trading days before the run's first session that hold at least `bars` whole bars; the
 * earliest the data has if it has fewer; null if it has none.
 */
function daysHolding(engine: Engine, bars: number, holding: Holding): TradingDate | null {
  const { time, days, firstSession } = engine;
  const [earliest] = holding.dates.keys();
  if (earliest === undefined || earliest >= firstSession.date) return null;
  const first = time.firstTradingDate(time.calendar.firstDate);
  // A window that spans sessions begins with its first day; so does the one the run begins in.
  const windowOf = (date: TradingDate) =>
    spansSessions(holding.interval) ? days.group(holding.interval, date) : [date];
  let date = windowOf(firstSession.date)[0]!;
  let found = date < firstSession.date ? date : null;
  let held = 0;
  while (held < bars && date > earliest && date > first) {
    const window = windowOf(time.previousTradingDate(date));
    date = window[0]!;
    const more = atLeast(engine, window, holding);
    if (more === 0) continue;
    held += more;
    found = date;
  }
  return found !== null && found < earliest ? earliest : found;
}

/** Bars of an interval, and those they come from: how many of these there are on each date. */
interface Holding {
  readonly interval: ParsedInterval;
  readonly source: ParsedInterval;
  readonly dates: ReadonlyMap<TradingDate, number>;
}

/** How many bars the dates give at least, wherever in them bars of the source are missing. */
function atLeast(
  { time, config }: Engine,
  dates: readonly TradingDate[],
  { interval, source, dates: stored }: Holding,
): number {
  let due = 0;
  let present = 0;
  for (const date of dates) {
    const bars = barsIn(time.session(date)!, source);
    due += bars;
    present += Math.min(bars, stored.get(date) ?? 0);
  }
  const windows = (bars: number) =>
    interval.intraday ? Math.ceil(bars / (interval.ms / source.ms)) : Math.min(1, bars);
  const skips = config.session_data_config.derivation.incomplete === 'skip';
  if (!skips || interval.text === source.text) return windows(present);
  return Math.max(0, windows(due) - (due - present));
}
