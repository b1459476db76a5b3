/**
 * Average range of bars, of days on `1d`.
 *
 * Formula: mean of H − L over n bars, the current one included
 * Period: n ≥ 1. Params: none. Outputs: one number, in price.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';

class AvgRange implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly ranges: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.ranges = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    this.ranges.add(bar.high - bar.low);
    this.out[0] = this.ranges.mean;
  }
}

export const avgRange: IndicatorDefinition = {
  name: 'avg_range',
  summary: 'Average of high minus low over the last bars.',
  source: 'https://help.tc2000.com/m/69445/l/1993818-average-daily-range-adr',
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new AvgRange(settings),
};
