/** The columns of blocks by name: bound when they grow, written row by row without a look-up. */
import type { Bar } from './bars.ts';
import type { Block, BlockExtra } from './frame.ts';

/** Rows of a block of bars. */
export class BarRows {
  readonly block: Block;
  rows = 0;
  series!: Float64Array;
  cause!: Float64Array;
  opened!: Float64Array;
  open!: Float64Array;
  high!: Float64Array;
  low!: Float64Array;
  close!: Float64Array;
  volume!: Float64Array;
  count!: Float64Array;
  expected!: Float64Array;

  constructor(block: Block) {
    this.block = block;
    this.#bind();
  }

  begin(extra: BlockExtra): void {
    this.block.clear();
    this.block.extra = extra;
    this.rows = 0;
  }

  /** Makes room for one more row and returns its index; the caller writes every column. */
  add(): number {
    if (this.rows === this.series.length) this.#grow();
    return this.rows++;
  }

  push(series: number, cause: number, bar: Readonly<Bar>): void {
    const row = this.add();
    this.series[row] = series;
    this.cause[row] = cause;
    this.opened[row] = bar.opened;
    this.open[row] = bar.open;
    this.high[row] = bar.high;
    this.low[row] = bar.low;
    this.close[row] = bar.close;
    this.volume[row] = bar.volume;
    this.count[row] = bar.count;
    this.expected[row] = bar.expected;
  }

  /** A base bar without a cause: its time, prices and volume are six numbers in a row of `tape`. */
  pushTaped(series: number, tape: Float64Array, cell: number): void {
    const row = this.add();
    this.series[row] = series;
    this.cause[row] = 0;
    this.opened[row] = tape[cell]!;
    this.open[row] = tape[cell + 1]!;
    this.high[row] = tape[cell + 2]!;
    this.low[row] = tape[cell + 3]!;
    this.close[row] = tape[cell + 4]!;
    this.volume[row] = tape[cell + 5]!;
    this.count[row] = 1;
    this.expected[row] = 1;
  }

  /** The block is done. @returns how many rows it has */
  end(): number {
    const { block, rows } = this;
    block.rows = rows;
    for (const column of block.columns) column.length = rows;
    return rows;
  }

  #grow(): void {
    for (const column of this.block.columns) {
      column.length = this.rows;
      column.reserve(this.rows + 1);
    }
    this.#bind();
  }

  #bind(): void {
    const [series, cause, opened, open, high, low, close, volume, count, expected] =
      this.block.columns;
    this.series = series!.data;
    this.cause = cause!.data;
    this.opened = opened!.data;
    this.open = open!.data;
    this.high = high!.data;
    this.low = low!.data;
    this.close = close!.data;
    this.volume = volume!.data;
    this.count = count!.data;
    this.expected = expected!.data;
  }
}

/** Values of several indicators at one bar or at more. */
export interface Values {
  /** Of each indicator: its series and how many outputs it has. */
  readonly series: Float64Array;
  readonly outputs: Uint8Array;
  /** How many outputs all of them have. */
  readonly width: number;
  readonly cells: Float64Array;
}

/** Rows of a block of indicator values. */
export class ValueRows {
  readonly block: Block;
  rows = 0;
  #cells = 0;
  #series!: Float64Array;
  #cause!: Float64Array;
  #valid!: Float64Array;
  #values!: Float64Array;

  constructor(block: Block) {
    this.block = block;
    this.#bind();
  }

  begin(extra: BlockExtra): void {
    this.block.clear();
    this.block.extra = extra;
    this.rows = 0;
    this.#cells = 0;
  }

  /** @param outputs what is not finite is not ready: it would not survive JSON */
  push(series: number, cause: number, outputs: Float64Array): void {
    const row = this.rows;
    this.#reserve(1, outputs.length);
    this.#series[row] = series;
    this.#cause[row] = cause;
    this.#valid[row] = copyFinite(outputs, 0, this.#values, this.#cells, outputs.length);
    this.rows = row + 1;
    this.#cells += outputs.length;
  }

  /** A row for each of `of.series`; their outputs are in `of.cells`, one after another from cell `from` on. */
  pushAll(of: Values, from: number, cause: number): void {
    const { series, outputs, width, cells } = of;
    const count = series.length;
    this.#reserve(count, width);
    const ids = this.#series;
    const causes = this.#cause;
    const valid = this.#valid;
    const values = this.#values;
    let row = this.rows;
    let cell = from;
    let to = this.#cells;
    for (let i = 0; i < count; i++, row++) {
      const length = outputs[i]!;
      ids[row] = series[i]!;
      causes[row] = cause;
      valid[row] = copyFinite(cells, cell, values, to, length);
      cell += length;
      to += length;
    }
    this.rows = row;
    this.#cells = to;
  }

  /** The block is done. @returns how many rows it has */
  end(): number {
    const { block, rows } = this;
    block.rows = rows;
    this.#settle();
    return rows;
  }

  #settle(): void {
    const [series, cause, valid, values] = this.block.columns;
    series!.length = this.rows;
    cause!.length = this.rows;
    valid!.length = this.rows;
    values!.length = this.#cells;
  }

  #reserve(rows: number, cells: number): void {
    if (this.rows + rows <= this.#series.length && this.#cells + cells <= this.#values.length)
      return;
    this.#settle();
    const [series, cause, valid, values] = this.block.columns;
    series!.reserve(this.rows + rows);
    cause!.reserve(this.rows + rows);
    valid!.reserve(this.rows + rows);
    values!.reserve(this.#cells + cells);
    this.#bind();
  }

  #bind(): void {
    const [series, cause, valid, values] = this.block.columns;
    this.#series = series!.data;
    this.#cause = cause!.data;
    this.#valid = valid!.data;
    this.#values = values!.data;
  }
}

/** Copies outputs; what is not finite is NaN, and makes them not ready. @returns 1 if they are ready, else 0 */
function copyFinite(
  from: Float64Array,
  at: number,
  to: Float64Array,
  into: number,
  count: number,
): number {
  let ready = 1;
  for (let i = 0; i < count; i++) {
    const value = from[at + i]!;
    // Of what is not finite the difference is NaN.
    const finite = value - value === 0;
    if (!finite) ready = 0;
    to[into + i] = finite ? value : Number.NaN;
  }
  return ready;
}
