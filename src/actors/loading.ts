/**
 * The steps that load symbols into the session: a whole day's, or one added later. The only way in.
 *
 * All reading happens in the first step; what follows only records, so that a load that fails has left no trace.
 */
import { BarColumns } from '../domain/bars.ts';
import {
  aggregateSession,
  barsIn,
  longWindow,
  spansSessions,
  Window,
} from '../domain/derivation.ts';
import type { HeldBars } from '../domain/facts.ts';
import { BLOCK_COLUMNS, Block } from '../domain/frame.ts';
import { compareIntervals, parseInterval } from '../domain/interval.ts';
import { qualityOf } from '../domain/sessionView.ts';
import type { TradingDate } from '../domain/time.ts';
import type { Engine, IndicatorPlan, LoadedHistory, LoadedSymbol } from './engine.ts';
import {
  type HistoryNeed,
  historyNeeds,
  historySource,
  runnerKey,
  storedIntervals,
} from './historyNeeds.ts';
import type { DayBars } from './marketData.ts';
import { createLane, type Lane, type Runner, Track } from './track.ts';

const BY = 'session/loading';

/** Reads what each symbol needs; refuses those that cannot be loaded. @returns the others, ascending */
export async function checkSymbols(
  engine: Engine,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const sorted = [...symbols].sort();
  const loads = await Promise.all(sorted.map((symbol) => readSymbol(engine, symbol)));
  signal.throwIfAborted();
  const loaded: string[] = [];
  loads.forEach((load, i) => {
    const symbol = sorted[i]!;
    if (typeof load === 'string') {
      engine.record('SymbolRefused', BY, { symbol, reason: load });
      return;
    }
    engine.loads.set(symbol, load);
    loaded.push(symbol);
  });
  return loaded;
}

