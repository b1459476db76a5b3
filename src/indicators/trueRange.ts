/** True range and its Wilder average, which several indicators are made of. */
import type { Bar } from '../domain/bars.ts';
import { Smoothing, smoothingMemory, wilderAlpha } from './smoothing.ts';

/** What a true range looks at of a bar or of a whole session. */
export type Range = Pick<Bar, 'high' | 'low' | 'close'>;

/** max(H − L, |H − C[t−1]|, |L − C[t−1]|); NaN for the first bar, which has no C[t−1]. */
export class TrueRange {
  previousClose = Number.NaN;

  next(bar: Readonly<Range>): number {
    const { high, low } = bar;
    const range = Math.max(
      high - low,
      Math.abs(high - this.previousClose),
      Math.abs(low - this.previousClose),
    );
    this.previousClose = bar.close;
    return range;
  }
}

/** Wilder's average of n true ranges; NaN until n + 1 bars are in. */
export class AverageTrueRange {
  readonly range = new TrueRange();
  readonly average: Smoothing;

  constructor(period: number) {
    this.average = new Smoothing(period, wilderAlpha(period));
  }

  next(bar: Readonly<Range>): number {
    const range = this.range.next(bar);
    return Number.isNaN(range) ? range : this.average.add(range);
  }
}

export function averageTrueRangeMemory(period: number): number {
  return smoothingMemory(period, wilderAlpha(period)) + 1;
}
