/**
 * Time-weighted average price since the session's open.
 *
 * Formula: mean of the closes
 * Period: none. Params: none. Outputs: one number.
 * Warm-up: 1 bar. Memory: none within a session; on `1d` and longer the start is never forgotten.
 * Reset: every session on intraday intervals.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition } from './indicator.ts';
import { anchoredMemory } from './session.ts';

class Twap implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  sum = 0;
  bars = 0;

  startSession(): void {
    this.sum = 0;
    this.bars = 0;
    this.out[0] = Number.NaN;
  }

  update(bar: Readonly<Bar>): void {
    this.sum += bar.close;
    this.bars++;
    this.out[0] = this.sum / this.bars;
  }
}

export const twap: IndicatorDefinition = {
  name: 'twap',
  summary: 'Time-weighted average price since the session opened: the mean of the closes.',
  source: 'https://en.wikipedia.org/wiki/Time-weighted_average_price',
  period: null,
  params: {},
  outputs: [],
  reset: 'session',
  warmup: () => 1,
  memory: anchoredMemory,
  create: () => new Twap(),
};
