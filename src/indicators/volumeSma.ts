/**
 * Simple moving average of volume.
 *
 * Formula: (V[t] + … + V[t−n+1]) / n
 * Period: n ≥ 1. Params: none. Outputs: one number, in units of the instrument.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class VolumeSma implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly volumes: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.volumes = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    this.volumes.add(bar.volume);
    this.out[0] = this.volumes.mean;
  }
}

export const volumeSma: IndicatorDefinition = {
  name: 'volume_sma',
  summary: 'Simple moving average of volume.',
  source: stockIndicators('sma'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new VolumeSma(settings),
};
