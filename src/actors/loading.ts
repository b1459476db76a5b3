/**
 * The steps that load symbols into the session: a whole day's, or one added later. The only way in.
 *
 * All reading happens in the first step; what follows only records, so that a load that fails has left no trace.
 */
import { BarColumns } from '../domain/bars.ts';
import { chooseBase } from '../domain/config/requirements.ts';
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
import { ATTEMPTS, type CheckInput } from '../machines/loading.machine.ts';
import type { Engine, IndicatorPlan, LoadedHistory } from './engine.ts';
import { type HistoryNeed, historyNeeds, historySource, storedIntervals } from './historyNeeds.ts';
import type { DayBars } from './marketData.ts';
import { createLane, type Lane, type Runner, Track } from './track.ts';
import { requiredIntervals } from './validation.ts';

const BY = 'session/loading';

/** Why a symbol cannot be loaded: a plain refusal, not an error. */
class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Reads what each symbol needs, and refuses those that cannot be loaded.
 *
 * @returns the others, ascending
 * @throws what reading threw, unless this is the `last` attempt; what was read is kept for the next one
 */
export async function checkSymbols(
  engine: Engine,
  { symbols, last }: CheckInput,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const sorted = [...symbols].sort();
  const read = await Promise.all(
    sorted.map((symbol) => readOrRefuse(engine, symbol, signal).catch((error: unknown) => error)),
  );
  signal.throwIfAborted();
  const loaded: string[] = [];
  const refused = new Map<string, string>();
  for (const [i, result] of read.entries()) {
    const symbol = sorted[i]!;
    if (result === undefined) loaded.push(symbol);
    else if (result instanceof Refusal) refused.set(symbol, result.reason);
    else if (last) refused.set(symbol, `${sentenceOf(result)}, tried ${ATTEMPTS} times`);
    else {
      engine.journal({ type: 'LoadRetried', symbol, reason: sentenceOf(result) });
      throw result;
    }
  }
  for (const [symbol, reason] of refused) engine.record('SymbolRefused', BY, { symbol, reason });
  return loaded;
}

/** @returns nothing if the symbol's data is read */
async function readOrRefuse(
  engine: Engine,
  symbol: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  if (engine.loads.has(symbol)) return undefined;
  if (!engine.required.has(symbol)) {
    const refusal = await askFor(engine, symbol, signal);
    if (refusal !== undefined) return refusal;
  }
  const { market, session } = engine;
  const interval = engine.base.text;
  if (!market.dates(symbol, interval).has(session.date)) {
    return new Refusal(`no ${interval} bars on ${session.date}`);
  }
  const queue = await market.day({ symbol, interval, session, since: engine.since(session) });
  if (queue.bars.length === 0) {
    return new Refusal(
      `no ${interval} bars in the regular session of ${session.date}, ${queue.leftOut} outside it`,
    );
  }
  const stored = historyNeeds(engine, symbol).filter((need) => need.source === need.interval);
  const history = await Promise.all(stored.map((need) => readHistory(engine, symbol, need)));
  engine.loads.set(symbol, { symbol, queue, history });
  return undefined;
}

