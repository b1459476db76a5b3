/**
 * Highest high and lowest low.
 *
 * Formula: max(H[t] … H[t−n+1]) and min(L[t] … L[t−n+1]), the current bar included
 * Period: n ≥ 1. Params: none. Outputs: high, low.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingExtreme } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class HighLow implements Indicator {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly highs: RollingExtreme;
  readonly lows: RollingExtreme;

  constructor({ period }: IndicatorSettings) {
    this.highs = new RollingExtreme(period, 1);
    this.lows = new RollingExtreme(period, -1);
  }

  update(bar: Readonly<Bar>): void {
    this.highs.add(bar.high);
    this.lows.add(bar.low);
    if (!this.highs.ready) return;
    this.out[0] = this.highs.value;
    this.out[1] = this.lows.value;
  }
}

export const highLow: IndicatorDefinition = {
  name: 'high_low',
  summary: 'Highest high and lowest low of the last bars, the current one included.',
  source: stockIndicators('donchian'),
  period: { min: 1 },
  params: {},
  outputs: ['high', 'low'],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new HighLow(settings),
};
