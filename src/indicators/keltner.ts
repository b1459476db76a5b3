/**
 * Keltner channels.
 *
 * Formula: middle = EMA(n) of the close; upper, lower = middle ± multiplier · ATR(atr_period)
 * Period: n ≥ 1. Params: multiplier 2, atr_period 10. Outputs: upper, middle, lower.
 * Warm-up: the larger of n and atr_period + 1 bars (middle alone: n). Memory: the longer of the two averages'.
 * Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { emaAlpha, Smoothing, smoothingMemory } from './smoothing.ts';
import { stockIndicators } from './sources.ts';
import { AverageTrueRange, averageTrueRangeMemory } from './trueRange.ts';

class Keltner implements Indicator {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly multiplier: number;
  readonly average: Smoothing;
  readonly range: AverageTrueRange;

  constructor({ period, params }: IndicatorSettings) {
    this.multiplier = params.multiplier!;
    this.average = new Smoothing(period, emaAlpha(period));
    this.range = new AverageTrueRange(params.atr_period!);
  }

  update(bar: Readonly<Bar>): void {
    const middle = this.average.add(bar.close);
    const reach = this.multiplier * this.range.next(bar);
    this.out[0] = middle + reach;
    this.out[1] = middle;
    this.out[2] = middle - reach;
  }
}

export const keltner: IndicatorDefinition = {
  name: 'keltner',
  summary: 'Keltner channels: an exponential average and bands some true ranges around it.',
  source: stockIndicators('keltner'),
  period: { min: 1 },
  params: { multiplier: { default: 2, min: 0 }, atr_period: lookback(10) },
  outputs: ['upper', 'middle', 'lower'],
  reset: 'never',
  warmup: ({ period, params }) => Math.max(period, params.atr_period! + 1),
  memory: ({ period, params }) =>
    Math.max(smoothingMemory(period, emaAlpha(period)), averageTrueRangeMemory(params.atr_period!)),
  create: (settings) => new Keltner(settings),
};
