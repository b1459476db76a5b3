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

  /**
   * @param outputs holds those of the row, `length` of them, from cell `from` on; what is not finite is not ready: it
   *   would not survive JSON
   */
  push(series: number, cause: number, outputs: Float64Array, from = 0, length = outputs.length) {
    const row = this.rows;
    const cell = this.#cells;
    if (row === this.#series.length || cell + length > this.#values.length) this.#grow(length);
    const values = this.#values;
    let ready = 1;
    for (let i = 0; i < length; i++) {
      const value = outputs[from + i]!;
      if (!Number.isFinite(value)) ready = 0;
      values[cell + i] = Number.isFinite(value) ? value : Number.NaN;
    }
    this.#series[row] = series;
    this.#cause[row] = cause;
    this.#valid[row] = ready;
    this.rows = row + 1;
    this.#cells = cell + length;
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

  #grow(cells: number): void {
    this.#settle();
    const [series, cause, valid, values] = this.block.columns;
    series!.reserve(this.rows + 1);
    cause!.reserve(this.rows + 1);
    valid!.reserve(this.rows + 1);
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
