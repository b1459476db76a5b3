/**
 * Price-volume trend.
 *
 * Formula: plus V · (C − C[t−1]) / C[t−1]; the first bar is 0, and so is a step from a close of 0
 * Period: none. Params: none. Outputs: one number, in units of the instrument.
 * Warm-up: 1 bar. Memory: none within a session; on `1d` and longer the start is never forgotten.
 * Reset: every session on intraday intervals, the close before it included.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition } from './indicator.ts';
import { anchoredMemory } from './session.ts';

class Pvt implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  trend = 0;
  /** 0 before the first bar. */
  previousClose = 0;

  startSession(): void {
    this.trend = 0;
    this.previousClose = 0;
    this.out[0] = Number.NaN;
  }

  update(bar: Readonly<Bar>): void {
    if (this.previousClose !== 0) {
      this.trend += (bar.volume * (bar.close - this.previousClose)) / this.previousClose;
    }
    this.previousClose = bar.close;
    this.out[0] = this.trend;
  }
}

export const pvt: IndicatorDefinition = {
  name: 'pvt',
  summary: 'Price-volume trend: volume added in proportion to the change of the close.',
  source: 'https://en.wikipedia.org/wiki/Volume%E2%80%93price_trend',
  period: null,
  params: {},
  outputs: [],
  reset: 'session',
  warmup: () => 1,
  memory: anchoredMemory,
  create: () => new Pvt(),
};
