/**
 * Moving average convergence divergence of the close.
 *
 * Formula: macd = EMA(fast) − EMA(slow); signal = EMA(signal) of macd; histogram = macd − signal
 * Period: none. Params: fast 12, slow 26, signal 9; fast below slow. Outputs: macd, signal, histogram.
 * Warm-up: slow + signal − 1 bars (macd alone: slow). Memory: those of the slow and the signal average,
 *   with a wider margin: of averages that lie close together the difference is small. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { lookback } from './lookback.ts';
import { emaAlpha, Smoothing, smoothingMemory } from './smoothing.ts';
import { stockIndicators } from './sources.ts';

class Macd implements Indicator {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly fast: Smoothing;
  readonly slow: Smoothing;
  readonly signal: Smoothing;

  constructor({ params }: IndicatorSettings) {
    this.fast = new Smoothing(params.fast!, emaAlpha(params.fast!));
    this.slow = new Smoothing(params.slow!, emaAlpha(params.slow!));
    this.signal = new Smoothing(params.signal!, emaAlpha(params.signal!));
  }

  update(bar: Readonly<Bar>): void {
    const macd = this.fast.add(bar.close) - this.slow.add(bar.close);
    if (Number.isNaN(macd)) return;
    const signal = this.signal.add(macd);
    this.out[0] = macd;
    this.out[1] = signal;
    this.out[2] = macd - signal;
  }
}

const averageMemory = (period: number) => smoothingMemory(period, emaAlpha(period), 1e-12);

export const macd: IndicatorDefinition = {
  name: 'macd',
  summary: 'Distance of a fast from a slow exponential average, with its own average as signal.',
  source: stockIndicators('macd'),
  period: null,
  params: { fast: lookback(12), slow: lookback(26), signal: lookback(9) },
  outputs: ['macd', 'signal', 'histogram'],
  reset: 'never',
  conflict: (_period, { fast, slow }) =>
    fast! < slow! ? undefined : `fast ${fast} must be below slow ${slow}`,
  warmup: ({ params }) => params.slow! + params.signal! - 1,
  memory: ({ params }) => averageMemory(params.slow!) + averageMemory(params.signal!),
  create: (settings) => new Macd(settings),
};
