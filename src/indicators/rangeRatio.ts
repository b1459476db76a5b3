/**
 * Range of the bar against the average range.
 *
 * Formula: (H − L) / mean of H − L over n bars, the current one included; not ready where that mean is 0
 * Period: n ≥ 1. Params: none. Outputs: one number; above 1 the range expands.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';

class RangeRatio implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly ranges: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.ranges = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    const range = bar.high - bar.low;
    this.ranges.add(range);
    const usual = this.ranges.mean;
    this.out[0] = usual === 0 ? Number.NaN : range / usual;
  }
}

export const rangeRatio: IndicatorDefinition = {
  name: 'range_ratio',
  summary: 'High minus low of the bar over its average, the bar itself included.',
  source: 'https://www.mypivots.com/dictionary/definition/167/range',
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new RangeRatio(settings),
};
