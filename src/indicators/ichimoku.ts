/**
 * Ichimoku cloud.
 *
 * Formula: with M(n) the middle between highest high and lowest low of n bars: conversion = M(conversion);
 *   base = M(base); span_a = (conversion + base) / 2 and span_b = M(span_b), both of `base` bars ago, where the
 *   cloud of that bar is drawn; lagging = C, drawn `base` bars back on a chart. Nothing here is of a later bar.
 * Period: none. Params: conversion 9, base 26, span_b 52. Outputs: conversion, base, span_a, span_b, lagging.
 * Warm-up: base + the longest of the three. Memory: the same. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { Lag, RollingExtreme } from './rolling.ts';
import { stockIndicators } from './sources.ts';

/** The middle between the highest high and the lowest low of n bars. */
class RangeMiddle {
  readonly highs: RollingExtreme;
  readonly lows: RollingExtreme;

  constructor(period: number) {
    this.highs = new RollingExtreme(period, 1);
    this.lows = new RollingExtreme(period, -1);
  }

  next(bar: Readonly<Bar>): number {
    this.highs.add(bar.high);
    this.lows.add(bar.low);
    return this.highs.ready ? (this.highs.value + this.lows.value) / 2 : Number.NaN;
  }
}

class Ichimoku implements Indicator {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly conversion: RangeMiddle;
  readonly base: RangeMiddle;
  readonly spanB: RangeMiddle;
  readonly spansA: Lag;
  readonly spansB: Lag;

  constructor({ params }: IndicatorSettings) {
    this.conversion = new RangeMiddle(params.conversion!);
    this.base = new RangeMiddle(params.base!);
    this.spanB = new RangeMiddle(params.span_b!);
    this.spansA = new Lag(params.base!);
    this.spansB = new Lag(params.base!);
  }

  update(bar: Readonly<Bar>): void {
    const conversion = this.conversion.next(bar);
    const base = this.base.next(bar);
    this.out[0] = conversion;
    this.out[1] = base;
    this.out[2] = this.spansA.swap((conversion + base) / 2);
    this.out[3] = this.spansB.swap(this.spanB.next(bar));
    this.out[4] = bar.close;
  }
}

function warmup({ params }: IndicatorSettings): number {
  return params.base! + Math.max(params.conversion!, params.base!, params.span_b!);
}

export const ichimoku: IndicatorDefinition = {
  name: 'ichimoku',
  summary: 'Ichimoku cloud: middles of three ranges, two of them shifted forward.',
  source: stockIndicators('ichimoku'),
  period: null,
  params: { conversion: lookback(9), base: lookback(26), span_b: lookback(52) },
  outputs: ['conversion', 'base', 'span_a', 'span_b', 'lagging'],
  reset: 'never',
  warmup,
  memory: warmup,
  create: (settings) => new Ichimoku(settings),
};
