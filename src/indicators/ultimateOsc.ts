/**
 * Ultimate oscillator.
 *
 * Formula: 100 · (4 A1 + 2 A2 + A3) / 7, A being ΣBP / ΣTR over each period; BP = C − min(L, C[t−1]),
 *   TR = max(H, C[t−1]) − min(L, C[t−1]); not ready where a ΣTR is 0
 * Period: none. Params: period1 7, period2 14, period3 28, ascending. Outputs: one number, 0 to 100.
 * Warm-up: period3 + 1 bars (the first has no close before it). Memory: the same. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { RollingSum } from './rolling.ts';
import { stockIndicators } from './sources.ts';

/** Share of buying pressure in the true range of the last n bars. */
class BuyingShare {
  readonly pressure: RollingSum;
  readonly range: RollingSum;

  constructor(period: number) {
    this.pressure = new RollingSum(period);
    this.range = new RollingSum(period);
  }

  next(pressure: number, range: number): number {
    this.pressure.add(pressure);
    this.range.add(range);
    const known = this.range.ready && this.range.sum !== 0;
    return known ? this.pressure.sum / this.range.sum : Number.NaN;
  }
}

class UltimateOsc implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  previousClose = Number.NaN;
  readonly short: BuyingShare;
  readonly middle: BuyingShare;
  readonly long: BuyingShare;

  constructor({ params }: IndicatorSettings) {
    this.short = new BuyingShare(params.period1!);
    this.middle = new BuyingShare(params.period2!);
    this.long = new BuyingShare(params.period3!);
  }

  update(bar: Readonly<Bar>): void {
    const low = Math.min(bar.low, this.previousClose);
    const range = Math.max(bar.high, this.previousClose) - low;
    const pressure = bar.close - low;
    this.previousClose = bar.close;
    if (Number.isNaN(range)) return;
    const short = this.short.next(pressure, range);
    const middle = this.middle.next(pressure, range);
    const long = this.long.next(pressure, range);
    this.out[0] = (100 * (4 * short + 2 * middle + long)) / 7;
  }
}

export const ultimateOsc: IndicatorDefinition = {
  name: 'ultimate_osc',
  summary: 'Ultimate oscillator: buying pressure over three horizons.',
  source: stockIndicators('ultimate'),
  period: null,
  params: { period1: lookback(7), period2: lookback(14), period3: lookback(28) },
  outputs: [],
  reset: 'never',
  conflict: (_period, { period1, period2, period3 }) =>
    period1! < period2! && period2! < period3!
      ? undefined
      : `period1 ${period1}, period2 ${period2} and period3 ${period3} must ascend`,
  warmup: ({ params }) => params.period3! + 1,
  memory: ({ params }) => params.period3! + 1,
  create: (settings) => new UltimateOsc(settings),
};
