/**
 * On-balance volume.
 *
 * Formula: plus V where the close rose, minus V where it fell; the first bar is 0
 * Period: none. Params: none. Outputs: one number, in units of the instrument.
 * Warm-up: 1 bar. Memory: none within a session; on `1d` and longer the start is never forgotten.
 * Reset: every session on intraday intervals, the close before it included.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition } from './indicator.ts';
import { anchoredMemory } from './session.ts';
import { stockIndicators } from './sources.ts';

class Obv implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  balance = 0;
  previousClose = Number.NaN;

  startSession(): void {
    this.balance = 0;
    this.previousClose = Number.NaN;
    this.out[0] = Number.NaN;
  }

  update(bar: Readonly<Bar>): void {
    if (bar.close > this.previousClose) this.balance += bar.volume;
    else if (bar.close < this.previousClose) this.balance -= bar.volume;
    this.previousClose = bar.close;
    this.out[0] = this.balance;
  }
}

export const obv: IndicatorDefinition = {
  name: 'obv',
  summary: 'On-balance volume: volume added on rises and taken off on falls.',
  source: stockIndicators('obv'),
  period: null,
  params: {},
  outputs: [],
  reset: 'session',
  warmup: () => 1,
  memory: anchoredMemory,
  create: () => new Obv(),
};
