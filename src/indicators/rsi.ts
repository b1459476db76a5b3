/**
 * Relative strength index.
 *
 * Formula: 100 − 100 / (1 + G / L), G and L being Wilder's averages of the rises and falls of the close;
 *   100 where L is 0, on a flat market too
 * Period: n ≥ 1. Params: none. Outputs: one number, 0 to 100.
 * Warm-up: n + 1 bars. Memory: that of Wilder's smoothing and a bar. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { Smoothing, smoothingMemory, wilderAlpha } from './smoothing.ts';
import { stockIndicators } from './sources.ts';

/** The index as a part: also of `stoch_rsi`. */
export class RelativeStrength {
  /** NaN until n + 1 closes are in. */
  value = Number.NaN;
  previous = Number.NaN;
  readonly gains: Smoothing;
  readonly losses: Smoothing;

  constructor(period: number) {
    this.gains = new Smoothing(period, wilderAlpha(period));
    this.losses = new Smoothing(period, wilderAlpha(period));
  }

  next(close: number): number {
    const change = close - this.previous;
    this.previous = close;
    if (Number.isNaN(change)) return this.value;
    const gain = this.gains.add(Math.max(change, 0));
    const loss = this.losses.add(Math.max(-change, 0));
    // Both averages shrink alike where the close stands still. Dividing them anew would move the value by a
    // rounding error, which `stoch_rsi` would blow up to its whole scale.
    if (loss === 0) this.value = 100;
    else if (change !== 0 || Number.isNaN(this.value)) this.value = 100 - 100 / (1 + gain / loss);
    return this.value;
  }
}

export function relativeStrengthMemory(period: number): number {
  return smoothingMemory(period, wilderAlpha(period)) + 1;
}

class Rsi implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly strength: RelativeStrength;

  constructor({ period }: IndicatorSettings) {
    this.strength = new RelativeStrength(period);
  }

  update(bar: Readonly<Bar>): void {
    this.out[0] = this.strength.next(bar.close);
  }
}

export const rsi: IndicatorDefinition = {
  name: 'rsi',
  summary: "Relative strength index with Wilder's smoothing.",
  source: stockIndicators('rsi'),
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: ({ period }) => period + 1,
  memory: ({ period }) => relativeStrengthMemory(period),
  create: (settings) => new Rsi(settings),
};
