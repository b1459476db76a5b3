/**
 * Money flow index.
 *
 * Formula: 100 − 100 / (1 + P / N), P and N being Σ TP · V over those of the last n bars whose typical price
 *   (H + L + C) / 3 rose and fell; 100 where N is 0
 * Period: n ≥ 1. Params: none. Outputs: one number, 0 to 100.
 * Warm-up: n + 1 bars (the first has no price before it). Memory: n + 1 bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Mfi implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  previousPrice = Number.NaN;
  readonly positive: RollingSum;
  readonly negative: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.positive = new RollingSum(period);
    this.negative = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    const { positive, negative, previousPrice } = this;
    const price = (bar.high + bar.low + bar.close) / 3;
    this.previousPrice = price;
    if (Number.isNaN(previousPrice)) return;
    positive.add(price > previousPrice ? price * bar.volume : 0);
    negative.add(price < previousPrice ? price * bar.volume : 0);
    if (!positive.ready) return;
    this.out[0] = negative.sum === 0 ? 100 : 100 - 100 / (1 + positive.sum / negative.sum);
  }
}

export const mfi: IndicatorDefinition = {
  name: 'mfi',
  summary: 'Money flow index: a relative strength index weighed by volume.',
  source: stockIndicators('mfi'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => period + 1,
  create: (settings) => new Mfi(settings),
};
