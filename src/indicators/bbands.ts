/**
 * Bollinger bands of the close.
 *
 * Formula: middle = SMA(n); upper, lower = middle ± num_std · population deviation of n closes;
 *   bandwidth = (upper − lower) / middle
 * Period: n ≥ 2. Params: num_std 2. Outputs: upper, middle, lower, bandwidth.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingVariance } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Bbands implements Indicator {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly deviations: number;
  readonly closes: RollingVariance;

  constructor({ period, params }: IndicatorSettings) {
    this.deviations = params.num_std!;
    this.closes = new RollingVariance(period);
  }

  update(bar: Readonly<Bar>): void {
    const { closes, out } = this;
    closes.add(bar.close);
    if (!closes.ready) return;
    const reach = this.deviations * Math.sqrt(closes.squares / closes.period);
    out[0] = closes.mean + reach;
    out[1] = closes.mean;
    out[2] = closes.mean - reach;
    out[3] = closes.mean === 0 ? Number.NaN : (2 * reach) / closes.mean;
  }
}

export const bbands: IndicatorDefinition = {
  name: 'bbands',
  summary: 'Bollinger bands: a moving average and bands some population deviations around it.',
  source: stockIndicators('bollinger-bands'),
  period: { min: 2 },
  params: { num_std: { default: 2, min: 0 } },
  outputs: ['upper', 'middle', 'lower', 'bandwidth'],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new Bbands(settings),
};
