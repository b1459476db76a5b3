/**
 * Kaufman's adaptive moving average of the close.
 *
 * Formula: K += s² · (C − K), s = ER · (2 / (fast + 1) − 2 / (slow + 1)) + 2 / (slow + 1),
 *   ER = |C − C[t−n]| / Σ |C − C[t−1]| of n; the first value is the close of bar n; on a flat market it is the close
 * Period: n ≥ 1. Params: fast 2, slow 30; fast below slow. Outputs: one number.
 * Warm-up: n bars. Memory: what it is where the market goes nowhere and smoothing is slowest. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { Lag, RollingSum } from './rolling.ts';
import { emaAlpha, smoothingMemory } from './smoothing.ts';
import { stockIndicators } from './sources.ts';

class Kama implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly period: number;
  readonly fast: number;
  readonly slow: number;
  bars = 0;
  previousClose = Number.NaN;
  readonly closes: Lag;
  readonly steps: RollingSum;

  constructor({ period, params }: IndicatorSettings) {
    this.period = period;
    this.fast = emaAlpha(params.fast!);
    this.slow = emaAlpha(params.slow!);
    this.closes = new Lag(period);
    this.steps = new RollingSum(period);
  }

  update(bar: Readonly<Bar>): void {
    const { out, steps } = this;
    const change = Math.abs(bar.close - this.closes.swap(bar.close));
    if (this.bars > 0) steps.add(Math.abs(bar.close - this.previousClose));
    this.previousClose = bar.close;
    if (this.bars < this.period) this.bars++;
    if (this.bars < this.period) return;
    if (Number.isNaN(change) || steps.sum === 0) {
      out[0] = bar.close;
      return;
    }
    const smoothing = (change / steps.sum) * (this.fast - this.slow) + this.slow;
    out[0] = out[0]! + smoothing * smoothing * (bar.close - out[0]!);
  }
}

export const kama: IndicatorDefinition = {
  name: 'kama',
  summary: "Kaufman's adaptive moving average: fast in a trend, slow in noise.",
  source: stockIndicators('kama'),
  period: { min: 1 },
  params: { fast: lookback(2), slow: lookback(30) },
  outputs: [],
  reset: 'never',
  conflict: (_period, { fast, slow }) =>
    fast! < slow! ? undefined : `fast ${fast} must be below slow ${slow}`,
  warmup: ({ period }) => period,
  memory: ({ period, params }) => smoothingMemory(period, emaAlpha(params.slow!) ** 2) + 1,
  create: (settings) => new Kama(settings),
};
