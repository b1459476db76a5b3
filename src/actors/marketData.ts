/**
 * The feed as a session needs it: one symbol, one trading day, cut to the regular session.
 *
 * Days are read ahead while the present one streams, so that reading overlaps the work.
 */
import { BarColumns } from '../domain/bars.ts';
import type { Calendar, Session } from '../domain/calendar/calendar.ts';
import { FeedError } from '../domain/errors.ts';
import type { ProvenanceRecord } from '../domain/facts.ts';
import { type Interval, parseInterval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { BadRow, Feed, FeedBars, IndexRequest, Provenance } from '../feeds/feed.ts';
import { type KnownData, knownData } from '../feeds/knownData.ts';

/** Bars of one regular session; a class, as all that lives for one. */
export class DayBars {
  readonly session: Session;
  readonly bars: BarColumns;
  readonly provenance: ProvenanceRecord[];
  /** Bars of the day outside the session. */
  readonly leftOut: number;
  readonly skipped: readonly BadRow[];

  constructor({ session, bars, provenance, leftOut, skipped }: DayBars) {
    this.session = session;
    this.bars = bars;
    this.provenance = provenance;
    this.leftOut = leftOut;
    this.skipped = skipped;
  }
}

interface DayRequest {
  readonly symbol: string;
  readonly interval: Interval;
  readonly session: Session;
  /** Where the day begins that this session answers for: the end of the previous trading day. */
  readonly since: MarketTime;
}

export class MarketData {
  readonly feed: Feed;
  readonly calendar: Calendar;
  /** Days being read ahead, by symbol, interval and date. */
  #ahead = new Map<string, Promise<DayBars>>();
  /** Columns that days were read into and that nobody needs any more: the next days are read into them. */
  readonly #spare: BarColumns[] = [];
  /** Those that are out with a day. */
  readonly #lent = new WeakSet<BarColumns>();
  /** Days asked for that were being read already, and those that were not. */
  readonly readAhead = { hits: 0, misses: 0 };
  /** How much is being read or looked at just now. */
  reading = 0;

  /** Told what there is of symbols whenever their data was looked at. */
  readonly #indexed: (known: readonly KnownData[]) => void;

  constructor(
    feed: Feed,
    calendar: Calendar,
    indexed: (known: readonly KnownData[]) => void = () => {},
  ) {
    this.feed = feed;
    this.calendar = calendar;
    this.#indexed = indexed;
  }

  /** Looks at the data of symbols. @throws as the feed */
  async index(request: Omit<IndexRequest, 'calendar'>): Promise<void> {
    const { feed, calendar } = this;
    await this.#busy(feed.index({ ...request, calendar }));
    const known = request.symbols.map((symbol) => knownData(feed, symbol, calendar));
    this.#indexed(known.filter((each) => each !== null));
  }

  /** Bars per date of a stored interval; empty if it is not stored. */
  dates(symbol: string, interval: Interval): ReadonlyMap<string, number> {
    const found = this.feed.availability(symbol).find((stored) => stored.interval === interval);
    return found?.dates ?? new Map();
  }

  /** Starts reading a day that will be wanted soon. Its failure shows when the day is asked for. */
  prefetch(request: DayRequest): void {
    const key = keyOf(request);
    if (this.#ahead.has(key)) return;
    const reading = this.#read(request);
    reading.catch(() => {});
    this.#ahead.set(key, reading);
  }

  async day(request: DayRequest): Promise<DayBars> {
    const key = keyOf(request);
    const ahead = this.#ahead.get(key);
    this.#ahead.delete(key);
    // Anew each time that all is taken: a map that is emptied and filled again keeps garbage alive.
    if (this.#ahead.size === 0) this.#ahead = new Map();
    this.readAhead[ahead === undefined ? 'misses' : 'hits'] += 1;
    return ahead ?? this.#read(request);
  }

  /** Takes the bars of a day, which nobody looks at any more, to read another one into them. */
  handBack(bars: BarColumns): void {
    if (this.#lent.delete(bars)) this.#spare.push(bars);
  }

  /** Several days of history in one read, each cut to its session; days without bars are left out. */
  async days(symbol: string, interval: Interval, sessions: readonly Session[]): Promise<DayBars[]> {
    const first = sessions[0];
    if (first === undefined) return [];
    const to = sessions.at(-1)!.dayEnd;
    const reading = this.feed.read({ symbol, interval, from: first.dayStart, to });
    const read = await this.#busy(reading);
    const skipped = this.feed.skipped(symbol, interval);
    return sessions
      .map((session) => ({
        ...cut(read, { session, since: session.dayStart, interval, inPlace: false }),
        skipped: skipped.get(session.date) ?? [],
      }))
      .filter((day) => day.bars.length > 0);
  }

  /** Forgets the days up to `date` that were read ahead and never asked for: their symbols have left. */
  forgetUntil(date: TradingDate): void {
    for (const key of this.#ahead.keys()) if (dateOf(key) <= date) this.#ahead.delete(key);
  }

  /** Lets go of what was read ahead of a symbol. */
  forget(symbol: string): void {
    for (const key of this.#ahead.keys()) {
      if (key.startsWith(`${symbol} `)) this.#ahead.delete(key);
    }
  }

  /** Counts it without a turn more: who comes first of two stays as it was. */
  #busy<T>(reading: Promise<T>): Promise<T> {
    this.reading += 1;
    const end = () => {
      this.reading -= 1;
    };
    reading.then(end, end);
    return reading;
  }

  async #read({ symbol, interval, session, since }: DayRequest): Promise<DayBars> {
    const { feed } = this;
    const into = feed.fillsColumns ? (this.#spare.pop() ?? new BarColumns(0)) : null;
    const range = { symbol, interval, from: since, to: session.dayEnd };
    // Of a read that fails nobody knows whether it goes on: what it was given is not used again.
    const read = await this.#busy(feed.read({ ...range, ...(into && { into }) }));
    if (read.bars === into) this.#lent.add(into);
    else if (into !== null) this.#spare.push(into);
    const day = cut(read, { session, since, interval, inPlace: read.bars === into });
    const skipped = feed.skipped(symbol, interval).get(session.date) ?? [];
    return new DayBars({ ...day, skipped });
  }
}

function keyOf({ symbol, interval, session }: DayRequest): string {
  return `${symbol} ${interval} ${session.date}`;
}

function dateOf(key: string): TradingDate {
  return key.slice(key.lastIndexOf(' ') + 1);
}

interface Cut extends Omit<DayRequest, 'symbol'> {
  /** Whether the columns read may be cut themselves: no other day lies in them. */
  readonly inPlace: boolean;
}

/** The rows of `[since, dayEnd)` whose window starts inside the session. */
function cut(read: FeedBars, { session, since, interval, inPlace }: Cut): DayBars {
  const { bars } = read;
  const dayFrom = bars.lowerBound(since);
  const dayTo = bars.lowerBound(session.dayEnd);
  const from = Math.max(dayFrom, bars.lowerBound(session.open));
  const to = Math.min(dayTo, bars.lowerBound(session.close));
  const kept = inPlace ? bars.keep(from, to) : bars.slice(from, Math.max(from, to));
  const provenance = sliceProvenance(read.provenance, from, to);
  checkGrid(kept, session, interval, provenance);
  const leftOut = dayTo - dayFrom - kept.length;
  return { session, bars: kept, provenance, leftOut, skipped: [] };
}

/** What of a piece a day is made of; a class, as `DayBars`. */
class DayPiece implements ProvenanceRecord {
  readonly source: string;
  readonly file: string | null;
  readonly fingerprint: string;
  readonly first_line: number;
  readonly bars: number;

  constructor({ source, file, fingerprint, firstLine }: Provenance, skipped: number, bars: number) {
    this.source = source;
    this.file = file;
    this.fingerprint = fingerprint;
    this.first_line = firstLine + skipped;
    this.bars = bars;
  }
}

function sliceProvenance(pieces: readonly Provenance[], from: number, to: number) {
  let row = 0;
  return pieces.flatMap((piece): ProvenanceRecord | [] => {
    const start = Math.max(from - row, 0);
    const end = Math.min(to - row, piece.bars);
    row += piece.bars;
    return end > start ? new DayPiece(piece, start, end - start) : [];
  });
}

/** Windows are anchored at the open: a bar between two windows would belong to none. */
function checkGrid(
  bars: BarColumns,
  session: Session,
  interval: Interval,
  provenance: readonly ProvenanceRecord[],
): void {
  const { intraday, ms, text } = parseInterval(interval);
  if (!intraday) return;
  for (let i = 0; i < bars.length; i++) {
    // Cheaper than the remainder, and as exact: a whole number of windows or not.
    if (Number.isInteger((bars.opened[i]! - session.open) / ms)) continue;
    const { place, stamp } = placeOf(bars, i, provenance);
    throw new FeedError(
      `${place}: a ${text} bar stamped ${stamp} does not start at a whole ${text} after the open; ` +
        'check "interval" and "stamp" of the data source',
    );
  }
}

function placeOf(bars: BarColumns, row: number, provenance: readonly ProvenanceRecord[]) {
  const stamp = new Date(bars.opened[row]!).toISOString();
  let before = 0;
  for (const piece of provenance) {
    if (row < before + piece.bars) {
      const line = piece.first_line + (row - before);
      return { place: `${piece.file ?? piece.source} line ${line}`, stamp };
    }
    before += piece.bars;
  }
  return { place: 'data', stamp };
}
