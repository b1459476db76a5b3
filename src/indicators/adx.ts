/**
 * Average directional index.
 *
 * Formula: +DM = H − H[t−1] where that is above 0 and above L[t−1] − L, else 0; −DM the other way round;
 *   plus_di, minus_di = 100 · Wilder(±DM) / Wilder(TR), 0 on a market without range;
 *   DX = 100 · |plus_di − minus_di| / (plus_di + minus_di), 0 where both are 0; adx = Wilder(DX)
 * Period: n ≥ 2. Params: none. Outputs: adx, plus_di, minus_di, all 0 to 100.
 * Warm-up: 2n bars (plus_di and minus_di: n + 1). Memory: that of two Wilder's smoothings in a row and a bar.
 * Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { Smoothing, smoothingMemory, wilderAlpha } from './smoothing.ts';
import { stockIndicators } from './sources.ts';
import { TrueRange } from './trueRange.ts';

class Adx implements Indicator {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly trueRange = new TrueRange();
  previousHigh = Number.NaN;
  previousLow = Number.NaN;
  readonly range: Smoothing;
  readonly plus: Smoothing;
  readonly minus: Smoothing;
  readonly index: Smoothing;

  constructor({ period }: IndicatorSettings) {
    const alpha = wilderAlpha(period);
    this.range = new Smoothing(period, alpha);
    this.plus = new Smoothing(period, alpha);
    this.minus = new Smoothing(period, alpha);
    this.index = new Smoothing(period, alpha);
  }

  update(bar: Readonly<Bar>): void {
    const up = bar.high - this.previousHigh;
    const down = this.previousLow - bar.low;
    const trueRange = this.trueRange.next(bar);
    this.previousHigh = bar.high;
    this.previousLow = bar.low;
    if (Number.isNaN(trueRange)) return;
    const range = this.range.add(trueRange);
    const plus = this.plus.add(up > down ? Math.max(up, 0) : 0);
    const minus = this.minus.add(down > up ? Math.max(down, 0) : 0);
    if (Number.isNaN(range)) return;
    const plusIndex = range === 0 ? 0 : (100 * plus) / range;
    const minusIndex = range === 0 ? 0 : (100 * minus) / range;
    const both = plusIndex + minusIndex;
    this.out[0] = this.index.add(both === 0 ? 0 : (100 * Math.abs(plusIndex - minusIndex)) / both);
    this.out[1] = plusIndex;
    this.out[2] = minusIndex;
  }
}

export const adx: IndicatorDefinition = {
  name: 'adx',
  summary: 'Average directional index: how strongly, and which way, the market trends.',
  source: stockIndicators('adx'),
  period: { min: 2 },
  params: {},
  outputs: ['adx', 'plus_di', 'minus_di'],
  reset: 'never',
  warmup: ({ period }) => 2 * period,
  memory: ({ period }) => 2 * smoothingMemory(period, wilderAlpha(period)) + 1,
  create: (settings) => new Adx(settings),
};
