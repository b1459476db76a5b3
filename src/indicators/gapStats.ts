/**
 * Opening gaps.
 *
 * Formula: a gap is O − C[t−1]; over the last n of them: avg_gap is their mean, sign kept, gap_up_count and
 *   gap_down_count how many were above and below 0, gap_count both together. On intraday intervals a gap is the
 *   session's first open minus the last close of the session before, known from the session's first bar on.
 * Period: n ≥ 1 gaps. Params: none. Outputs: avg_gap (in price), gap_count, gap_up_count, gap_down_count.
 * Warm-up: n + 1 bars; intraday n sessions and a bar. Memory: n + 1 bars; intraday n + 1 sessions. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { RollingSum } from './rolling.ts';
import { isIntraday } from './session.ts';

class GapStats implements Indicator {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly intraday: boolean;
  readonly gaps: RollingSum;
  readonly ups: RollingSum;
  readonly downs: RollingSum;
  previousClose = Number.NaN;
  /** The next bar opens after a close that counts as the one before. */
  opening: boolean;

  constructor(settings: IndicatorSettings) {
    this.intraday = isIntraday(settings);
    this.opening = !this.intraday;
    this.gaps = new RollingSum(settings.period);
    this.ups = new RollingSum(settings.period);
    this.downs = new RollingSum(settings.period);
  }

  startSession(): void {
    this.opening = true;
  }

  update(bar: Readonly<Bar>): void {
    if (this.opening) this.addGap(bar.open - this.previousClose);
    if (this.intraday) this.opening = false;
    this.previousClose = bar.close;
  }

  addGap(gap: number): void {
    if (Number.isNaN(gap)) return;
    const { gaps, ups, downs, out } = this;
    gaps.add(gap);
    ups.add(gap > 0 ? 1 : 0);
    downs.add(gap < 0 ? 1 : 0);
    if (!gaps.ready) return;
    out[0] = gaps.mean;
    out[1] = ups.sum + downs.sum;
    out[2] = ups.sum;
    out[3] = downs.sum;
  }
}

export const gapStats: IndicatorDefinition = {
  name: 'gap_stats',
  summary: 'Mean size and counts of the last opening gaps.',
  source:
    'https://www.edgetotrade.com/docs/metrics-library/market-data/price-and-performance/gap/gap',
  period: { min: 1 },
  params: {},
  outputs: ['avg_gap', 'gap_count', 'gap_up_count', 'gap_down_count'],
  reset: 'never',
  warmup: ({ period, barsPerSession }) => period * barsPerSession + 1,
  memory: ({ period, barsPerSession }) => (period + 1) * barsPerSession,
  create: (settings) => new GapStats(settings),
};
