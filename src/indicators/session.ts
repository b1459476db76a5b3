/** What indicators need that look at sessions, not only at bars. */
import type { Bar } from '../domain/bars.ts';
import { parseInterval } from '../domain/interval.ts';
import type { IndicatorSettings } from './indicator.ts';

export function isIntraday(settings: IndicatorSettings): boolean {
  return parseInterval(settings.interval).intraday;
}

/** Memory of an indicator that restarts every session: what came before does not matter, or never ceases to. */
export function anchoredMemory(settings: IndicatorSettings): number {
  return isIntraday(settings) ? 0 : Number.POSITIVE_INFINITY;
}

/** High, low and close of the bars since it was cleared. */
export class SessionRange {
  bars = 0;
  high = Number.NaN;
  low = Number.NaN;
  close = Number.NaN;

  add(bar: Readonly<Bar>): void {
    this.high = this.bars === 0 ? bar.high : Math.max(this.high, bar.high);
    this.low = this.bars === 0 ? bar.low : Math.min(this.low, bar.low);
    this.close = bar.close;
    this.bars++;
  }

  clear(): void {
    this.bars = 0;
  }
}
