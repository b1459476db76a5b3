/**
 * Simple moving average of the close.
 *
 * Formula: (C[t] + … + C[t−n+1]) / n
 * Period: n ≥ 1. Params: none. Outputs: one number.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Sma implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly closes: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.closes = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    this.closes.add(bar.close);
    this.out[0] = this.closes.mean;
  }
}

export const sma: IndicatorDefinition = {
  name: 'sma',
  summary: 'Simple moving average of the close.',
  source: stockIndicators('sma'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new Sma(settings),
};