/** @returns what was read, or the reason why the symbol cannot be loaded */
async function readSymbol(engine: Engine, symbol: string): Promise<LoadedSymbol | string> {
  const { market, session } = engine;
  const interval = engine.base.text;
  if (!market.dates(symbol, interval).has(session.date)) {
    return `no ${interval} bars on ${session.date}`;
  }
  try {
    const queue = await market.day({ symbol, interval, session, since: engine.since(session) });
    if (queue.bars.length === 0) {
      return `no ${interval} bars in the regular session of ${session.date}, ${queue.leftOut} outside it`;
    }
    const stored = historyNeeds(engine, symbol).filter((need) => need.source === need.interval);
    const history = await Promise.all(stored.map((need) => readHistory(engine, symbol, need)));
    return { symbol, queue, history };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function readHistory(
  engine: Engine,
  symbol: string,
  need: HistoryNeed,
): Promise<LoadedHistory> {
  const { market, time, data } = engine;
  const { interval } = need;
  const stored = market.dates(symbol, interval);
  const held = data.historyOf(symbol, interval);
  const missing = daysBefore(engine, need.from).filter(
    (date) => stored.has(date) && held?.day(date) === undefined,
  );
  const sessions = missing.map((date) => time.calendar.session(date)!);
  const wanted = new Set(missing);
  const days = await market.days(symbol, interval, sessions);
  return { interval, days: days.filter((day) => wanted.has(day.session.date)) };
}

/** Trading days from `from` up to the day before the present session. */
function daysBefore(engine: Engine, from: TradingDate): TradingDate[] {
  return engine.time
    .tradingDatesBetween(from, engine.session.date)
    .filter((date) => date < engine.session.date);
}

export function registerSymbols(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const base = engine.base.text;
    const intervals = derivedIntervals(engine, symbol);
    engine.record('SymbolRegistered', BY, {
      symbol,
      base,
      intervals,
      added_by: 'config',
      auto_provisioned: false,
      upgraded_from_adhoc: false,
      meets_session_config_requirements: true,
    });
    engine.tracks.push(trackOf(engine, symbol, intervals));
  }
  engine.tracks.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function derivedIntervals(engine: Engine, symbol: string): string[] {
  const all = engine.data.streams?.symbols[symbol] ?? [];
  return all.filter((interval) => interval !== engine.base.text).sort(compareIntervals);
}

/** The symbol's track, made at its first session, with today's series bound to it. */
function trackOf(engine: Engine, symbol: string, intervals: readonly string[]): Track {
  const { recorder, data } = engine;
  let track = engine.known.get(symbol);
  if (track === undefined) {
    const lanes = [engine.base.text, ...intervals].map((interval, i) =>
      createLane(parseInterval(interval), recorder.seriesId({ symbol, name: interval }), i > 0),
    );
    track = new Track(symbol, lanes);
    engine.known.set(symbol, track);
  }
  const { bars } = data.symbols.get(symbol)!;
  for (const lane of track.lanes) {
    lane.columns = bars.get(lane.interval.text)!.columns;
    lane.lastSeq = 0;
  }
  return track;
}

export function loadHistory(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const load = engine.loads.get(symbol)!;
    for (const need of historyNeeds(engine, symbol)) {
      const days = load.history.find(({ interval }) => interval === need.interval)?.days;
      recordHistory(engine, symbol, need, days ?? deriveHistory(engine, symbol, need));
    }
    // One frame a symbol keeps frames of a sane size.
    engine.recorder.commit();
  }
  fillLongWindows(engine, symbols);
}

function recordHistory(
  engine: Engine,
  symbol: string,
  need: HistoryNeed,
  days: readonly DayBars[],
): void {
  const { interval, from, visibleFrom } = need;
  const held = heldBars(engine, symbol, need);
  // Even nothing is recorded of what is kept: from now on the sessions' own bars join it.
  if (days.length === 0 && held.length === 0 && !need.keep) return;
  if (need.neededBy.length > 0) {
    engine.record('HistoricalDataAugmented', BY, {
      symbol,
      interval,
      trading_days: daysBefore(engine, from).length,
      needed_by: need.neededBy,
    });
  }
  const block = new Block('HistoricalBarsLoaded', 0);
  block.by = need.interval === need.source ? BY : 'session/processor';
  const bars = new BarColumns(0);
  for (const day of days) bars.append(day.bars);
  BLOCK_COLUMNS.HistoricalBarsLoaded.forEach((field, i) => {
    block.columns[i]!.data = bars[field];
    block.columns[i]!.length = bars.length;
  });
  block.rows = bars.length;
  block.extra = {
    cause: engine.cause,
    symbol,
    interval,
    from,
    to: engine.time.previousTradingDate(engine.session.date),
    visible_from: visibleFrom,
    days: days.map((day) => ({ date: day.session.date, bars: day.bars.length })),
    held,
    provenance: days.flatMap((day) => day.provenance),
  };
  engine.recorder.place(block);
  engine.recorder.appendPlaced(block);
}

/** Runs of days that an earlier fact brought into the log. */
function heldBars(engine: Engine, symbol: string, { interval, from }: HistoryNeed): HeldBars[] {
  const runs: { from: TradingDate; to: TradingDate; seq: number }[] = [];
  for (const { date, seq } of engine.data.historyOf(symbol, interval)?.days ?? []) {
    if (date < from) continue;
    const last = runs.at(-1);
    if (last?.seq === seq) last.to = date;
    else runs.push({ from: date, to: date, seq });
  }
  return runs;
}

/** Days of an interval that is not stored, from the history just loaded that is. */
function deriveHistory(engine: Engine, symbol: string, need: HistoryNeed): DayBars[] {
  const held = engine.data.historyOf(symbol, need.interval);
  return derivedDays(engine, symbol, need).filter(
    ({ session, bars }) => bars.length > 0 && held?.day(session.date) === undefined,
  );
}

/** Bars of `interval` on every day of the loaded source from `from` on. */
function derivedDays(
  engine: Engine,
  symbol: string,
  need: { interval: string; source: string; from: TradingDate },
): DayBars[] {
  const { data, time } = engine;
  const source = data.historyOf(symbol, need.source);
  const interval = parseInterval(need.interval);
  const base = parseInterval(need.source);
  const { incomplete } = engine.config.session_data_config.derivation;
  const window = new Window();
  const derived: DayBars[] = [];
  for (const day of source?.days ?? []) {
    if (day.date < need.from) continue;
    const session = time.calendar.session(day.date)!;
    const bars = new BarColumns(0);
    const { start: from, end: to } = day;
    if (need.interval === need.source) bars.append(source!.columns, from, to);
    else if (spansSessions(interval)) {
      for (let i = from; i < to; i++) {
        const bar = source!.columns.at(i);
        if (window.holds) window.add(bar);
        else window.begin(longWindow(engine.days, interval, base, day.date), bar);
      }
      if (window.holds && window.end <= session.close) {
        if (incomplete === 'emit' || window.count >= window.expected) bars.push(window);
        window.holds = false;
      }
    } else {
      const rule = { session, interval: need.interval, base: need.source, incomplete };
      aggregateSession(source!.columns, bars, { ...rule, from, to });
    }
    derived.push({ session, bars, provenance: [], leftOut: 0, skipped: [] });
  }
  return derived;
}

/** Windows that began before the run's first session take up what history has of them. */
function fillLongWindows(engine: Engine, symbols: readonly string[]): void {
  if (engine.day > 0) return;
  for (const symbol of symbols) {
    const track = engine.known.get(symbol)!;
    const spanning = track.lanes.filter(
      ({ window, interval }) => window !== null && spansSessions(interval),
    );
    for (const lane of spanning) fillFromHistory(engine, track, lane);
  }
}

function fillFromHistory(engine: Engine, track: Track, lane: Lane): void {
  const { symbol } = track;
  const { data, time, session, base } = engine;
  const group = new Set(engine.days.group(lane.interval, session.date));
  const stored = data.historyOf(symbol, base.text);
  const daily = data.historyOf(symbol, '1d');
  const source = stored?.days.some(({ date }) => group.has(date)) ? stored : daily;
  for (const day of source?.days ?? []) {
    if (!group.has(day.date) || day.date >= session.date) continue;
    const held = time.calendar.session(day.date)!;
    for (let i = day.start; i < day.end; i++) {
      const bar = source!.columns.at(i);
      // A stored daily bar stands for all base bars of its session.
      if (source === daily && base.intraday) bar.count = barsIn(held, base);
      engine.processor.fill(track, lane, held, bar);
    }
  }
}

export function registerIndicators(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const track = engine.known.get(symbol)!;
    for (const plan of engine.indicators) {
      const lane = track.lane(plan.settings.interval);
      if (lane !== undefined) registerIndicator(engine, track, lane, plan);
    }
    engine.recorder.commit();
  }
}

