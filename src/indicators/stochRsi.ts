/**
 * Stochastic of the relative strength index.
 *
 * Formula: raw = 100 · (RSI(n) − lowest of stoch_period) / (highest − lowest of stoch_period), 0 where these are
 *   equal; k = SMA(smooth_k) of raw; d = SMA(d_period) of k
 * Period: n ≥ 1. Params: stoch_period 14, smooth_k 3, d_period 3. Outputs: k, d, both 0 to 100.
 * Warm-up: n + stoch_period + smooth_k + d_period − 2 bars. Memory: that of `rsi` and of the rest. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { RelativeStrength, relativeStrengthMemory } from './rsi.ts';
import { stockIndicators } from './sources.ts';
import { Standing, StochasticLines } from './stochastic.ts';

class StochRsi implements Indicator {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly strength: RelativeStrength;
  readonly standing: Standing;
  readonly lines: StochasticLines;

  constructor({ period, params }: IndicatorSettings) {
    this.strength = new RelativeStrength(period);
    this.standing = new Standing(params.stoch_period!);
    this.lines = new StochasticLines(params.smooth_k!, params.d_period!);
  }

  update(bar: Readonly<Bar>): void {
    const strength = this.strength.next(bar.close);
    if (Number.isNaN(strength)) return;
    const standing = this.standing.next(strength, strength, strength);
    if (Number.isNaN(standing)) return;
    this.lines.add(standing);
    this.out[0] = this.lines.k;
    this.out[1] = this.lines.d;
  }
}

function afterStrength({ params }: IndicatorSettings): number {
  return params.stoch_period! + params.smooth_k! + params.d_period! - 3;
}

export const stochRsi: IndicatorDefinition = {
  name: 'stoch_rsi',
  summary: 'Where the relative strength index stands in its own range of the last bars.',
  source: stockIndicators('stoch-rsi'),
  period: { min: 1 },
  params: { stoch_period: lookback(14), smooth_k: lookback(3), d_period: lookback(3) },
  outputs: ['k', 'd'],
  reset: 'never',
  warmup: (settings) => settings.period + 1 + afterStrength(settings),
  memory: (settings) => relativeStrengthMemory(settings.period) + afterStrength(settings),
  create: (settings) => new StochRsi(settings),
};
