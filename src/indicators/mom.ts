/**
 * Momentum of the close.
 *
 * Formula: C − C[t−n]
 * Period: n ≥ 1. Params: none. Outputs: one number, in price.
 * Warm-up: n + 1 bars. Memory: n + 1 bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { Lag } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Mom implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly closes: Lag;

  constructor({ period }: IndicatorSettings) {
    this.closes = new Lag(period);
  }

  update(bar: Readonly<Bar>): void {
    this.out[0] = bar.close - this.closes.swap(bar.close);
  }
}

export const mom: IndicatorDefinition = {
  name: 'mom',
  summary: 'Momentum: change of the close, in price.',
  source: stockIndicators('roc'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => period + 1,
  create: (settings) => new Mom(settings),
};
