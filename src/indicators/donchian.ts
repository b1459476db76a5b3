/**
 * Donchian channels.
 *
 * Formula: upper = max(H[t] … H[t−n+1]); lower = min(L[t] … L[t−n+1]); middle = (upper + lower) / 2; the
 *   current bar is included
 * Period: n ≥ 1. Params: none. Outputs: upper, middle, lower.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingExtreme } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Donchian implements Indicator {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly highs: RollingExtreme;
  readonly lows: RollingExtreme;

  constructor({ period }: IndicatorSettings) {
    this.highs = new RollingExtreme(period, 1);
    this.lows = new RollingExtreme(period, -1);
  }

  update(bar: Readonly<Bar>): void {
    const { highs, lows, out } = this;
    highs.add(bar.high);
    lows.add(bar.low);
    if (!highs.ready) return;
    out[0] = highs.value;
    out[1] = (highs.value + lows.value) / 2;
    out[2] = lows.value;
  }
}

export const donchian: IndicatorDefinition = {
  name: 'donchian',
  summary: 'Donchian channels: highest high, lowest low and their middle, current bar included.',
  source: stockIndicators('donchian'),
  period: { min: 1 },
  params: {},
  outputs: ['upper', 'middle', 'lower'],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new Donchian(settings),
};
