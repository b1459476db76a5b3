/** Columns of bars in memory as a series: checked like a file, kept whole. */
import { createHash } from 'node:crypto';
import type { BarColumns } from '../domain/bars.ts';
import { countIndicesWhile } from '../domain/bisect.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { Interval } from '../domain/interval.ts';
import { attempt } from './feedProblems.ts';
import { emptyRow, Intake, type Piece } from './intake.ts';
import { type BarRange, IndexedSeries, joined, type Part, type Series } from './series.ts';
import { type Stamp, Stamps } from './stamps.ts';
import { areNumbersOfBar, type BadRowPolicy, RowOrder } from './validation.ts';

export interface GivenColumns {
  readonly symbol: string;
  readonly interval: Interval;
  readonly stamp: Stamp;
  /** As given: `opened` holds the times, whatever they stamp, in epoch milliseconds. */
  readonly columns: BarColumns;
}

/** How rows are judged. */
interface RowRules {
  readonly calendar: Calendar;
  readonly policy: BadRowPolicy;
}

/** A series of each of `tables`, and what is wrong with those of which none can be made. */
export async function seriesOfEach(
  source: string,
  tables: readonly GivenColumns[],
  rules: RowRules,
): Promise<{ series: readonly Series[]; problems: readonly string[] }> {
  const series: Series[] = [];
  const problems: string[] = [];
  for (const given of tables) {
    const made = await attempt(problems, () => columnSeries(source, given, rules));
    if (made !== undefined) series.push(made);
  }
  return { series, problems };
}

/**
 * The good rows of `given`, which is taken over: its columns hold them from here on.
 *
 * @param source kind of source
 * @throws {FeedError} for bad rows under `fail`
 */
function columnSeries(source: string, given: GivenColumns, rules: RowRules): Series {
  const { symbol, interval, columns } = given;
  const fingerprint = fingerprintOf(given);
  const index = indexOfGood(given, rules) ?? indexOfRows(source, given, rules);
  const part = new ColumnPart(columns, { fingerprint, ...index });
  return new IndexedSeries(source, { symbol, interval, parts: [part] });
}

type RowIndex = Pick<Part, 'pieces' | 'skipped'>;

/** The index of rows of which all are good as they are, as most are; null if one is not, or there is none. */
function indexOfGood(given: GivenColumns, { calendar }: RowRules): RowIndex | null {
  const { length, opened } = given.columns;
  if (!areGood(given, calendar)) return null;
  const pieces: Piece[] = [];
  for (let start = 0, end = 0; start < length; start = end) {
    const date = calendar.dateOf(opened[start]!);
    const isOfDate = (i: number) => calendar.dateOf(opened[start + i]!) <= date;
    end = start + countIndicesWhile(length - start, isOfDate);
    const [first, last] = [opened[start]!, opened[end - 1]!];
    pieces.push({ date, firstLine: start + 1, bars: end - start, first, last, start, end });
  }
  return length === 0 ? null : { pieces, skipped: new Map() };
}

/** By the rules that rows are judged by one at a time, but for telling what is wrong. */
function areGood({ interval, stamp, columns }: GivenColumns, calendar: Calendar): boolean {
  const { length, opened, open, high, low, close, volume } = columns;
  const stamps = new Stamps({ interval, stamp, zone: 'UTC', calendar });
  const order = new RowOrder(interval);
  const bar = { open: 0, high: 0, low: 0, close: 0, volume: 0 };
  for (let i = 0; i < length; i++) {
    const time = opened[i]!;
    bar.open = open[i]!;
    bar.high = high[i]!;
    bar.low = low[i]!;
    bar.close = close[i]!;
    bar.volume = volume[i]!;
    const isInPlace = stamps.ofInstant(time) === time && order.next(time) === null;
    if (!isInPlace || !areNumbersOfBar(bar)) return false;
  }
  return true;
}

/** The index of the good rows, which are moved together, one row at a time. @throws {FeedError} */
function indexOfRows(
  source: string,
  { symbol, interval, stamp, columns }: GivenColumns,
  { calendar, policy }: RowRules,
): RowIndex {
  const shown = `${symbol} "${interval}" bars of source "${source}",`;
  const place = { shown, file: source, unit: 'row' } as const;
  const intake = new Intake({ interval, calendar, policy, place });
  const stamps = new Stamps({ interval, stamp, zone: 'UTC', calendar });
  const row = emptyRow();
  let kept = 0;
  for (let i = 0; i < columns.length; i++) {
    columns.read(i, row.bar);
    row.bar.opened = stamps.ofInstant(columns.opened[i]!);
    row.line = i + 1;
    row.start = kept;
    row.end = kept + 1;
    if (Number.isNaN(columns.opened[i])) {
      intake.bad(row.line, 'time is not a number: give epoch milliseconds');
    } else if (Number.isNaN(row.bar.opened)) {
      intake.bad(row.line, `time "${columns.opened[i]}" ${stamps.problem}`);
    } else if (intake.row(row)) {
      if (kept < i) columns.write(kept, row.bar);
      else columns.opened[i] = row.bar.opened;
      kept += 1;
    }
  }
  columns.length = kept;
  return intake.finish();
}

class ColumnPart implements Part {
  readonly file = null;
  readonly fingerprint: string;
  readonly pieces: Part['pieces'];
  readonly skipped: Part['skipped'];
  readonly #columns: BarColumns;

  constructor(columns: BarColumns, index: Pick<Part, 'fingerprint' | 'pieces' | 'skipped'>) {
    this.#columns = columns;
    this.fingerprint = index.fingerprint;
    this.pieces = index.pieces;
    this.skipped = index.skipped;
  }

  async read(pieces: readonly Piece[], range: BarRange): Promise<void> {
    for (const { start, end, firstLine } of joined(pieces, Number.POSITIVE_INFINITY)) {
      range.slice(this.#columns, { start, end, firstLine });
    }
  }
}

/** Equal for equal bars, whatever they were handed over in. */
function fingerprintOf({ interval, stamp, columns }: GivenColumns): string {
  const hash = createHash('sha256').update(`${interval} ${stamp}\n`);
  for (const field of ['opened', 'open', 'high', 'low', 'close', 'volume'] as const) {
    hash.update(columns[field].subarray(0, columns.length));
  }
  return hash.digest('hex');
}
