/** The part that swing highs and swing lows are made of. */
import type { IndicatorSettings } from './indicator.ts';
import { Lag, RollingExtreme } from './rolling.ts';

/** The last centre of 2n + 1 values that stands out from all the others; known n values later. */
export class Swing {
  readonly sign: 1 | -1;
  /** NaN until there is one. */
  price = Number.NaN;
  /** Extreme of the last n values: those after the centre. */
  readonly after: RollingExtreme;
  /** What `after` was n + 1 values ago: the extreme of those before the centre. */
  readonly before: Lag;
  readonly centres: Lag;

  constructor(period: number, sign: 1 | -1) {
    this.sign = sign;
    this.after = new RollingExtreme(period, sign);
    this.before = new Lag(period + 1);
    this.centres = new Lag(period);
  }

  add(value: number): void {
    this.after.add(value);
    const after = this.after.ready ? this.after.value : Number.NaN;
    const before = this.before.swap(after);
    const centre = this.centres.swap(value);
    const apart = Math.min((centre - after) * this.sign, (centre - before) * this.sign);
    if (apart > 0) this.price = centre;
  }
}

export function swingWarmup({ period }: IndicatorSettings): number {
  return 2 * period + 1;
}

/**
 * A random walk swings every πn bars or so; that 100n bars pass without one is as good as impossible, and what
 * was before the last swing does not matter.
 */
export function swingMemory({ period }: IndicatorSettings): number {
  return 100 * period + 1;
}
