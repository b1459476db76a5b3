/**
 * Average true range.
 *
 * Formula: Wilder's average of max(H − L, |H − C[t−1]|, |L − C[t−1]|), seeded with the mean of the first n
 * Period: n ≥ 1. Params: none. Outputs: one number, in price.
 * Warm-up: n + 1 bars (the first has no close before it). Memory: that of Wilder's smoothing and a bar.
 * Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { stockIndicators } from './sources.ts';
import { AverageTrueRange, averageTrueRangeMemory } from './trueRange.ts';

class Atr implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly average: AverageTrueRange;

  constructor({ period }: IndicatorSettings) {
    this.average = new AverageTrueRange(period);
  }

  update(bar: Readonly<Bar>): void {
    this.out[0] = this.average.next(bar);
  }
}

export const atr: IndicatorDefinition = {
  name: 'atr',
  summary: "Average true range with Wilder's smoothing.",
  source: stockIndicators('atr'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => averageTrueRangeMemory(period),
  create: (settings) => new Atr(settings),
};
