/**
 * Opening range.
 *
 * Formula: highest high and lowest low of the bars that start within `minutes` of the open; ready once a bar
 *   ends at or after that, so that the range never moves again
 * Period: none. Params: minutes 30. Outputs: high, low.
 * Warm-up: the bars that cover `minutes`. Memory: none within a session; on `1d` and longer the range is that of
 *   the series' first bar for ever. Reset: every session on intraday intervals.
 */
import type { Bar } from '../domain/bars.ts';
import { parseInterval } from '../domain/interval.ts';
import { MINUTE_MS } from '../domain/time.ts';
import type {
  Indicator,
  IndicatorDefinition,
  IndicatorSession,
  IndicatorSettings,
} from './indicator.ts';
import { anchoredMemory, SessionRange } from './session.ts';

class OpeningRange implements Indicator {
  readonly out = new Float64Array(2).fill(Number.NaN);
  readonly barMs: number;
  readonly rangeMs: number;
  /** When the session opened: NaN until told, or until the series' first bar. */
  opened = Number.NaN;
  readonly range = new SessionRange();

  constructor({ interval, params }: IndicatorSettings) {
    this.barMs = parseInterval(interval).ms;
    this.rangeMs = params.minutes! * MINUTE_MS;
  }

  startSession(session: IndicatorSession): void {
    this.opened = session.open;
    this.range.clear();
    this.out.fill(Number.NaN);
  }

  update(bar: Readonly<Bar>): void {
    if (Number.isNaN(this.opened)) this.opened = bar.opened;
    const end = this.opened + this.rangeMs;
    if (bar.opened < end) this.range.add(bar);
    if (bar.opened + this.barMs < end || this.range.bars === 0) return;
    this.out[0] = this.range.high;
    this.out[1] = this.range.low;
  }
}

export const openingRange: IndicatorDefinition = {
  name: 'opening_range',
  summary: "High and low of the session's first minutes, once they are over.",
  source: 'http://bbs.cobrasmarketview.com/viewtopic.php?f=3&t=15',
  period: null,
  params: { minutes: { default: 30, integer: true, min: 1, max: 1440 } },
  outputs: ['high', 'low'],
  reset: 'session',
  warmup: ({ interval, params }) =>
    Math.ceil((params.minutes! * MINUTE_MS) / parseInterval(interval).ms),
  memory: anchoredMemory,
  create: (settings) => new OpeningRange(settings),
};
