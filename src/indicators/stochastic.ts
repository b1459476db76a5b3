/**
 * Stochastic oscillator.
 *
 * Formula: raw = 100 · (C − lowest low of n) / (highest high of n − lowest low of n), 0 where these are equal;
 *   k = SMA(smooth_k) of raw; d = SMA(d_period) of k
 * Period: n ≥ 1. Params: smooth_k 3, d_period 3. Outputs: k, d, both 0 to 100.
 * Warm-up: n + smooth_k + d_period − 2 bars (k alone: n + smooth_k − 1). Memory: the same. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { RollingExtreme, RollingSum } from './rolling.ts';
import { stockIndicators } from './sources.ts';

/** Where a value stands between the lowest and the highest of the last n, in percent. */
export class Standing {
  readonly highs: RollingExtreme;
  readonly lows: RollingExtreme;

  constructor(period: number) {
    this.highs = new RollingExtreme(period, 1);
    this.lows = new RollingExtreme(period, -1);
  }

  /** NaN until n are in; 0 where highest and lowest are equal. */
  next(high: number, low: number, close: number): number {
    this.highs.add(high);
    this.lows.add(low);
    if (!this.highs.ready) return Number.NaN;
    const range = this.highs.value - this.lows.value;
    if (range === 0) return 0;
    return Math.min(100, Math.max(0, (100 * (close - this.lows.value)) / range));
  }
}

/** The two lines that smooth a standing. */
export class StochasticLines {
  k = Number.NaN;
  d = Number.NaN;
  readonly standings: RollingSum;
  readonly ks: RollingSum;

  constructor(smoothK: number, dPeriod: number) {
    this.standings = new RollingSum(smoothK);
    this.ks = new RollingSum(dPeriod);
  }

  add(standing: number): void {
    this.standings.add(standing);
    if (!this.standings.ready) return;
    this.k = this.standings.mean;
    this.ks.add(this.k);
    this.d = this.ks.mean;
  }
}

class Stochastic implements Indicator {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly standing: Standing;
  readonly lines: StochasticLines;

  constructor({ period, params }: IndicatorSettings) {
    this.standing = new Standing(period);
    this.lines = new StochasticLines(params.smooth_k!, params.d_period!);
  }

  update(bar: Readonly<Bar>): void {
    const standing = this.standing.next(bar.high, bar.low, bar.close);
    if (Number.isNaN(standing)) return;
    this.lines.add(standing);
    this.out[0] = this.lines.k;
    this.out[1] = this.lines.d;
  }
}

function warmup({ period, params }: IndicatorSettings): number {
  return period + params.smooth_k! + params.d_period! - 2;
}

export const stochastic: IndicatorDefinition = {
  name: 'stochastic',
  summary: 'Stochastic oscillator: where the close stands in the range of the last bars.',
  source: stockIndicators('stoch'),
  period: { min: 1 },
  params: { smooth_k: lookback(3), d_period: lookback(3) },
  outputs: ['k', 'd'],
  reset: 'never',
  warmup,
  memory: warmup,
  create: (settings) => new Stochastic(settings),
};
