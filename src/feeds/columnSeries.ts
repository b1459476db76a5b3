/** Columns of bars in memory as a series: checked like a file, kept whole. */
import { createHash } from 'node:crypto';
import type { BarColumns } from '../domain/bars.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { Interval } from '../domain/interval.ts';
import { attempt } from './feedProblems.ts';
import { emptyRow, Intake, type Piece } from './intake.ts';
import { type BarRange, IndexedSeries, joined, type Part, type Series } from './series.ts';
import { type Stamp, Stamps } from './stamps.ts';
import type { BadRowPolicy } from './validation.ts';

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
function columnSeries(source: string, given: GivenColumns, { calendar, policy }: RowRules): Series {
  const { symbol, interval, stamp, columns } = given;
  const shown = `${symbol} "${interval}" bars of source "${source}",`;
  const place = { shown, file: source, unit: 'row' } as const;
  const intake = new Intake({ interval, calendar, policy, place });
  const stamps = new Stamps({ interval, stamp, zone: 'UTC', calendar });
  const fingerprint = fingerprintOf(given);
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
  const part = new ColumnPart(columns, { fingerprint, ...intake.finish() });
  return new IndexedSeries(source, { symbol, interval, parts: [part] });
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
