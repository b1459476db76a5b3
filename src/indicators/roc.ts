/**
 * Rate of change of the close.
 *
 * Formula: 100 · (C − C[t−n]) / C[t−n]
 * Period: n ≥ 1. Params: none. Outputs: one number, in percent.
 * Warm-up: n + 1 bars. Memory: n + 1 bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { Lag } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Roc implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly closes: Lag;

  constructor({ period }: IndicatorSettings) {
    this.closes = new Lag(period);
  }

  update(bar: Readonly<Bar>): void {
    const past = this.closes.swap(bar.close);
    this.out[0] = past === 0 ? Number.NaN : (100 * (bar.close - past)) / past;
  }
}

export const roc: IndicatorDefinition = {
  name: 'roc',
  summary: 'Rate of change of the close, in percent.',
  source: stockIndicators('roc'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => period + 1,
  create: (settings) => new Roc(settings),
};
