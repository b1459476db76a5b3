/**
 * Average volume, of days on `1d`.
 *
 * Formula: (V[t] + … + V[t−n+1]) / n, the same as `volume_sma` under the name that scans of history use
 * Period: n ≥ 1. Params: none. Outputs: one number, in units of the instrument.
 * Warm-up: n bars. Memory: n bars. Reset: never.
 */
import type { IndicatorDefinition } from './indicator.ts';
import { volumeSma } from './volumeSma.ts';

export const avgVolume: IndicatorDefinition = {
  ...volumeSma,
  name: 'avg_volume',
  summary: 'Average volume of the last bars.',
};
