/**
 * Triple exponential moving average of the close.
 *
 * Formula: 3 · E1 − 3 · E2 + E3, each being the EMA of the one before; all start at the SMA of the first n
 *   closes, so that there is one warm-up, not three
 * Period: n ≥ 1. Params: none. Outputs: one number.
 * Warm-up: n bars. Memory: that of three averages in a row. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { emaAlpha, Smoothing, smoothingMemory } from './smoothing.ts';
import { stockIndicators } from './sources.ts';

class Tema implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly first: Smoothing;
  second = Number.NaN;
  third = Number.NaN;

  constructor({ period }: IndicatorSettings) {
    this.first = new Smoothing(period, emaAlpha(period));
  }

  update(bar: Readonly<Bar>): void {
    const first = this.first.add(bar.close);
    if (Number.isNaN(this.third)) {
      this.second = first;
      this.third = first;
    } else {
      this.second += this.first.alpha * (first - this.second);
      this.third += this.first.alpha * (this.second - this.third);
    }
    this.out[0] = 3 * first - 3 * this.second + this.third;
  }
}

export const tema: IndicatorDefinition = {
  name: 'tema',
  summary: 'Triple exponential moving average of the close.',
  source: stockIndicators('tema'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => 3 * smoothingMemory(period, emaAlpha(period)),
  create: (settings) => new Tema(settings),
};
