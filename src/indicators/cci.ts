/**
 * Commodity channel index.
 *
 * Formula: (TP − SMA(TP, n)) / (0.015 · mean |TP − SMA(TP, n)| of n), TP = (H + L + C) / 3; not ready where
 *   all n typical prices are equal
 * Period: n ≥ 1. Params: none. Outputs: one number.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 * Cost: O(n) a bar, as every deviation is from a mean that moves with each bar.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingVariance } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Cci implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  /** Knows exactly whether all prices are equal; a sum of deviations may be a rounding error. */
  readonly prices: RollingVariance;

  constructor({ period }: IndicatorSettings) {
    this.prices = new RollingVariance(period);
  }

  update(bar: Readonly<Bar>): void {
    const { prices } = this;
    const price = (bar.high + bar.low + bar.close) / 3;
    prices.add(price);
    if (!prices.ready) return;
    let deviations = 0;
    for (const past of prices.values) deviations += Math.abs(past - prices.mean);
    const scale = (0.015 * deviations) / prices.period;
    this.out[0] = prices.squares === 0 ? Number.NaN : (price - prices.mean) / scale;
  }
}

export const cci: IndicatorDefinition = {
  name: 'cci',
  summary: 'Commodity channel index: distance from the mean in mean deviations.',
  source: stockIndicators('cci'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new Cci(settings),
};
