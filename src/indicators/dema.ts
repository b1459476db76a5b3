/**
 * Double exponential moving average of the close.
 *
 * Formula: 2 · E1 − E2, E1 being the EMA of the close and E2 that of E1; both start at the SMA of the first
 *   n closes, so that there is one warm-up, not two
 * Period: n ≥ 1. Params: none. Outputs: one number.
 * Warm-up: n bars. Memory: that of two averages in a row. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { emaAlpha, Smoothing, smoothingMemory } from './smoothing.ts';
import { stockIndicators } from './sources.ts';

class Dema implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly first: Smoothing;
  second = Number.NaN;

  constructor({ period }: IndicatorSettings) {
    this.first = new Smoothing(period, emaAlpha(period));
  }

  update(bar: Readonly<Bar>): void {
    const first = this.first.add(bar.close);
    if (Number.isNaN(this.second)) this.second = first;
    else this.second += this.first.alpha * (first - this.second);
    this.out[0] = 2 * first - this.second;
  }
}

export const dema: IndicatorDefinition = {
  name: 'dema',
  summary: 'Double exponential moving average of the close.',
  source: stockIndicators('dema'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => 2 * smoothingMemory(period, emaAlpha(period)),
  create: (settings) => new Dema(settings),
};
