/**
 * Historical volatility.
 *
 * Formula: 100 · √(bars a year) · sample deviation of n log returns ln(C / C[t−1]); not ready while a close of
 *   0 or less is among them
 * Period: n ≥ 2. Params: none. Outputs: one number, in percent a year.
 * Warm-up: n + 1 bars. Memory: n + 1 bars. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingVariance } from './rolling.ts';

class Histvol implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly scale: number;
  started = false;
  previousClose = 0;
  readonly returns: RollingVariance;

  constructor({ period, barsPerYear }: IndicatorSettings) {
    this.scale = 100 * Math.sqrt(barsPerYear);
    this.returns = new RollingVariance(period);
  }

  update(bar: Readonly<Bar>): void {
    const { returns } = this;
    const sound = bar.close > 0 && this.previousClose > 0;
    if (this.started) returns.add(sound ? Math.log(bar.close / this.previousClose) : Number.NaN);
    this.started = true;
    this.previousClose = bar.close;
    if (!returns.ready) return;
    this.out[0] = this.scale * Math.sqrt(returns.squares / (returns.period - 1));
  }
}

export const histvol: IndicatorDefinition = {
  name: 'histvol',
  summary: 'Historical volatility: sample deviation of log returns, annualised, in percent.',
  source:
    'Hull, "Options, Futures, and Other Derivatives", estimating volatility from historical data',
  period: { min: 2 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => period + 1,
  create: (settings) => new Histvol(settings),
};
