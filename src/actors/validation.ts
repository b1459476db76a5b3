/** The steps of Phase 0: can this system serve this config? */

import { chooseBase, requirementsOf } from '../domain/config/requirements.ts';
import { sentenceOf } from '../domain/errors.ts';
import { compareIntervals, type Interval, parseInterval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import { FeedProblems } from '../feeds/feedProblems.ts';
import type { Engine } from './engine.ts';
import { historySource, storedIntervals } from './historyNeeds.ts';
import { subscriptionOf } from './strategy.ts';

const BY = 'session/validation';

/** Collects, per symbol, every interval that anything asks for. @throws {StrategyError} */
export function gatherRequirements(engine: Engine): void {
  for (const symbol of engine.config.session_data_config.symbols) {
    engine.required.set(symbol, requiredIntervals(engine, symbol));
  }
}

/** Every interval that config and strategies ask for of a symbol, and `more` besides. */
export function requiredIntervals(
  engine: Engine,
  symbol: string,
  more: readonly Interval[] = [],
): Interval[] {
  const asked = engine.named
    .map(({ name, strategy, config }) => subscriptionOf(name, strategy, config))
    .filter(({ symbols }) => symbols === undefined || symbols.includes(symbol))
    .flatMap(({ bars }) => bars ?? []);
  const { bars } = engine.scanners;
  return requirementsOf(engine.config, symbol, [...asked, ...bars, ...more]);
}

/** Looks once at the data of every symbol; from here on the run can be recorded. @throws {FeedError} */
export async function indexData(engine: Engine, signal: AbortSignal): Promise<void> {
  const { market, onProgress } = engine;
  const { symbols } = engine.config.session_data_config;
  try {
    await market.index({ symbols, onProgress, signal });
    signal.throwIfAborted();
    engine.onStarted();
  } catch (error) {
    if (signal.aborted) throw error;
    engine.onStarted();
    fail(engine, unusable(engine, error));
  }
}

/** What is wrong with the data of each symbol, and which symbols have none. */
function unusable(engine: Engine, error: unknown): string[] {
  if (!(error instanceof FeedProblems)) return [sentenceOf(error)];
  return engine.config.session_data_config.symbols.toSorted().flatMap((symbol) => {
    const problems = error.bySymbol.get(symbol);
    if (problems !== undefined) return problems;
    return storedIntervals(engine, symbol).size > 0 ? [] : [lackOf(engine, symbol)];
  });
}

/** Chooses one base interval for the run. @throws {Error} if there is none, or a symbol has no bar of it */
export function chooseStreams(engine: Engine): void {
  const { config, sessions } = engine;
  const symbols = config.session_data_config.symbols.toSorted();
  const requested = [...new Set([...engine.required.values()].flat())].sort(compareIntervals);
  const chosen = chooseBase(requested, commonIntervals(engine, symbols));
  if (!chosen.ok) {
    const lacks = symbols.flatMap((symbol) => lacksOf(engine, symbol, requested));
    const shared = chosen.reasons.map((reason) => `for all symbols alike: ${reason}`);
    fail(engine, lacks.length > 0 ? lacks : shared);
  }
  const { base } = chosen;
  const problems = symbols.flatMap((symbol) => problemsOf(engine, symbol, base));
  if (problems.length > 0) fail(engine, problems);
  engine.settle(base);
  engine.record('StreamsValidated', BY, {
    base,
    derived: chosen.derived.filter((interval) => interval !== base),
    symbols: Object.fromEntries(
      symbols.map((symbol) => [symbol, streamsOf(engine.required.get(symbol)!, base)]),
    ),
    window: { start: sessions[0]!.date, end: sessions.at(-1)!.date, sessions: sessions.length },
    missing: symbols
      .map((symbol) => ({ symbol, dates: missingDates(engine, symbol, base) }))
      .filter(({ dates }) => dates.length > 0),
  });
}

/** Base first, then what is derived, ascending. */
function streamsOf(required: readonly Interval[], base: Interval): Interval[] {
  const derived = required.filter((interval) => interval !== base).sort(compareIntervals);
  return [base, ...derived];
}

/** Stored intervals that all symbols have in the window; where they share none, those that any has. */
function commonIntervals(engine: Engine, symbols: readonly string[]): Interval[] {
  const perSymbol = symbols.map((symbol) => intervalsInWindow(engine, symbol));
  const all = [...new Set(perSymbol.flat())];
  const common = all.filter((interval) => perSymbol.every((has) => has.includes(interval)));
  return common.length > 0 ? common : all;
}

function intervalsInWindow(engine: Engine, symbol: string): Interval[] {
  const stored = [...storedIntervals(engine, symbol)];
  return stored.filter((interval) => hasBars(engine, symbol, interval));
}

function hasBars(engine: Engine, symbol: string, interval: Interval): boolean {
  const dates = engine.market.dates(symbol, interval);
  return engine.sessions.some(({ date }) => dates.has(date));
}

function missingDates(engine: Engine, symbol: string, base: Interval): TradingDate[] {
  const dates = engine.market.dates(symbol, base);
  return engine.sessions.map(({ date }) => date).filter((date) => !dates.has(date));
}

/** One line for everything this symbol cannot have. */
function problemsOf(engine: Engine, symbol: string, base: Interval): string[] {
  if (!hasBars(engine, symbol, base)) return [lackOf(engine, symbol, base)];
  return historyProblems(engine, symbol);
}

/** One line for every interval of earlier days that the data of this symbol cannot give. */
export function historyProblems(engine: Engine, symbol: string): string[] {
  const { trailing, indicators } = engine.historical;
  const stored = storedIntervals(engine, symbol);
  if (stored.size === 0) return [];
  const shown = engine
    .trailingOf(symbol)
    .flatMap(({ intervals }) => intervals.map((interval) => ({ interval, key: null })));
  const calculated = indicators.map(({ key, settings }) => ({ key, interval: settings.interval }));
  const askers = new Map<Interval, string[]>();
  for (const { interval, key } of [...shown, ...trailing, ...calculated]) {
    if (historySource(interval, stored) !== undefined) continue;
    const keys = askers.get(interval) ?? [];
    askers.set(interval, key === null ? keys : [...keys, `"${key}"`]);
  }
  return [...askers].map(([interval, keys]) => {
    const needed = keys.length === 0 ? '' : ` for ${keys.join(', ')}`;
    const base = parseInterval(interval).unit === 's' ? '1s' : '1m';
    return (
      `${symbol} ${interval}: no history to load or derive it from${needed}; ` +
      `the data has ${[...stored].join(', ')}: name data of ${base} bars, or ask for longer ones`
    );
  });
}

/** Why no base can be chosen for this symbol: a line for all of the window, else one for each interval. */
function lacksOf(engine: Engine, symbol: string, requested: readonly Interval[]): string[] {
  if (requested.length === 0) return [];
  const present = intervalsInWindow(engine, symbol);
  if (present.length === 0) return [lackOf(engine, symbol)];
  const chosen = chooseBase(requested, present);
  if (chosen.ok) return [];
  const sought = lookedFor(engine, symbol).map((sentence) => `${sentence}; `);
  return chosen.reasons.map((reason) => `${symbol}: ${sought.join('')}${reason}`);
}

/** What there is of a symbol without bars, or without bars of `base`, in the window; and what to do. */
function lackOf(engine: Engine, symbol: string, base?: Interval): string {
  const { start_date, end_date } = engine.config.backtest_config;
  const stored = engine.market.feed.availability(symbol);
  const sought = lookedFor(engine, symbol);
  if (stored.length === 0) {
    const found = sought.length > 0 ? sought.join('; ') : 'the data has nothing';
    return `${symbol}: ${found}; name data that has its bars, or leave the symbol out`;
  }
  const has = stored.map(({ interval, dates }) => {
    const days = [...dates.keys()];
    return `${interval} from ${days[0]} to ${days.at(-1)}`;
  });
  const isStored = base === undefined || stored.some(({ interval }) => interval === base);
  const bars = base === undefined ? 'bars' : `${base} bars`;
  const remedy = isStored
    ? 'choose a window inside the data, or name data that covers it'
    : `name data of ${base} bars`;
  return (
    `${symbol}: ${[...sought, `the data has ${has.join(', ')}`].join('; ')}; ` +
    `asked for ${bars} from ${start_date} to ${end_date}: ${remedy}`
  );
}

/** What the data was searched for in vain, such as a file. */
export function lookedFor(engine: Engine, symbol: string): readonly string[] {
  return engine.market.feed.missing?.(symbol) ?? [];
}

function fail(engine: Engine, problems: string[]): never {
  engine.record('StreamValidationFailed', BY, { problems });
  throw new Error(problems.join('\n'));
}
