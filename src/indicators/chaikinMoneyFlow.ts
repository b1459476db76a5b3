/**
 * Chaikin money flow.
 *
 * Formula: Σ V · ((C − L) − (H − C)) / (H − L) over n bars ÷ Σ V over n bars; a bar without range counts 0;
 *   not ready while no volume has traded
 * Period: n ≥ 1. Params: none. Outputs: one number, −1 to 1.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class ChaikinMoneyFlow implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly flows: RollingSum;
  readonly volumes: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.flows = new RollingSum(period);
    this.volumes = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    const { high, low, close, volume } = bar;
    const share = high === low ? 0 : (close - low - (high - close)) / (high - low);
    this.flows.add(share * volume);
    this.volumes.add(volume);
    if (!this.flows.ready) return;
    this.out[0] = this.volumes.sum === 0 ? Number.NaN : this.flows.sum / this.volumes.sum;
  }
}

export const chaikinMoneyFlow: IndicatorDefinition = {
  name: 'chaikin_money_flow',
  summary: 'Chaikin money flow: volume weighed by where bars close in their range.',
  source: stockIndicators('cmf'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new ChaikinMoneyFlow(settings),
};
