/**
 * Aroon.
 *
 * Formula: up = 100 · (n − bars since the highest high) / n, down likewise of the lowest low, both among the
 *   last n + 1 bars, of equal extremes the older; oscillator = up − down
 * Period: n ≥ 1. Params: none. Outputs: up, down, oscillator.
 * Warm-up: n + 1 bars. Memory: n + 1 bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingExtreme } from './rolling.ts';
import { stockIndicators } from './sources.ts';

class Aroon implements Indicator {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly period: number;
  readonly highs: RollingExtreme;
  readonly lows: RollingExtreme;

  constructor({ period }: IndicatorSettings) {
    this.period = period;
    this.highs = new RollingExtreme(period + 1, 1);
    this.lows = new RollingExtreme(period + 1, -1);
  }

  update(bar: Readonly<Bar>): void {
    const { out, highs, lows, period } = this;
    highs.add(bar.high);
    lows.add(bar.low);
    if (!highs.ready) return;
    out[0] = (100 * (period - highs.age)) / period;
    out[1] = (100 * (period - lows.age)) / period;
    out[2] = out[0] - out[1];
  }
}

export const aroon: IndicatorDefinition = {
  name: 'aroon',
  summary: 'Aroon: how recent the highest high and the lowest low are.',
  source: stockIndicators('aroon'),
  period: { min: 1 },
  params: {},
  outputs: ['up', 'down', 'oscillator'],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => period + 1,
  create: (settings) => new Aroon(settings),
};
