/**
 * What the last n values of a series add up to, in O(1) amortised per value and without drift.
 *
 * Values are taken in blocks of n. A window of n is always the tail of the last block and the head of the
 * current one: the head grows by one value at a time, and the tails are worked out together, backwards, when a
 * block is full. Nothing is ever subtracted, so no rounding builds up and a sum of nothing but zeros is 0.
 * Until n values are in, the window is what there is.
 * @see van Herk, "A fast algorithm for local minimum and maximum filters", Pattern Recognition Letters 13 (1992)
 */

/** Sum of the last n values. */
export class RollingSum {
  readonly period: number;
  count = 0;
  position = 0;
  /**
   * In one piece, so that an update touches little memory: the block's values before `position`, from there on the
   * tails that are still to come (a tail makes way for the value after it), a 0, then the head and the sum.
   */
  readonly cells: Float64Array;

  constructor(period: number) {
    this.period = period;
    this.cells = new Float64Array(period + 3);
  }

  get ready(): boolean {
    return this.count === this.period;
  }

  get sum(): number {
    return this.cells[this.period + 2]!;
  }

  /** NaN until ready. */
  get mean(): number {
    return this.ready ? this.sum / this.period : Number.NaN;
  }

  add(value: number): void {
    const { cells, period } = this;
    if (this.position === period) this.closeBlock();
    cells[this.position++] = value;
    if (this.count < period) this.count++;
    const head = cells[period + 1]! + value;
    cells[period + 1] = head;
    cells[period + 2] = cells[this.position]! + head;
  }

  closeBlock(): void {
    const { cells, period } = this;
    for (let i = period - 1; i >= 0; i--) cells[i] = cells[i + 1]! + cells[i]!;
    this.position = 0;
    cells[period + 1] = 0;
  }
}

/** Mean of the last n values with weights 1 (oldest) to n (newest). */
export class RollingWeightedMean {
  readonly period: number;
  /** NaN until n values are in. */
  value = Number.NaN;
  count = 0;
  readonly values: Float64Array;
  position = 0;
  /** Plain sum of the head, and its sum weighted 1, 2, 3 … */
  head = 0;
  headWeighted = 0;
  /** Of each tail: its sum weighted 1, 2, 3 … from its first value. */
  readonly tailsWeighted: Float64Array;

  constructor(period: number) {
    this.period = period;
    this.values = new Float64Array(period);
    this.tailsWeighted = new Float64Array(period + 1);
  }

  add(value: number): number {
    if (this.position === this.period) this.closeBlock();
    this.values[this.position++] = value;
    if (this.count < this.period) this.count++;
    this.head += value;
    this.headWeighted += value * this.position;
    const before = this.period - this.position;
    const weighted = this.tailsWeighted[this.position]! + this.headWeighted + before * this.head;
    const weights = (this.period * (this.period + 1)) / 2;
    this.value = this.count === this.period ? weighted / weights : Number.NaN;
    return this.value;
  }

  closeBlock(): void {
    let plain = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      plain += this.values[i]!;
      this.tailsWeighted[i] = this.tailsWeighted[i + 1]! + plain;
    }
    this.position = 0;
    this.head = 0;
    this.headWeighted = 0;
  }
}

/**
 * Mean and spread of the last n values.
 *
 * Works on distances from a recent value, so that a small spread on a high level keeps its digits.
 * @see Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979)
 */
export class RollingVariance {
  readonly period: number;
  count = 0;
  mean = 0;
  /** Sum of squared deviations from the mean; exactly 0 if all values are equal. */
  squares = 0;
  /** The last `count` values, not in their order. */
  readonly values: Float64Array;
  position = 0;
  /** What the means below are measured from. */
  origin = 0;
  headMean = 0;
  headSquares = 0;
  readonly tailMeans: Float64Array;
  readonly tailSquares: Float64Array;

  constructor(period: number) {
    this.period = period;
    this.values = new Float64Array(period);
    this.tailMeans = new Float64Array(period + 1);
    this.tailSquares = new Float64Array(period + 1);
  }

