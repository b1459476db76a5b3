/**
 * Parabolic stop and reverse.
 *
 * Formula: SAR += AF · (EP − SAR), no further than the lows (rising) or highs (falling) of the two bars before;
 *   EP is the extreme of the trend, AF starts at `step` and grows by it, up to `max`, with every new EP. A bar
 *   beyond the SAR turns the trend: the SAR becomes the EP, the EP the bar's other extreme, AF starts anew.
 *   The trend before the first turn is a guess, so the value is ready from the bar after that turn on.
 * Period: none. Params: step 0.02, max 0.2; step not above max. Outputs: one number, in price.
 * Warm-up: 3 bars, and then until the first turn. Memory: 10 / step bars: two starts meet at a common turn, and
 *   on random walks all but one in 1e9 have met by then. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { stockIndicators } from './sources.ts';

class ParabolicSar implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly step: number;
  readonly max: number;
  rising = true;
  factor: number;
  stop = Number.NaN;
  extreme = Number.NaN;
  turned = false;
  /** Bounds of the bar before and of the one before that; infinite while there is none. */
  high1 = Number.NEGATIVE_INFINITY;
  high2 = Number.NEGATIVE_INFINITY;
  low1 = Number.POSITIVE_INFINITY;
  low2 = Number.POSITIVE_INFINITY;

  constructor({ params }: IndicatorSettings) {
    this.step = params.step!;
    this.max = params.max!;
    this.factor = this.step;
  }

  update(bar: Readonly<Bar>): void {
    if (Number.isNaN(this.stop)) {
      this.stop = bar.low;
      this.extreme = bar.high;
    } else {
      this.advance(bar);
    }
    this.high2 = this.high1;
    this.low2 = this.low1;
    this.high1 = bar.high;
    this.low1 = bar.low;
  }

  advance(bar: Readonly<Bar>): void {
    const { rising, extreme } = this;
    const ready = this.turned;
    this.stop += this.factor * (extreme - this.stop);
    if (Number.isFinite(this.low2)) {
      if (rising) this.stop = Math.min(this.stop, this.low1, this.low2);
      else this.stop = Math.max(this.stop, this.high1, this.high2);
    }
    if (rising ? bar.low < this.stop : bar.high > this.stop) {
      this.stop = extreme;
      this.extreme = rising ? bar.low : bar.high;
      this.factor = this.step;
      this.rising = !rising;
      this.turned = true;
    } else if (rising ? bar.high > extreme : bar.low < extreme) {
      this.extreme = rising ? bar.high : bar.low;
      this.factor = Math.min(this.factor + this.step, this.max);
    }
    if (ready) this.out[0] = this.stop;
  }
}

export const parabolicSar: IndicatorDefinition = {
  name: 'parabolic_sar',
  summary: 'Parabolic stop and reverse: a stop that follows a trend ever more closely.',
  source: stockIndicators('parabolic-sar'),
  period: null,
  params: {
    step: { default: 0.02, min: 0.0001, max: 1 },
    max: { default: 0.2, min: 0.0001, max: 1 },
  },
  outputs: [],
  reset: 'never',
  conflict: (_period, { step, max }) =>
    step! <= max! ? undefined : `step ${step} must not be above max ${max}`,
  warmup: () => 3,
  dataDependent: true,
  memory: ({ params }) => Math.ceil(10 / params.step!),
  create: (settings) => new ParabolicSar(settings),
};
