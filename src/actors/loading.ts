import { BarColumns } from '../domain/bars.ts';
import { chooseBase } from '../domain/config/requirements.ts';
import { sentenceOf } from '../domain/errors.ts';
import { compareIntervals, type Interval, parseInterval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { BadRow } from '../feeds/feed.ts';
import { ATTEMPTS, type CheckInput } from '../machines/loading.machine.ts';
import type { Engine, LoadedHistory } from './engine.ts';
import { recordSkipped } from './historyLoading.ts';
import { daysBefore, type HistoryNeed, historyNeeds } from './historyNeeds.ts';
import { createLane, earliestEnd, Track } from './track.ts';
import { historyProblems, requiredIntervals } from './validation.ts';

const BY = 'session/loading';

/** Why a symbol cannot be loaded: a plain refusal, not an error. */
class Refusal {
  readonly reason: string;
  /** Bars of the day that are outside its session. */
  readonly leftOut: number;
  /** Bad rows of the day. */
  readonly skipped: readonly BadRow[];

  constructor(reason: string, { leftOut = 0, skipped = [] as readonly BadRow[] } = {}) {
    this.reason = reason;
    this.leftOut = leftOut;
    this.skipped = skipped;
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
  { symbols, wholeDay, last }: CheckInput,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // A day loads its config's symbols and those added since; an insertion what was not served elsewhere.
  const wanted = wholeDay
    ? [...symbols, ...engine.requests.keys()]
    : symbols.filter((symbol) => engine.awaited.has(symbol));
  const sorted = [...new Set(wanted)].filter((symbol) => needsLoad(engine, symbol)).sort();
  const read = await Promise.all(
    sorted.map((symbol) => readOrRefuse(engine, symbol, signal).catch((error: unknown) => error)),
  );
  signal.throwIfAborted();
  const loaded: string[] = [];
  const refused = new Map<string, Refusal>();
  for (const [i, result] of read.entries()) {
    const symbol = sorted[i]!;
    if (result === undefined) loaded.push(symbol);
    else if (result instanceof Refusal) refused.set(symbol, result);
    else if (last) {
      refused.set(symbol, new Refusal(`${sentenceOf(result)}, tried ${ATTEMPTS} times`));
    } else {
      engine.journal({ type: 'LoadRetried', symbol, reason: sentenceOf(result) });
      throw result;
    }
  }
  const interval = engine.base.text;
  const { date } = engine.session;
  for (const [symbol, { reason, leftOut, skipped }] of refused) {
    const cause = engine.record('SymbolRefused', BY, { symbol, reason });
    recordSkipped(engine, { symbol, interval, date, skipped }, cause);
    if (leftOut === 0) continue;
    engine.record('BarsLeftOut', BY, { symbol, interval, date, bars: leftOut }, cause);
  }
  return loaded;
}

/** What is not there, and what is there light and asked for in full. */
function needsLoad(engine: Engine, symbol: string): boolean {
  if (engine.excluded.has(symbol) || engine.isLoaded(symbol)) return false;
  return !engine.data.symbols.has(symbol) || engine.requests.get(symbol)?.light !== true;
}

/** @returns nothing if the symbol's data is read */
async function readOrRefuse(
  engine: Engine,
  symbol: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  if (engine.loads.has(symbol)) return undefined;
  const light = engine.requests.get(symbol)?.light === true;
  const upgrades = !light && engine.data.symbols.has(symbol);
  if (upgrades || !engine.required.has(symbol)) {
    const refusal = await askFor(engine, symbol, signal);
    if (refusal !== undefined) return refusal;
  }
  if (light) {
    engine.loads.set(symbol, { symbol, queue: null, history: await readNeeds(engine, symbol) });
    return undefined;
  }
  const { market, session } = engine;
  const interval = engine.base.text;
  if (!market.dates(symbol, interval).has(session.date)) {
    const skipped = market.feed.skipped(symbol, interval).get(session.date) ?? [];
    const rows = skipped.length === 0 ? '' : `, ${skipped.length} bad rows skipped`;
    return new Refusal(`no ${interval} bars on ${session.date}${rows}`, { skipped });
  }
  const queue = await market.day({ symbol, interval, session, since: engine.since(session) });
  if (queue.bars.length === 0) {
    return new Refusal(
      `no ${interval} bars in the regular session of ${session.date}, ${queue.leftOut} outside it`,
      { leftOut: queue.leftOut, skipped: queue.skipped },
    );
  }
  engine.loads.set(symbol, { symbol, queue, history: await readNeeds(engine, symbol) });
  return undefined;
}

/** What history the load of a symbol needs, read where it is stored. */
function readNeeds(engine: Engine, symbol: string): Promise<LoadedHistory[]> {
  return readStored(engine, symbol, historyNeeds(engine, symbol));
}

/** Of each need that is stored as it is, the days that the session does not hold yet. */
export function readStored(
  engine: Engine,
  symbol: string,
  needs: readonly HistoryNeed[],
): Promise<LoadedHistory[]> {
  const stored = needs.filter((need) => need.source === need.interval);
  return Promise.all(stored.map((need) => readHistory(engine, symbol, need)));
}

/** What Phase 0 did for the config's symbols, for one that is added later. */
async function askFor(
  engine: Engine,
  symbol: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { market } = engine;
  await market.feed.index({ symbols: [symbol], calendar: market.calendar, signal });
  const required = wantedIntervals(engine, symbol);
  const base = engine.base.text;
  const chosen = chooseBase([base, ...required], [base]);
  const light = engine.requests.get(symbol)?.light === true;
  const history = light ? [] : historyProblems(engine, symbol);
  const lacking = chosen.ok ? history : chosen.reasons;
  if (lacking.length > 0) return new Refusal(lacking.join('; '));
  engine.required.set(symbol, required);
  return undefined;
}

/** Everything a symbol that was added later is to have: for a light one only what was asked for. */
function wantedIntervals(engine: Engine, symbol: string): Interval[] {
  const request = engine.requests.get(symbol);
  const own = (engine.extras.get(symbol) ?? []).map(({ settings }) => settings.interval);
  if (request?.light) return [...new Set(own)];
  return requiredIntervals(engine, symbol, [...(request?.streams ?? []), ...own]);
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

export function registerSymbols(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const base = engine.base.text;
    const light = engine.loads.get(symbol)!.queue === null;
    const upgrades = engine.data.symbols.has(symbol);
    if (upgrades) upgrade(engine, symbol);
    const intervals = derivedIntervals(engine, symbol);
    engine.record('SymbolRegistered', BY, {
      symbol,
      base,
      intervals,
      added_by: engine.requests.get(symbol)?.addedBy ?? 'config',
      auto_provisioned: light,
      upgraded_from_adhoc: upgrades,
      meets_session_config_requirements: !light,
    });
    engine.tracks.push(trackOf(engine, symbol, intervals));
  }
  engine.tracks.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** What was held of a light symbol makes way: the full load brings all of it again. */
function upgrade(engine: Engine, symbol: string): void {
  engine.record('SymbolUpgraded', BY, { symbol });
  const track = engine.known.get(symbol);
  if (track === undefined) return;
  track.totals.bars -= track.present;
  track.totals.derived -= track.lanes.reduce((sum, { seqs }) => sum + seqs.length, 0);
  engine.tracks.splice(engine.tracks.indexOf(track), 1);
  engine.known.delete(symbol);
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
    track = new Track(symbol, lanes, engine.totalsOf(symbol));
    engine.known.set(symbol, track);
  }
  const { bars } = data.symbols.get(symbol)!;
  for (const lane of track.lanes) {
    lane.columns = bars.get(lane.interval.text)!.columns;
    lane.lastSeq = 0;
    lane.seqs.length = 0;
  }
  return track;
}

/** Fills the queues with today's bars, and begins to read the days after. */
export function loadQueues(engine: Engine, symbols: readonly string[]): void {
  const { session, base } = engine;
  const { date } = session;
  const interval = base.text;
  for (const symbol of symbols) {
    const { queue } = engine.loads.get(symbol)!;
    engine.loads.delete(symbol);
    const track = engine.known.get(symbol)!;
    beginDay(track, session.open, queue?.bars ?? new BarColumns(0));
    if (queue === null) continue;
    const { bars, provenance, leftOut, skipped } = queue;
    const read = { symbol, interval, date, bars: bars.length, provenance };
    const loaded = engine.record('QueueLoaded', BY, read, null);
    if (leftOut > 0) {
      engine.record('BarsLeftOut', BY, { symbol, interval, date, bars: leftOut }, loaded);
    }
    recordSkipped(engine, { symbol, interval, date, skipped }, loaded);
  }
  prefetch(engine);
}

function beginDay(track: Track, open: MarketTime, queue: BarColumns): void {
  track.queue = queue;
  track.cursor = 0;
  track.accounted = open;
  track.present = 0;
  track.due = earliestEnd(track);
}

function prefetch(engine: Engine): void {
  const { config, market, sessions, day, base } = engine;
  const ahead = sessions.slice(day + 1, day + 1 + config.backtest_config.prefetch_days);
  for (const session of ahead) {
    for (const symbol of [...config.session_data_config.symbols, ...engine.requests.keys()]) {
      if (engine.excluded.has(symbol) || engine.requests.get(symbol)?.light) continue;
      if (!market.dates(symbol, base.text).has(session.date)) continue;
      market.prefetch({ symbol, interval: base.text, session, since: engine.since(session) });
    }
  }
}

/** Brings symbols that were added mid-session up to the clock; before the open there is nothing to do. */
export function catchUp(engine: Engine, symbols: readonly string[]): void {
  if (engine.loop === null) return;
  const tracks = symbols.map((symbol) => engine.known.get(symbol)!);
  engine.loop.catchUp(tracks, engine.recorder.at);
}
