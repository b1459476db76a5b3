/**
 * Standard deviation of the close.
 *
 * Formula: √(Σ (C − mean)² / n), the population's
 * Period: n ≥ 2. Params: none. Outputs: one number, in price.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingVariance } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Stddev implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly closes: RollingVariance;

  constructor({ period }: IndicatorSettings) {
    this.closes = new RollingVariance(period);
  }

  update(bar: Readonly<Bar>): void {
    this.closes.add(bar.close);
    if (this.closes.ready) this.out[0] = Math.sqrt(this.closes.squares / this.closes.period);
  }
}

export const stddev: IndicatorDefinition = {
  name: 'stddev',
  summary: 'Population standard deviation of the close.',
  source: stockIndicators('std-dev'),
  period: { min: 2 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new Stddev(settings),
};