  get ready(): boolean {
    return this.count === this.period;
  }

  add(value: number): void {
    if (this.count === 0) this.measureFrom(value);
    if (this.position === this.period) this.closeBlock();
    this.values[this.position++] = value;
    if (this.count < this.period) this.count++;
    const apart = value - this.origin - this.headMean;
    this.headMean += apart / this.position;
    this.headSquares += apart * (value - this.origin - this.headMean);
    this.merge();
  }

  measureFrom(value: number): void {
    this.origin = Number.isFinite(value) ? value : 0;
  }

  merge(): void {
    const tail = this.count - this.position;
    if (tail === 0) {
      this.mean = this.origin + this.headMean;
      this.squares = this.headSquares;
      return;
    }
    const tailMean = this.tailMeans[this.position]!;
    const apart = this.headMean - tailMean;
    const share = this.position / this.count;
    this.mean = this.origin + tailMean + apart * share;
    this.squares =
      this.tailSquares[this.position]! + this.headSquares + apart * apart * tail * share;
  }

  closeBlock(): void {
    this.measureFrom(this.values[this.period - 1]!);
    let mean = 0;
    let squares = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      const value = this.values[i]! - this.origin;
      const apart = value - mean;
      mean += apart / (this.period - i);
      squares += apart * (value - mean);
      this.tailMeans[i] = mean;
      this.tailSquares[i] = squares;
    }
    this.position = 0;
    this.headMean = 0;
    this.headSquares = 0;
  }
}

/** Highest (`sign` 1) or lowest (`sign` −1) of the last n values; of equal ones the oldest counts. */
export class RollingExtreme {
  readonly period: number;
  readonly sign: 1 | -1;
  count = 0;
  value = Number.NaN;
  /** How many values ago the extreme was; 0 = the newest value. */
  age = 0;
  readonly values: Float64Array;
  position = 0;
  headBest = Number.NEGATIVE_INFINITY;
  headAt = 0;
  readonly tailBest: Float64Array;
  readonly tailAt: Int32Array;

  constructor(period: number, sign: 1 | -1) {
    this.period = period;
    this.sign = sign;
    this.values = new Float64Array(period);
    this.tailBest = new Float64Array(period + 1).fill(Number.NEGATIVE_INFINITY);
    this.tailAt = new Int32Array(period + 1);
  }

  get ready(): boolean {
    return this.count === this.period;
  }

  add(value: number): void {
    if (this.position === this.period) this.closeBlock();
    const signed = value * this.sign;
    if (signed > this.headBest) {
      this.headBest = signed;
      this.headAt = this.position;
    }
    this.values[this.position++] = signed;
    if (this.count < this.period) this.count++;
    const tailBest = this.tailBest[this.position]!;
    const inTail = tailBest >= this.headBest;
    this.value = (inTail ? tailBest : this.headBest) * this.sign;
    this.age = this.position - 1 - (inTail ? this.tailAt[this.position]! : this.headAt);
  }

  closeBlock(): void {
    let best = Number.NEGATIVE_INFINITY;
    let at = 0;
    for (let i = this.period - 1; i >= 0; i--) {
      if (this.values[i]! >= best) {
        best = this.values[i]!;
        at = i - this.period;
      }
      this.tailBest[i] = best;
      this.tailAt[i] = at;
    }
    this.position = 0;
    this.headBest = Number.NEGATIVE_INFINITY;
    this.headAt = 0;
  }
}

/** The value of n steps ago. */
export class Lag {
  readonly values: Float64Array;
  position = 0;

  constructor(steps: number) {
    this.values = new Float64Array(steps).fill(Number.NaN);
  }

  /** Takes a value and returns the one taken n calls before; NaN if there is none. */
  swap(value: number): number {
    const old = this.values[this.position]!;
    this.values[this.position] = value;
    this.position = this.position + 1 === this.values.length ? 0 : this.position + 1;
    return old;
  }
}
