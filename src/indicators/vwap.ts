/**
 * Volume-weighted average price since the session's open.
 *
 * Formula: Σ V · (H + L + C) / 3 ÷ Σ V
 * Period: none. Params: none. Outputs: one number; not ready while no volume has traded.
 * Warm-up: 1 bar. Memory: none within a session; on `1d` and longer the start is never forgotten.
 * Reset: every session on intraday intervals.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition } from './indicator.ts';
import { anchoredMemory } from './session.ts';
import { stockIndicators } from './sources.ts';

class Vwap implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  volume = 0;
  /** Volume times price. */
  traded = 0;

  startSession(): void {
    this.volume = 0;
    this.traded = 0;
    this.out[0] = Number.NaN;
  }

  update(bar: Readonly<Bar>): void {
    this.volume += bar.volume;
    this.traded += (bar.volume * (bar.high + bar.low + bar.close)) / 3;
    this.out[0] = this.volume === 0 ? Number.NaN : this.traded / this.volume;
  }
}

export const vwap: IndicatorDefinition = {
  name: 'vwap',
  summary: 'Volume-weighted average price since the session opened.',
  source: stockIndicators('vwap'),
  period: null,
  params: {},
  outputs: [],
  reset: 'session',
  warmup: () => 1,
  memory: anchoredMemory,
  create: () => new Vwap(),
};
