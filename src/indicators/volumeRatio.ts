/**
 * Volume against its average.
 *
 * Formula: V / SMA(V, n), the current bar included in the average; not ready where that is 0
 * Period: n ≥ 1, default 20. Params: none. Outputs: one number; 1 is as usual.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';

class VolumeRatio implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly volumes: RollingSum;

  constructor({ period }: IndicatorSettings) {
    this.volumes = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    this.volumes.add(bar.volume);
    const usual = this.volumes.mean;
    this.out[0] = usual === 0 ? Number.NaN : bar.volume / usual;
  }
}

export const volumeRatio: IndicatorDefinition = {
  name: 'volume_ratio',
  summary: 'Volume of the bar over the average volume of the last bars, itself included.',
  source: 'https://riskpicks.com/glossary/relative-volume/',
  period: { default: 20, min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period,
  memory: ({ period }) => period,
  create: (settings) => new VolumeRatio(settings),
};
