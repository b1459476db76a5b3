/**
 * Exponential moving average of the close.
 *
 * Formula: EMA[t] = EMA[t−1] + 2 / (n + 1) · (C[t] − EMA[t−1]), seeded with the SMA of the first n closes
 * Period: n ≥ 1. Params: none. Outputs: one number.
 * Warm-up: n bars. Memory: n bars and the decay of the seed. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { emaAlpha, Smoothing, smoothingMemory } from './smoothing.ts';
import { stockIndicators } from './sources.ts';

class Ema implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly average: Smoothing;

  constructor({ period }: IndicatorSettings) {
    this.average = new Smoothing(period, emaAlpha(period));
  }

  update(bar: Readonly<Bar>): void {
    this.out[0] = this.average.add(bar.close);
  }
}

export const ema: IndicatorDefinition = {
  name: 'ema',
  summary: 'Exponential moving average of the close.',
  source: stockIndicators('ema'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => smoothingMemory(period, emaAlpha(period)),
  create: (settings) => new Ema(settings),
};
