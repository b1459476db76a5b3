import { BarColumns } from '../domain/bars.ts';
import { chooseBase } from '../domain/config/requirements.ts';
import { sentenceOf } from '../domain/errors.ts';
import { compareIntervals, type Interval, parseInterval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { BadRow } from '../feeds/feed.ts';
import { ATTEMPTS, type CheckInput } from '../machines/loading.machine.ts';
import type { Engine } from './engine.ts';
import { recordSkipped } from './historyLoading.ts';
import { daysBefore, type HistoryNeed, historyNeeds } from './historyNeeds.ts';
import type { SymbolWish } from './inbox.ts';
import { type LoadedHistory, LoadedSymbol } from './loadedSymbol.ts';
import { comeBack, createLane, Track } from './track.ts';
import { historyProblems, lookedFor, requiredIntervals } from './validation.ts';

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

/** Takes the wishes that a load stands for, at the moment it is begun: one that comes later has a load of its own. */
export function takeWishes(engine: Engine, { symbols, wholeDay, first }: CheckInput): void {
  if (!first || wholeDay) return;
  engine.wishes = new Map(symbols.map((symbol) => [symbol, engine.inbox.firstWish(symbol)]));
}

/**
 * Reads what each symbol needs, and refuses those that cannot be loaded.
 *
 * @returns the others, ascending
 * @throws what reading threw, unless this is the `last` attempt; what was read is kept for the next one
 */
export async function checkSymbols(
  engine: Engine,
  { symbols, wholeDay, first, last }: CheckInput,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // Whatever happens while it reads, and however often it tries, what it loads was asked for when it began, and what
  // it records follows from there.
  if (first) {
    engine.loadCause = engine.cause;
    engine.loading = (wholeDay ? ofTheDay(engine, symbols) : askedFor(engine, symbols)).sort();
  }
  const sorted = engine.loading;
  // What could not be read when it was recorded cannot be read when that is executed again.
  const unread = engine.replay?.world?.loadAfter(engine.recorder.led).unread;
  const read = await Promise.all(
    sorted.map((symbol) => {
      const reason = unread?.get(symbol);
      if (reason !== undefined) return new Refusal(reason);
      return readOrRefuse(engine, symbol, signal).catch((error: unknown) => error);
    }),
  );
  signal.throwIfAborted();
  await engine.replay?.turn('session');
  signal.throwIfAborted();
  engine.cause = engine.loadCause;
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
    const wish = wholeDay ? undefined : engine.inbox.firstWish(symbol);
    if (wish !== undefined) wish.result = { added: false, symbol, loaded: false, reason };
    recordSkipped(engine, { symbol, interval, date, skipped }, cause);
    if (leftOut === 0) continue;
    engine.record('BarsLeftOut', BY, { symbol, interval, date, bars: leftOut }, cause);
  }
  return loaded;
}

/** The config's symbols, but for those that were removed, and those added since. */
function ofTheDay(engine: Engine, symbols: readonly string[]): string[] {
  const { excluded, requests } = engine;
  const stay = symbols.filter((symbol) => !excluded.has(symbol));
  return [...new Set([...stay, ...requests.keys()])];
}

/** Those asked for that are not there, or only light; what they are to have is from here on what was asked. */
function askedFor(engine: Engine, symbols: readonly string[]): string[] {
  return symbols.filter((symbol) => {
    const wish = engine.wishes.get(symbol);
    // Served sooner than where it was asked for first.
    if (wish === undefined) return false;
    const held = engine.data.symbols.has(symbol);
    const upgraded = held && !engine.isLoaded(symbol) && !wish.request.light;
    if (held && !upgraded) {
      noteThere(engine, wish);
      return false;
    }
    wish.undo = keeping(engine, symbol);
    engine.requests.set(symbol, upgraded ? { ...wish.request, upgraded } : wish.request);
    if (!wish.request.light) engine.excluded.delete(symbol);
    return true;
  });
}

/** Nothing is done for a symbol that is there, and the record says so; it may be there since it was asked for. */
function noteThere(engine: Engine, wish: SymbolWish): void {
  const { symbol, request, received } = wish;
  const reason = 'it is in the session already';
  wish.result = { added: false, symbol, loaded: true, reason };
  const refused = { message: 'symbol.add', state: 'active', reason };
  if (!request.light) engine.record('MessageRefused', BY, refused, received);
}

/** How to put back what the engine now knows of what a symbol is to have. */
function keeping({ requests, required, excluded }: Engine, symbol: string): () => void {
  const request = requests.get(symbol);
  const intervals = required.get(symbol);
  const out = excluded.has(symbol);
  return () => {
    if (request === undefined) requests.delete(symbol);
    else requests.set(symbol, request);
    if (intervals === undefined) required.delete(symbol);
    else required.set(symbol, intervals);
    if (out) excluded.add(symbol);
  };
}

