/**
 * Last swing high.
 *
 * Formula: H of the last bar whose high is above those of the n bars before and the n after it; the value is
 *   known, and changes, n bars later. Equal highs are no swing.
 * Period: n ≥ 1. Params: none. Outputs: one number, in price.
 * Warm-up: 2n + 1 bars, and then until there is a swing. Memory: 100n + 1 bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { stockIndicators } from './sources.ts';
import { Swing, swingMemory, swingWarmup } from './swing.ts';

class SwingHigh implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly swing: Swing;

  constructor({ period }: IndicatorSettings) {
    this.swing = new Swing(period, 1);
  }

  update(bar: Readonly<Bar>): void {
    this.swing.add(bar.high);
    this.out[0] = this.swing.price;
  }
}

export const swingHigh: IndicatorDefinition = {
  name: 'swing_high',
  summary: 'The last high that stands above the bars around it, once that is known.',
  source: stockIndicators('fractal'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: swingWarmup,
  dataDependent: true,
  memory: swingMemory,
  create: (settings) => new SwingHigh(settings),
};
