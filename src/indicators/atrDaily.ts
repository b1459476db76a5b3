/**
 * Average true range of days.
 *
 * Formula: `atr` over days: on `1d` the bars; on intraday intervals each finished session's high, low and close,
 *   so that the value stands for a whole session and never holds the day that is not over
 * Period: n ≥ 1 days. Params: none. Outputs: one number, in price.
 * Warm-up: n + 1 bars; intraday the start of session n + 2. Memory: that of `atr`, intraday in sessions: prefer
 *   interval `1d`, which needs far less history. Reset: never.
 */
import type { Bar } from '../domain/bars.ts';
import { atr } from './atr.ts';
import type { Indicator, IndicatorDefinition, IndicatorSettings } from './indicator.ts';
import { isIntraday, SessionRange } from './session.ts';
import { AverageTrueRange, averageTrueRangeMemory } from './trueRange.ts';

class AtrDaily implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);
  readonly intraday: boolean;
  readonly average: AverageTrueRange;
  readonly session = new SessionRange();

  constructor(settings: IndicatorSettings) {
    this.intraday = isIntraday(settings);
    this.average = new AverageTrueRange(settings.period);
  }

  startSession(): void {
    if (this.session.bars === 0) return;
    this.out[0] = this.average.next(this.session);
    this.session.clear();
  }

  update(bar: Readonly<Bar>): void {
    if (this.intraday) this.session.add(bar);
    else this.out[0] = this.average.next(bar);
  }
}

export const atrDaily: IndicatorDefinition = {
  name: 'atr_daily',
  summary: "Average true range of whole days, with Wilder's smoothing.",
  source: atr.source,
  period: { min: 1 },
  params: {},
  outputs: [],
  reset: 'never',
  warmup: (settings) => {
    const days = settings.period + 1;
    return isIntraday(settings) ? days * settings.barsPerSession + 1 : days;
  },
  memory: (settings) => {
    const days = averageTrueRangeMemory(settings.period);
    return isIntraday(settings) ? (days + 2) * settings.barsPerSession : days;
  },
  create: (settings) => new AtrDaily(settings),
};
