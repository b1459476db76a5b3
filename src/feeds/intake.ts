/** One pass over the rows of a file: good ones are indexed, bad ones listed. */
import type { Bar } from '../domain/bars.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import { type BadRowPolicy, BadRows, badNumbers, RowOrder, type RowPlace } from './validation.ts';

/** A row under the reader's hand; the next one overwrites it. */
export interface Row {
  /** From 1, as a text editor or a table counts. */
  line: number;
  /** Where it lies, in bytes or rows, as `[start, end)`. */
  start: number;
  end: number;
  readonly bar: Bar;
}

/** Where a reader leaves the rows it finds, in the order of the file. */
export interface RowSink {
  row(row: Row): void;
  /** A row that cannot be read. @param opened NaN if its time cannot be read either */
  bad(line: number, reason: string, opened: MarketTime): void;
}

/** Consecutive good rows of one trading date: what the index holds instead of rows. */
export interface Piece {
  readonly date: TradingDate;
  readonly firstLine: number;
  bars: number;
  readonly first: MarketTime;
  last: MarketTime;
  readonly start: number;
  end: number;
}

/** A fresh row for a reader to fill. */
export function emptyRow(): Row {
  const bar = { opened: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, count: 1, expected: 1 };
  return { line: 0, start: 0, end: 0, bar };
}

/** Bad rows above the first good one wait for its date. */
const UNDATED: TradingDate = '';

export interface IntakeRules {
  readonly interval: Interval;
  readonly calendar: Calendar;
  readonly policy: BadRowPolicy;
  readonly place: RowPlace;
  /** Start of the last bar of the file before this one. */
  readonly after?: MarketTime;
}

export class Intake implements RowSink {
  readonly pieces: Piece[] = [];
  readonly #calendar: Calendar;
  readonly #order: RowOrder;
  readonly #badRows: BadRows;

  constructor({ interval, calendar, policy, place, after }: IntakeRules) {
    this.#calendar = calendar;
    this.#order = new RowOrder(interval, after);
    this.#badRows = new BadRows(policy, place);
  }

  /** Takes `row` if it is good, lists it if not; says which. */
  row(row: Row): boolean {
    const { opened } = row.bar;
    const reason = badNumbers(row.bar) ?? this.#order.next(opened);
    if (reason !== null) {
      this.#badRows.add({ line: row.line, reason, date: this.#calendar.dateOf(opened) });
      return false;
    }
    const date = this.#calendar.dateOf(opened);
    const piece = this.pieces.at(-1);
    if (piece !== undefined && piece.date === date && piece.firstLine + piece.bars === row.line) {
      piece.bars++;
      piece.last = opened;
      piece.end = row.end;
    } else {
      this.#begin(row, date);
    }
    return true;
  }

  /** A row without a time counts to the day of its neighbour. */
  bad(line: number, reason: string, opened: MarketTime = Number.NaN): void {
    const date = Number.isNaN(opened)
      ? (this.pieces.at(-1)?.date ?? UNDATED)
      : this.#calendar.dateOf(opened);
    this.#badRows.add({ line, reason, date });
  }

  /**
   * Ends the pass.
   *
   * @throws {FeedError} for bad rows under `fail`; if there is no good row, unless there may be none at all
   */
  finish({ mayBeEmpty = false } = {}): { pieces: readonly Piece[]; skipped: BadRows['byDate'] } {
    this.#badRows.settle();
    const isAllowed = mayBeEmpty && this.#badRows.count === 0;
    if (this.pieces.length === 0 && !isAllowed) this.#badRows.refuseAll();
    return { pieces: this.pieces, skipped: this.#badRows.byDate };
  }

  #begin(row: Row, date: TradingDate): void {
    const { line, start, end, bar } = row;
    if (this.pieces.length === 0) this.#badRows.redate(UNDATED, date);
    this.pieces.push({
      date,
      firstLine: line,
      bars: 1,
      first: bar.opened,
      last: bar.opened,
      start,
      end,
    });
  }
}
