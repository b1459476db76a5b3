/**
 * Hull moving average of the close.
 *
 * Formula: WMA(⌊√n⌋) of 2 · WMA(⌊n/2⌋) − WMA(n)
 * Period: n ≥ 2. Params: none. Outputs: one number.
 * Warm-up: n + ⌊√n⌋ − 1 bars. Memory: the same. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingWeightedMean } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Hma implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly whole: RollingWeightedMean;
  readonly half: RollingWeightedMean;
  readonly final: RollingWeightedMean;

  constructor({ period }: IndicatorSettings) {
    this.whole = new RollingWeightedMean(period);
    this.half = new RollingWeightedMean(Math.floor(period / 2));
    this.final = new RollingWeightedMean(rootOf(period));
  }

  update(bar: Readonly<Bar>): void {
    const whole = this.whole.add(bar.close);
    const raw = 2 * this.half.add(bar.close) - whole;
    if (!Number.isNaN(whole)) this.out[0] = this.final.add(raw);
  }
}

function rootOf(period: number): number {
  return Math.floor(Math.sqrt(period));
}

export const hma: IndicatorDefinition = {
  name: 'hma',
  summary: 'Hull moving average of the close: weighted averages that cancel their lag.',
  source: stockIndicators('hma'),
  period: { min: 2 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + rootOf(period) - 1,
  memory: ({ period }) => period + rootOf(period) - 1,
  create: (settings) => new Hma(settings),
};