/** @returns nothing if the symbol's data is read */
async function readOrRefuse(
  engine: Engine,
  symbol: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  if (engine.loads.has(symbol)) return undefined;
  const light = engine.requests.get(symbol)?.light === true;
  const wanted = engine.inbox.firstWish(symbol)?.undo;
  if (wanted || !engine.required.has(symbol)) {
    const refusal = await askFor(engine, symbol, signal);
    if (refusal !== undefined) return refusal;
  }
  if (light) {
    const history = await readNeeds(engine, symbol);
    engine.loads.set(symbol, new LoadedSymbol({ symbol, queue: null, history }));
    return undefined;
  }
  const { market, session } = engine;
  const interval = engine.base.text;
  if (!market.dates(symbol, interval).has(session.date)) {
    const skipped = market.feed.skipped(symbol, interval).get(session.date) ?? [];
    const rows = skipped.length === 0 ? '' : `, ${skipped.length} bad rows skipped`;
    const sought = lookedFor(engine, symbol).map((sentence) => `; ${sentence}`);
    const reason = `no ${interval} bars on ${session.date}${rows}${sought.join('')}`;
    return new Refusal(reason, { skipped });
  }
  const queue = await market.day({ symbol, interval, session, since: engine.since(session) });
  if (queue.bars.length === 0) {
    return new Refusal(
      `no ${interval} bars in the regular session of ${session.date}, ${queue.leftOut} outside it`,
      { leftOut: queue.leftOut, skipped: queue.skipped },
    );
  }
  const history = await readNeeds(engine, symbol);
  // What was added by hand while the symbol was light stays with it.
  const whole = engine.handmade.into(symbol, queue);
  engine.loads.set(symbol, new LoadedSymbol({ symbol, queue: whole, history }));
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
  await market.index({ symbols: [symbol], signal });
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
  const { market, time, data, handmade } = engine;
  const { interval } = need;
  const stored = market.dates(symbol, interval);
  const made = (date: string) => interval === engine.base.text && handmade.has(symbol, date);
  const held = data.historyOf(symbol, interval);
  const missing = daysBefore(engine, need.from).filter(
    (date) => (stored.has(date) || made(date)) && held?.day(date) === undefined,
  );
  const sessions = missing.map((date) => time.session(date)!);
  const read = await market.days(symbol, interval, sessions);
  const byDate = new Map(read.map((day) => [day.session.date, day]));
  const days = sessions.flatMap((session) => {
    const { date } = session;
    const day = byDate.get(date);
    if (!made(date)) return day === undefined ? [] : [day];
    const none = { session, bars: new BarColumns(0), provenance: [], leftOut: 0, skipped: [] };
    return [handmade.into(symbol, day ?? none)];
  });
  return { interval, days };
}

export function registerSymbols(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const base = engine.base.text;
    const light = engine.loads.get(symbol)!.queue === null;
    const locks = upgrade(engine, symbol);
    const intervals = derivedIntervals(engine, symbol);
    const request = engine.requests.get(symbol);
    const registered = engine.record('SymbolRegistered', BY, {
      symbol,
      base,
      intervals,
      added_by: request?.addedBy ?? 'config',
      auto_provisioned: light,
      upgraded_from_adhoc: request?.upgraded ?? false,
      meets_session_config_requirements: !light,
    });
    for (const holder of locks) engine.record('SymbolLocked', BY, { symbol, holder }, registered);
    engine.tracks.push(trackOf(engine, symbol, { intervals, light, registered }));
  }
  engine.tracks.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** What was held of a light symbol makes way: the full load brings all of it again. @returns its locks */
function upgrade(engine: Engine, symbol: string): readonly string[] {
  const held = engine.data.symbols.get(symbol);
  if (held === undefined) return [];
  engine.record('SymbolUpgraded', BY, { symbol });
  engine.dropTrack(symbol);
  return [...held.locks];
}

function derivedIntervals(engine: Engine, symbol: string): string[] {
  return engine.required
    .get(symbol)!
    .filter((interval) => interval !== engine.base.text)
    .toSorted(compareIntervals);
}

/** The symbol's track, made at its first session, with today's series bound to it. */
function trackOf(
  engine: Engine,
  symbol: string,
  rule: { intervals: readonly string[]; light: boolean; registered: number },
): Track {
  const { recorder, data } = engine;
  let track = engine.known.get(symbol);
  // A light symbol is not fed: its series begin anew every day, brought up to the day before.
  if (track === undefined || rule.light) {
    const lanes = [engine.base.text, ...rule.intervals].map((interval, i) =>
      createLane(parseInterval(interval), recorder.seriesId({ symbol, name: interval }), i > 0),
    );
    const totals = engine.totalsOf(symbol);
    comeBack(totals, engine.session.date);
    track = new Track(symbol, lanes, totals);
    track.fed = !rule.light;
    engine.known.set(symbol, track);
  }
  const { bars } = data.symbols.get(symbol)!;
  // Until there is a bar, what is decided follows from the symbol being there.
  track.lastSeq = rule.registered;
  for (const lane of track.lanes) {
    lane.bars = bars.get(lane.interval.text)!.bars;
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
    engine.market.handBack(bars);
  }
  // Anew, as the session's symbols are: a map that is emptied and filled again keeps garbage alive.
  if (engine.loads.size === 0) engine.loads = new Map();
  prefetch(engine);
}

function beginDay(track: Track, open: MarketTime, queue: BarColumns): void {
  track.fill(queue);
  track.accounted = open;
  track.present = 0;
  track.totalsBefore = { ...track.totals };
  track.due = track.earliestEnd();
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
