/**
 * Today's bars of one symbol and interval, row by row: a frame writes one bar of every series, and the eight numbers
 * of a bar side by side are one place in memory instead of eight.
 */
import { BAR_FIELDS, type Bar, type Bars, roomFor } from './bars.ts';
import { countIndicesWhile } from './bisect.ts';
import type { MarketTime } from './time.ts';

/** Numbers of a row, in the order of `BAR_FIELDS`. */
export const ROW = BAR_FIELDS.length;

const OFFSETS = Object.fromEntries(BAR_FIELDS.map((field, i) => [field, i])) as Readonly<
  Record<keyof Bar, number>
>;

export class SessionBars implements Bars {
  length = 0;
  /** Row by row; there is room for more than there are. */
  cells: Float64Array;

  constructor(capacity = 32) {
    this.cells = new Float64Array(capacity * ROW);
  }

  /** Makes room for one more row and returns its index; the caller writes it. Amortised O(1). */
  grow(): number {
    if (this.length * ROW >= this.cells.length) this.#resize(roomFor(this.length));
    return this.length++;
  }

  /** Makes room for a row opened at `opened` where it belongs, or finds the one that is there. O(rows). */
  place(opened: MarketTime): number {
    const row = this.lowerBound(opened);
    if (this.isAt(row, opened)) return row;
    this.grow();
    this.cells.copyWithin((row + 1) * ROW, row * ROW, (this.length - 1) * ROW);
    return row;
  }

  /** Writes row `i`, which must be there. */
  write(i: number, bar: Readonly<Bar>): void {
    for (const field of BAR_FIELDS) this.cells[i * ROW + OFFSETS[field]] = bar[field];
  }

  get(i: number, field: keyof Bar): number {
    return this.cells[i * ROW + OFFSETS[field]]!;
  }

  /** A fresh object holding row `i`. @throws {RangeError} outside the rows */
  at(i: number): Bar {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`no row ${i} of ${this.length}`);
    const { cells } = this;
    const from = i * ROW;
    return {
      opened: cells[from]!,
      open: cells[from + 1]!,
      high: cells[from + 2]!,
      low: cells[from + 3]!,
      close: cells[from + 4]!,
      volume: cells[from + 5]!,
      count: cells[from + 6]!,
      expected: cells[from + 7]!,
    };
  }

  /** Index of the first row with `opened >= time`; `length` if none. Rows ascend by `opened`. O(log n). */
  lowerBound(time: MarketTime): number {
    return countIndicesWhile(this.length, (i) => this.cells[i * ROW]! < time);
  }

  /** True if row `i` is there and opened at `opened`. */
  isAt(i: number, opened: MarketTime): boolean {
    return i < this.length && this.cells[i * ROW] === opened;
  }

  /** A copy of one column. */
  column(field: keyof Bar): Float64Array {
    return Float64Array.from({ length: this.length }, (_, i) => this.get(i, field));
  }

  /** Makes its rows as many as there are values, which are one field of them all. */
  fill(field: keyof Bar, values: Float64Array): void {
    if (values.length * ROW > this.cells.length) this.#resize(values.length);
    this.length = values.length;
    for (let i = 0; i < values.length; i++) this.cells[i * ROW + OFFSETS[field]] = values[i]!;
  }

  /** Forgets all rows, keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  #resize(capacity: number): void {
    const grown = new Float64Array(capacity * ROW);
    grown.set(this.cells.subarray(0, this.length * ROW));
    this.cells = grown;
  }
}
