/**
 * The bars that a run was fed, taken from its log: what a feed gave it is there to the last bar, if not in one piece.
 * What it was given and never fed, because its symbol left before, is made up and is not fed again either.
 */
import { BarColumns } from '../domain/bars.ts';
import { countWhile } from '../domain/bisect.ts';
import type { Calendar, Session } from '../domain/calendar/calendar.ts';
import type { ProvenanceRecord } from '../domain/facts.ts';
import type { Block } from '../domain/frame.ts';
import { type Interval, parseInterval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { BadRow, Feed, FeedBars, Provenance } from '../feeds/feed.ts';
import { type KnownData, knownDays } from '../feeds/knownData.ts';
import type { LogReader } from '../store/eventLog.ts';
import {
  type HistoryDay,
  isRead,
  type QueuedDay,
  type RecordedDay,
  RecordedDays,
} from './recordedDays.ts';

/** Of what is never fed nothing counts but that it is there. */
const PRICE = { open: 1, high: 1, low: 1, close: 1, volume: 0, count: 1, expected: 1 };
const MADE_UP = { source: '', file: null, fingerprint: '', firstLine: 1 };

/** Days of bars held decoded: the one that is fed and the one that is read ahead. */
const DAYS_HELD = 2;

/** As a feed is asked. */
type BarRequest = Omit<Parameters<Feed['read']>[0], 'signal'>;

/** Rows of a day, and where each comes from. */
interface Rows {
  readonly bars: BarColumns;
  readonly provenance: readonly ProvenanceRecord[];
}

/** Bars of a day by symbol, with the seq of each. */
type Fed = ReadonlyMap<string, { readonly bars: BarColumns; readonly seqs: readonly number[] }>;

export class RecordedBars {
  readonly #log: LogReader;
  readonly #calendar: Calendar;
  #days: RecordedDays | null = null;
  readonly #fed = new Map<TradingDate, Fed>();
  /** The block of history read last: days of one are asked for together. */
  #history: Block | null = null;

  constructor(log: LogReader, calendar: Calendar) {
    this.#log = log;
    this.#calendar = calendar;
  }

  get #recorded(): RecordedDays {
    this.#days ??= new RecordedDays(this.#log);
    return this.#days;
  }

  /** What the data had at least: what of it was loaded; null if nothing was. */
  known(symbol: string): KnownData | null {
    const intervals = this.#recorded.intervals(symbol);
    if (intervals.length === 0) return null;
    const runs = intervals.map((interval): [Interval, KnownData['intervals'][string]] => {
      const dates = this.#recorded.dates(symbol, interval);
      return [interval, knownDays(dates, interval, this.#calendar)];
    });
    return { symbol, missing: [], intervals: Object.fromEntries(runs) };
  }

  skipped(symbol: string, interval: Interval): ReadonlyMap<TradingDate, readonly BadRow[]> {
    return this.#recorded.skipped(symbol, interval);
  }

  /** @param dates how many bars the data had on each date */
  read(
    { symbol, interval, from, to }: BarRequest,
    dates: ReadonlyMap<TradingDate, number>,
  ): FeedBars {
    const read = { bars: new BarColumns(), provenance: [] as Provenance[] };
    const first = this.#calendar.dateOf(from);
    const recorded = this.#recorded.of(symbol, interval);
    for (const [date, day] of recorded) {
      if (date < first) continue;
      const session = this.#calendar.session(date);
      if (session === null || session.dayEnd <= from) continue;
      if (session.dayStart >= to) break;
      const { close, dayStart, dayEnd } = session;
      const rows = this.#rowsOf(symbol, interval, { session, day });
      const isAfter = close < dayEnd;
      if (!isAfter) addOutside(read, dayStart, day.leftOut);
      read.bars.append(rows.bars);
      read.provenance.push(...rows.provenance.map(asFed));
      if (isAfter) addOutside(read, close, day.leftOut);
    }
    const known = new Set(recorded.map(([date]) => date));
    for (const session of this.#unfed({ from, to })) {
      if (!known.has(session.date))
        addMadeUp(read, dates.get(session.date) ?? 0, { session, interval });
    }
    return read;
  }

  /** Sessions of a range that a log cut short may not tell of: the last one that it tells of, and those after it. */
  #unfed({ from, to }: { from: MarketTime; to: MarketTime }): Session[] {
    const { tradingDates } = this.#calendar;
    const first = this.#calendar.dateOf(from);
    const { lastDate } = this.#recorded;
    const sessions: Session[] = [];
    const unsure = first > lastDate ? first : lastDate;
    for (let i = countWhile(tradingDates, (date) => date < unsure); ; i++) {
      const session =
        tradingDates[i] === undefined ? null : this.#calendar.session(tradingDates[i]!);
      if (session === null || session.dayStart >= to) return sessions;
      if (session.dayEnd > from) sessions.push(session);
    }
  }

  #rowsOf(
    symbol: string,
    interval: Interval,
    { session, day }: { session: Session; day: RecordedDay },
  ): Rows {
    const { history, queued } = day;
    const read = history === null ? null : this.#rowsOfHistory(history);
    if (read !== null && (queued.length === 0 || read.provenance.every(isRead))) {
      return withoutHandmade(read);
    }
    if (queued.length === 0) return { bars: new BarColumns(0), provenance: [] };
    const fed = this.#fedOn(session.date).get(symbol);
    return joined(queued, fed, { session, interval, read });
  }

  #rowsOfHistory({ seq, start, bars: count, provenance }: HistoryDay): Rows {
    return { bars: columnsOf(this.#blockAt(seq), start, start + count), provenance };
  }

  #blockAt(seq: number): Block {
    if (this.#history?.firstSeq === seq) return this.#history;
    const types = new Set(['HistoricalBarsLoaded']);
    for (const { sections } of this.#log.read({ from: seq, to: seq, types })) {
      for (const section of sections) {
        if (section.kind === 'block' && section.firstSeq === seq) this.#history = section;
      }
    }
    return this.#history!;
  }

  #fedOn(date: TradingDate): Fed {
    const held = this.#fed.get(date);
    if (held !== undefined) return held;
    const fed = fedIn(this.#log, this.#recorded.rangeOf(date));
    if (this.#fed.size >= DAYS_HELD) this.#fed.delete(this.#fed.keys().next().value!);
    this.#fed.set(date, fed);
    return fed;
  }
}

/** Every bar that was fed from a queue between two facts. */
function fedIn(log: LogReader, { from, to }: { from: number; to: number }): Fed {
  const fed = new Map<string, { bars: BarColumns; seqs: number[] }>();
  const types = new Set(['BarAppended']);
  for (const { sections } of log.read({ from, to, types, reuse: true })) {
    for (const section of sections) {
      if (section.kind !== 'block' || section.type !== 'BarAppended') continue;
      if (section.extra?.adhoc === true) continue;
      const ids = section.columns[0]!.data;
      const fields = section.columns.slice(FIRST_BAR_COLUMN);
      for (let row = 0; row < section.rows; row++) {
        const { symbol } = log.table.at(ids[row]!);
        let ofSymbol = fed.get(symbol);
        if (ofSymbol === undefined) {
          ofSymbol = { bars: new BarColumns(512), seqs: [] };
          fed.set(symbol, ofSymbol);
        }
        ofSymbol.seqs.push(section.firstSeq + row);
        pushRow(ofSymbol.bars, fields, row);
      }
    }
  }
  return fed;
}

const FIRST_BAR_COLUMN = 2;

function pushRow(bars: BarColumns, fields: Block['columns'], row: number): void {
  const [opened, open, high, low, close, volume] = fields;
  const i = bars.grow();
  bars.opened[i] = opened!.data[row]!;
  bars.open[i] = open!.data[row]!;
  bars.high[i] = high!.data[row]!;
  bars.low[i] = low!.data[row]!;
  bars.close[i] = close!.data[row]!;
  bars.volume[i] = volume!.data[row]!;
  bars.count[i] = 1;
  bars.expected[i] = 1;
}

function columnsOf({ columns }: Block, from: number, to: number): BarColumns {
  const bars = new BarColumns(to - from);
  const fields = ['opened', 'open', 'high', 'low', 'close', 'volume', 'count', 'expected'] as const;
  for (const [i, field] of fields.entries()) bars[field].set(columns[i]!.data.subarray(from, to));
  bars.length = to - from;
  return bars;
}

/** What was read of a day, as often as it was, as one: each bar that was ever recorded, the others made up. */
function joined(
  queued: readonly QueuedDay[],
  fed: { readonly bars: BarColumns; readonly seqs: readonly number[] } | undefined,
  { session, interval, read }: { session: Session; interval: Interval; read: Rows | null },
): Rows {
  const ofQueues = queued.map(({ seq, provenance }, i) => {
    const until = queued[i + 1]?.seq ?? Number.POSITIVE_INFINITY;
    const seqs = fed?.seqs ?? [];
    const start = seqs.findIndex((each) => each > seq);
    const end = start === -1 ? -1 : seqs.findIndex((each) => each > until);
    const bars = new BarColumns(0);
    if (start !== -1) bars.append(fed!.bars, start, end === -1 ? seqs.length : end);
    return { bars, provenance };
  });
  const parts = read === null ? ofQueues : [...ofQueues, read];
  const ofFeed = parts.map(withoutHandmade);
  const whole = ofFeed.reduce((a, b) => (rowsIn(b) > rowsIn(a) ? b : a));
  const bars = new BarColumns(Math.max(16, rowsIn(whole)));
  if (ofFeed.length === 1) bars.append(whole.bars);
  // What was fed comes last: it counts more than what stands in for it.
  else
    for (const part of [...parts.map((part) => withStandIns(part, whole)), ...ofFeed]) {
      for (let i = 0; i < part.bars.length; i++)
        bars.write(bars.place(part.bars.opened[i]!), part.bars.at(i));
    }
  makeUp(bars, rowsIn(whole), { session, interval });
  return { bars, provenance: whole.provenance };
}

const rowsIn = ({ provenance }: Rows) => provenance.reduce((sum, { bars }) => sum + bars, 0);

/** Fills up to `count` bars from the end of the session, since what was not fed comes after what was. */
function makeUp(
  bars: BarColumns,
  count: number,
  { session, interval }: { session: Session; interval: Interval },
): void {
  const { intraday, ms } = parseInterval(interval);
  const windows = intraday ? Math.floor((session.close - session.open) / ms) : 1;
  for (let i = windows - 1; i >= 0 && bars.length < count; i--) {
    const opened = session.open + i * (intraday ? ms : 0);
    const row = bars.lowerBound(opened);
    if (row < bars.length && bars.opened[row] === opened) continue;
    bars.write(bars.place(opened), { opened, ...PRICE });
  }
}

/** A day of which only is known how many bars it had: none of them was fed before the log ended. */
function addMadeUp(
  read: { bars: BarColumns; provenance: Provenance[] },
  count: number,
  day: { session: Session; interval: Interval },
): void {
  const bars = new BarColumns();
  makeUp(bars, count, day);
  if (bars.length === 0) return;
  read.bars.append(bars);
  read.provenance.push({ ...MADE_UP, bars: bars.length });
}

/** Bars added by hand are no part of what a feed gave: they are added again. */
function withoutHandmade({ bars, provenance }: Rows): Rows {
  return some({ bars, provenance }, (piece) => (isRead(piece) ? piece.bars : 0));
}

/** The same, but for bars by hand that stand in for lines of a whole day: the feed had bars there as well. */
function withStandIns({ bars, provenance }: Rows, whole: Rows): Rows {
  let line = 0;
  return some({ bars, provenance }, (piece, i) => {
    if (isRead(piece)) {
      line = piece.first_line + piece.bars;
      return piece.bars;
    }
    const until = provenance.slice(i).find(isRead)?.first_line ?? Number.POSITIVE_INFINITY;
    return Math.min(piece.bars, linesIn(whole, line, until));
  });
}

/** How many of the lines from one up to another are among those that rows come from. */
function linesIn({ provenance }: Rows, from: number, until: number): number {
  return provenance.reduce((sum, { first_line: first, bars }) => {
    return sum + Math.max(0, Math.min(until, first + bars) - Math.max(from, first));
  }, 0);
}

/** Of each piece the first rows, as many as `count` says. */
function some(
  { bars, provenance }: Rows,
  count: (piece: ProvenanceRecord, i: number) => number,
): Rows {
  if (provenance.every(isRead)) return { bars, provenance };
  const kept = new BarColumns(bars.length);
  const pieces: ProvenanceRecord[] = [];
  let row = 0;
  for (const [i, piece] of provenance.entries()) {
    const taken = count(piece, i);
    if (taken > 0) {
      kept.append(bars, row, Math.min(bars.length, row + taken));
      addPiece(pieces, { ...piece, bars: taken });
    }
    row = Math.min(bars.length, row + piece.bars);
  }
  return { bars: kept, provenance: pieces };
}

function addPiece(pieces: ProvenanceRecord[], piece: ProvenanceRecord): void {
  const last = pieces.at(-1);
  const goesOn =
    last?.source === piece.source &&
    last.file === piece.file &&
    last.fingerprint === piece.fingerprint &&
    last.first_line + last.bars === piece.first_line;
  if (goesOn) pieces[pieces.length - 1] = { ...last, bars: last.bars + piece.bars };
  else pieces.push(piece);
}

function asFed({ first_line: firstLine, ...piece }: ProvenanceRecord): Provenance {
  return { ...piece, firstLine };
}

/** Rows of a day outside its session, of which only the number counts. */
function addOutside(
  { bars, provenance }: { bars: BarColumns; provenance: Provenance[] },
  opened: MarketTime,
  count: number,
): void {
  if (count === 0) return;
  provenance.push({ ...MADE_UP, bars: count });
  for (let i = 0; i < count; i++) bars.push({ opened, ...PRICE });
}
