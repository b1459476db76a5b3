/** Exponential smoothing that starts from the plain mean of its first n values. */

/** A start that was off by its own size is off by this much when it counts as forgotten; 1e-9 with a margin. */
const FORGOTTEN = 1e-10;

/** value[t] = value[t−1] + alpha · (x[t] − value[t−1]), seeded with the mean of the first n values. */
export class Smoothing {
  readonly period: number;
  readonly alpha: number;
  /** NaN until n values are in. */
  value = Number.NaN;
  count = 0;
  sum = 0;

  constructor(period: number, alpha: number) {
    this.period = period;
    this.alpha = alpha;
  }

  add(x: number): number {
    if (this.count === this.period) {
      this.value += this.alpha * (x - this.value);
      return this.value;
    }
    this.sum += x;
    this.count++;
    if (this.count === this.period) this.value = this.sum / this.period;
    return this.value;
  }
}

/** Alpha of an exponential moving average of n: 2 / (n + 1). */
export function emaAlpha(period: number): number {
  return 2 / (period + 1);
}

/**
 * Alpha of Wilder's smoothing of n: 1 / n.
 * @see Wilder, "New Concepts in Technical Trading Systems" (1978)
 */
export function wilderAlpha(period: number): number {
  return 1 / period;
}

/**
 * Values until the seed of a smoothing with `alpha` is forgotten, the n of the seed included.
 *
 * @param rest what is left of it then; less where a small difference of large averages is looked at
 */
export function smoothingMemory(period: number, alpha: number, rest = FORGOTTEN): number {
  return period + Math.ceil(Math.log(rest) / Math.log(1 - alpha));
}