/** What Phase 0 did for the config's symbols, for one that is added later. */
async function askFor(
  engine: Engine,
  symbol: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { market } = engine;
  await market.feed.index({ symbols: [symbol], calendar: market.calendar, signal });
  const required = requiredIntervals(engine, symbol, engine.requests.get(symbol)?.streams);
  const base = engine.base.text;
  const chosen = chooseBase([base, ...required], [base]);
  if (!chosen.ok) return new Refusal(chosen.reasons.join('; '));
  engine.required.set(symbol, required);
  return undefined;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
      added_by: engine.requests.get(symbol)?.addedBy ?? 'config',
      auto_provisioned: false,
      upgraded_from_adhoc: false,
      meets_session_config_requirements: true,
    });
    engine.tracks.push(trackOf(engine, symbol, intervals));
  }
  engine.tracks.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function derivedIntervals(engine: Engine, symbol: string): string[] {
  return engine.required
    .get(symbol)!
    .filter((interval) => interval !== engine.base.text)
    .toSorted(compareIntervals);
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
  need: { interval: string; source: string; from: TradingDate; to?: TradingDate },
): DayBars[] {
  const { data, time } = engine;
  const source = data.historyOf(symbol, need.source);
  const interval = parseInterval(need.interval);
  const base = parseInterval(need.source);
  const { incomplete } = engine.config.session_data_config.derivation;
  const window = new Window();
  const derived: DayBars[] = [];
  for (const day of source?.days ?? []) {
    if (day.date < need.from || (need.to !== undefined && day.date >= need.to)) continue;
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
  for (const symbol of symbols) {
    const track = engine.known.get(symbol)!;
    if (track.begun) continue;
    const spanning = track.lanes.filter(
      ({ window, interval }) => window !== null && spansSessions(interval),
    );
    for (const lane of spanning) fillFromHistory(engine, track, lane);
  }
}

function fillFromHistory(engine: Engine, track: Track, lane: Lane): void {
  const { symbol } = track;
  const { data, time, firstSession, base } = engine;
  const first = firstSession.date;
  const group = new Set(engine.days.group(lane.interval, first).filter((date) => date < first));
  const stored = data.historyOf(symbol, base.text);
  const daily = data.historyOf(symbol, '1d');
  const source = stored?.days.some(({ date }) => group.has(date)) ? stored : daily;
  for (const day of source?.days ?? []) {
    if (!group.has(day.date)) continue;
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
    if (!track.begun) beginSeries(engine, track);
    for (const plan of engine.indicators) {
      const lane = track.lane(plan.settings.interval);
      const runner = lane?.runners.find(({ key }) => key === plan.key);
      if (lane !== undefined && runner !== undefined)
        registerIndicator(engine, track, { lane, plan, runner });
    }
    engine.recorder.commit();
  }
}

function registerIndicator(
  engine: Engine,
  { symbol }: Track,
  { lane, plan, runner }: { lane: Lane; plan: IndicatorPlan; runner: Runner },
): void {
  const { key, definition, settings } = plan;
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

/**
 * Makes the symbol's indicators and brings them up to today: first the history before the run, then the run's
 * own earlier sessions. A symbol added on the third day so continues the series it would have had.
 */
function beginSeries(engine: Engine, track: Track): void {
  for (const plan of engine.indicators) {
    const lane = track.lane(plan.settings.interval);
    if (lane === undefined) continue;
    const runner = createRunner(engine, track.symbol, plan);
    lane.runners.push(runner);
    warm(engine, track.symbol, runner, lane.interval.text);
  }
  for (const lane of track.lanes) relive(engine, track, lane);
  track.begun = true;
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

/** Runs a new indicator over the history before the run: the beginning of its series. */
function warm(engine: Engine, symbol: string, runner: Runner, interval: string): void {
  const source = historySource(interval, storedIntervals(engine, symbol));
  if (source === undefined) return;
  const { intraday } = parseInterval(interval);
  const to = engine.firstSession.date;
  for (const day of derivedDays(engine, symbol, { interval, source, from: '', to })) {
    if (intraday) runner.indicator.startSession?.(day.session);
    for (let i = 0; i < day.bars.length; i++) runner.indicator.update(day.bars.at(i));
  }
}

/** Does for one lane what the run's earlier sessions would have done, had the symbol been there. */
function relive(engine: Engine, track: Track, lane: Lane): void {
  const { data, time, firstSession, base, processor } = engine;
  const history = data.historyOf(track.symbol, base.text);
  const long = lane.window !== null && spansSessions(lane.interval);
  if (!long && lane.runners.length === 0) return;
  for (const day of history?.days ?? []) {
    if (day.date < firstSession.date) continue;
    const session = time.calendar.session(day.date)!;
    const bars = new BarColumns(0);
    if (lane.window === null) bars.append(history!.columns, day.start, day.end);
    else {
      for (let i = day.start; i < day.end; i++) {
        const bar = history!.columns.at(i);
        if (lane.window.holds && lane.window.end <= bar.opened) processor.close(lane, bars);
        processor.fill(track, lane, session, bar);
      }
      if (lane.window.holds && lane.window.end <= session.close) processor.close(lane, bars);
    }
    for (const { indicator } of lane.runners) {
      if (lane.interval.intraday) indicator.startSession?.(session);
      for (let i = 0; i < bars.length; i++) indicator.update(bars.at(i));
    }
  }
  track.due = Number.POSITIVE_INFINITY;
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
    track.due = track.lanes.reduce(
      (due, { window }) => (window?.holds ? Math.min(due, window.end) : due),
      Number.POSITIVE_INFINITY,
    );
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

/** Brings symbols that were added mid-session up to the clock; before the open there is nothing to do. */
export function catchUp(engine: Engine, symbols: readonly string[]): void {
  if (engine.loop === null) return;
  const tracks = symbols.map((symbol) => engine.known.get(symbol)!);
  engine.loop.catchUp(tracks, engine.recorder.at);
}
