/**
 * Williams %R.
 *
 * Formula: 100 · (C − lowest low of n) / (highest high of n − lowest low of n) − 100; −100 where these are equal
 * Period: n ≥ 1. Params: none. Outputs: one number, −100 to 0.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { stockIndicators } from './sources.ts';
import { Standing } from './stochastic.ts';

class WilliamsR implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly standing: Standing;

  constructor({ period }: IndicatorSettings) {
    this.standing = new Standing(period);
  }

  update(bar: Readonly<Bar>): void {
    this.out[0] = this.standing.next(bar.high, bar.low, bar.close) - 100;
  }
}

export const williamsR: IndicatorDefinition = {
  name: 'williams_r',
  summary: 'Williams %R: how far the close is below the highest high, in percent of the range.',
  source: stockIndicators('williams-r'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new WilliamsR(settings),
};
