/**
 * Supertrend.
 *
 * Formula: bands (H + L) / 2 ± multiplier · ATR(n). The upper band only falls, unless the close before was
 *   above it; the lower only rises, unless the close before was below it. In an up-trend the value is the lower
 *   band, and a close at or below it turns the trend down; in a down-trend it is the upper band, and a close
 *   above it turns the trend up. At first the trend is up if the close is at or above the bar's middle.
 * Period: n ≥ 2. Params: multiplier 3. Outputs: value, direction (1 up, −1 down).
 * Warm-up: n + 1 bars. Memory: that of `atr` and 12 · multiplier² bars: two starts meet when a band moves
 *   on, and on random walks all but one in 1e9 have met by then. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { stockIndicators } from './sources.ts';
import { AverageTrueRange, averageTrueRangeMemory } from './trueRange.ts';

class Supertrend implements Indicator {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly multiplier: number;
  readonly range: AverageTrueRange;
  previousClose = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;
  rising = true;

  constructor({ period, params }: IndicatorSettings) {
    this.multiplier = params.multiplier!;
    this.range = new AverageTrueRange(period);
  }

  update(bar: Readonly<Bar>): void {
    const { previousClose } = this;
    this.previousClose = bar.close;
    const reach = this.multiplier * this.range.next(bar);
    if (Number.isNaN(reach)) return;
    const middle = (bar.high + bar.low) / 2;
    if (Number.isNaN(this.upper)) {
      this.rising = bar.close >= middle;
      this.upper = middle + reach;
      this.lower = middle - reach;
    }
    if (middle + reach < this.upper || previousClose > this.upper) this.upper = middle + reach;
    if (middle - reach > this.lower || previousClose < this.lower) this.lower = middle - reach;
    this.rising = bar.close > (this.rising ? this.lower : this.upper);
    this.out[0] = this.rising ? this.lower : this.upper;
    this.out[1] = this.rising ? 1 : -1;
  }
}

export const supertrend: IndicatorDefinition = {
  name: 'supertrend',
  summary: 'Supertrend: a trailing stop some true ranges away from the price.',
  source: stockIndicators('super-trend'),
  period: { min: 2 },
  params: { multiplier: { default: 3, min: 0, max: 100 } },
  outputs: ['value', 'direction'],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period, params }) =>
    averageTrueRangeMemory(period) + Math.ceil(12 * params.multiplier! ** 2),
  create: (settings) => new Supertrend(settings),
};
