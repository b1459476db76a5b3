/**
 * Linearly weighted moving average of the close.
 *
 * Formula: (n · C[t] + (n−1) · C[t−1] + … + C[t−n+1]) / (n (n+1) / 2)
 * Period: n ≥ 1. Params: none. Outputs: one number.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingWeightedMean } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Wma implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly closes: RollingWeightedMean;

  constructor({ period }: IndicatorSettings) {
    this.closes = new RollingWeightedMean(period);
  }

  update(bar: Readonly<Bar>): void {
    this.out[0] = this.closes.add(bar.close);
  }
}

export const wma: IndicatorDefinition = {
  name: 'wma',
  summary: 'Linearly weighted moving average of the close.',
  source: stockIndicators('wma'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new Wma(settings),
};
