/**
 * Standard pivot points, from the session before.
 *
 * Formula: with H, L, C of the session before: pp = (H + L + C) / 3; r1 = 2 pp − L; s1 = 2 pp − H;
 *   r2 = pp + (H − L); s2 = pp − (H − L); r3 = H + 2 (pp − L); s3 = L − 2 (H − pp)
 *   On `1d` and longer the bar before takes the place of the session before.
 * Period: none. Params: none. Outputs: pp, r1, r2, r3, s1, s2, s3.
 * Warm-up: 2 bars; intraday a session and a bar, known from the session's start. Memory: 2 bars; intraday
 *   2 sessions. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { isIntraday, SessionRange } from './session.ts';
import { stockIndicators } from './sources.ts';

class PivotPoints implements Indicator {
  readonly out = new Float64Array(7).fill(Number.NaN);
  readonly intraday: boolean;
  readonly before = new SessionRange();

  constructor(settings: IndicatorSettings) {
    this.intraday = isIntraday(settings);
  }

  startSession(): void {
    if (this.before.bars === 0) return;
    const { out } = this;
    const { high, low, close } = this.before;
    const pivot = (high + low + close) / 3;
    out[0] = pivot;
    out[1] = 2 * pivot - low;
    out[2] = pivot + (high - low);
    out[3] = high + 2 * (pivot - low);
    out[4] = 2 * pivot - high;
    out[5] = pivot - (high - low);
    out[6] = low - 2 * (high - pivot);
    this.before.clear();
  }

  update(bar: Readonly<Bar>): void {
    if (!this.intraday) this.startSession();
    this.before.add(bar);
  }
}

export const pivotPoints: IndicatorDefinition = {
  name: 'pivot_points',
  summary: 'Standard pivot points from high, low and close of the session before.',
  source: stockIndicators('pivot-points'),
  period: null,
  params: {},
  outputs: ['pp', 'r1', 'r2', 'r3', 's1', 's2', 's3'],
  reset: 'never',
  warmup: ({ barsPerSession }) => barsPerSession + 1,
  memory: ({ barsPerSession }) => 2 * barsPerSession,
  create: (settings) => new PivotPoints(settings),
};
