/**
 * Bars as columns: one typed array per field, grown by doubling.
 *
 * One bar covers the half-open window `[opened, opened + interval)` and is stamped at its start.
 */
import { countIndicesWhile } from './bisect.ts';
import type { MarketTime } from './time.ts';

export interface Bar {
  /** Start of the half-open window. */
  opened: MarketTime;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Units of the instrument. */
  volume: number;
  /** Base bars it is made of; 1 for a base bar. */
  count: number;
  /** Base bars its window could have held; 1 for a base bar. */
  expected: number;
}

export const BAR_FIELDS = [
  'opened',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'count',
  'expected',
] as const satisfies readonly (keyof Bar)[];

export function emptyBar(): Bar {
  return { opened: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, count: 0, expected: 0 };
}

/** Rows of bars, however they are held. */
export interface Bars {
  readonly length: number;
  /** A field of row `i`, which must be there. */
  get(i: number, field: keyof Bar): number;
  /** A fresh object holding row `i`. @throws {RangeError} outside the rows */
  at(i: number): Bar;
}

/** Owned and written by one place; everyone else gets a read-only face of it. */
export class BarColumns implements Bars {
  length = 0;
  opened: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  count: Float64Array;
  expected: Float64Array;
  /** Rows there is memory of its own for: none where columns are views of other memory. */
  capacity: number;

  constructor(capacity = 32) {
    this.capacity = capacity;
    const { buffer, BYTES_PER_ELEMENT: bytes } = new Float64Array(capacity * BAR_FIELDS.length);
    const column = (field: number) => new Float64Array(buffer, field * capacity * bytes, capacity);
    this.opened = column(0);
    this.open = column(1);
    this.high = column(2);
    this.low = column(3);
    this.close = column(4);
    this.volume = column(5);
    this.count = column(6);
    this.expected = column(7);
  }

  /** Makes room for one more row and returns its index; the caller writes every column. Amortised O(1). */
  grow(): number {
    if (this.length >= this.capacity) this.#resize(roomFor(this.length));
    return this.length++;
  }

  push(bar: Bar): void {
    const i = this.grow();
    this.opened[i] = bar.opened;
    this.open[i] = bar.open;
    this.high[i] = bar.high;
    this.low[i] = bar.low;
    this.close[i] = bar.close;
    this.volume[i] = bar.volume;
    this.count[i] = bar.count;
    this.expected[i] = bar.expected;
  }

  /** Makes room for a row opened at `opened` where it belongs, or finds the one that is there. O(rows). */
  place(opened: MarketTime): number {
    if (this.length > this.capacity) this.#resize(this.length);
    const row = this.lowerBound(opened);
    if (row < this.length && this.opened[row] === opened) return row;
    this.grow();
    for (const field of BAR_FIELDS) this[field].copyWithin(row + 1, row, this.length - 1);
    return row;
  }

  /** Writes row `i`, which must be there. */
  write(i: number, bar: Bar): void {
    for (const field of BAR_FIELDS) this[field][i] = bar[field];
  }

  /** Appends rows `[from, to)` of `other`. */
  append(other: Bars, from = 0, to = other.length): void {
    const { length } = this;
    const rows = Math.max(0, to - from);
    if (length + rows > this.capacity) this.#resize(Math.max(length + rows, length * 2));
    for (const field of BAR_FIELDS) {
      const column = this[field];
      if (other instanceof BarColumns) column.set(other[field].subarray(from, to), length);
      else for (let i = 0; i < rows; i++) column[length + i] = other.get(from + i, field);
    }
    this.length = length + rows;
  }

  get(i: number, field: keyof Bar): number {
    return this[field][i]!;
  }

  /** A fresh object holding row `i`. @throws {RangeError} outside the rows */
  at(i: number): Bar {
    if (!(i >= 0 && i < this.length)) throw new RangeError(`no row ${i} of ${this.length}`);
    return this.read(i, emptyBar());
  }

  /** Writes row `i` into `bar` and returns it; allocates nothing. `i` must be a row. */
  read(i: number, bar: Bar): Bar {
    bar.opened = this.opened[i]!;
    bar.open = this.open[i]!;
    bar.high = this.high[i]!;
    bar.low = this.low[i]!;
    bar.close = this.close[i]!;
    bar.volume = this.volume[i]!;
    bar.count = this.count[i]!;
    bar.expected = this.expected[i]!;
    return bar;
  }

  /** Index of the first row with `opened >= time`; `length` if none. Rows ascend by `opened`. O(log n). */
  lowerBound(time: MarketTime): number {
    return countIndicesWhile(this.length, (i) => this.opened[i]! < time);
  }

  /** Rows `[from, to)` as columns of their own, over the same memory: whichever grows first gets new memory. */
  slice(from: number, to: number): BarColumns {
    const slice = new BarColumns(0);
    for (const field of BAR_FIELDS) slice[field] = this[field].subarray(from, to);
    slice.length = Math.max(0, to - from);
    return slice;
  }

  /** Forgets the first `rows` rows, keeps the memory. O(rows left). */
  dropFront(rows: number): void {
    for (const field of BAR_FIELDS) this[field].copyWithin(0, rows, this.length);
    this.length -= rows;
  }

  /** Forgets all but rows `[from, to)`, keeps the memory. O(1) unless rows are dropped from the front. */
  keep(from: number, to: number): this {
    this.length = Math.max(from, to);
    if (from > 0) this.dropFront(from);
    return this;
  }

  /** Makes room for `rows` in all, so that so many are added without more memory. */
  reserve(rows: number): void {
    if (rows > this.capacity) this.#resize(rows);
  }

  /** Forgets all rows, keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  #resize(capacity: number): void {
    const grown = new BarColumns(capacity);
    for (const field of BAR_FIELDS) {
      grown[field].set(this[field].subarray(0, this.length));
      this[field] = grown[field];
    }
    this.capacity = capacity;
  }
}

/** Rows to make room for where there are so many: small ones grow in few steps, since a day of minutes begins small. */
export function roomFor(rows: number): number {
  return Math.max(32, rows * (rows < 512 ? 4 : 2));
}