function registerIndicator(engine: Engine, track: Track, lane: Lane, plan: IndicatorPlan): void {
  const { key, definition, settings } = plan;
  const { symbol } = track;
  const id = runnerKey(symbol, key);
  let runner = engine.runners.get(id);
  if (runner === undefined) {
    runner = createRunner(engine, symbol, plan);
    engine.runners.set(id, runner);
    lane.runners.push(runner);
    warm(engine, symbol, runner, settings.interval);
  }
  if (lane.interval.intraday) runner.indicator.startSession?.(engine.session);
  const registered = engine.record('IndicatorRegistered', BY, {
    symbol,
    key,
    name: definition.name,
    interval: settings.interval,
    period: settings.period,
    params: { ...settings.params },
    outputs: [...definition.outputs],
    warmup: definition.warmup(settings),
  });
  engine.processor.announce(runner, registered);
}

function createRunner(engine: Engine, symbol: string, plan: IndicatorPlan): Runner {
  const { key, definition, settings } = plan;
  const outputs = definition.outputs;
  return {
    key,
    indicator: definition.create(settings),
    series: engine.recorder.seriesId({ symbol, name: key, outputs }),
    freshSeq: 0,
  };
}

/** Runs a new indicator over the history loaded: the beginning of its series. */
function warm(engine: Engine, symbol: string, runner: Runner, interval: string): void {
  const source = historySource(interval, storedIntervals(engine, symbol));
  if (source === undefined) return;
  const { intraday } = parseInterval(interval);
  for (const day of derivedDays(engine, symbol, { interval, source, from: '' })) {
    if (intraday) runner.indicator.startSession?.(day.session);
    for (let i = 0; i < day.bars.length; i++) runner.indicator.update(day.bars.at(i));
  }
}

/** Fills the queues with today's bars, and begins to read the days after. */
export function loadQueues(engine: Engine, symbols: readonly string[]): void {
  const { session, base } = engine;
  const { date } = session;
  const interval = base.text;
  for (const symbol of symbols) {
    const { queue } = engine.loads.get(symbol)!;
    const { bars, provenance, leftOut, skipped } = queue;
    engine.record('QueueLoaded', BY, { symbol, interval, date, bars: bars.length, provenance });
    if (leftOut > 0) engine.record('BarsLeftOut', BY, { symbol, interval, date, bars: leftOut });
    if (skipped.length > 0) {
      const lines = skipped.slice(0, 10).map(({ file, line, reason }) => ({ file, line, reason }));
      engine.record('RowsSkipped', BY, { symbol, interval, date, rows: skipped.length, lines });
    }
    const track = engine.known.get(symbol)!;
    track.queue = bars;
    track.cursor = 0;
    track.accounted = session.open;
    track.present = 0;
    engine.loads.delete(symbol);
  }
  prefetch(engine);
}

function prefetch(engine: Engine): void {
  const { config, market, sessions, day, base } = engine;
  const ahead = sessions.slice(day + 1, day + 1 + config.backtest_config.prefetch_days);
  for (const session of ahead) {
    for (const symbol of config.session_data_config.symbols) {
      if (!market.dates(symbol, base.text).has(session.date)) continue;
      market.prefetch({ symbol, interval: base.text, session, since: engine.since(session) });
    }
  }
}

/** Scores the history that strategies see, over the whole range asked for. */
export function scoreHistory(engine: Engine, symbols: readonly string[]): void {
  const enabled = engine.config.session_data_config.historical.enable_quality;
  for (const symbol of symbols) {
    for (const { interval, visibleFrom } of historyNeeds(engine, symbol)) {
      if (visibleFrom === null) continue;
      const dates = daysBefore(engine, visibleFrom);
      const expected = dates.reduce((sum, date) => sum + barsOn(engine, interval, date), 0);
      const days = engine.data.historyOf(symbol, interval)?.visibleDays() ?? [];
      const present = days.reduce((sum, day) => sum + day.end - day.start, 0);
      const quality = qualityOf(present, expected, enabled);
      engine.record('HistoricalQualityScored', 'session/quality', {
        symbol,
        interval,
        quality,
        present,
        expected,
      });
    }
  }
}

/** How many bars of `interval` end on `date`. */
function barsOn(engine: Engine, text: string, date: TradingDate): number {
  const interval = parseInterval(text);
  const session = engine.time.calendar.session(date)!;
  if (!interval.intraday) {
    return spansSessions(interval) && engine.days.group(interval, date).at(-1) !== date ? 0 : 1;
  }
  return Math.ceil((session.close - session.open) / interval.ms);
}
