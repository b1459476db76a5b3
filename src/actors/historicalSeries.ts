/** One indicator of `indicators.historical` at work: fed with whole earlier days, once each, through all of a run. */
import { BarColumns } from '../domain/bars.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import {
  aggregateSession,
  longWindow,
  spansSessions,
  type TradingDays,
  Window,
} from '../domain/derivation.ts';
import type { HistoryDay } from '../domain/history.ts';
import { type Interval, type ParsedInterval, parseInterval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { HistoricalIndicatorPlan } from './historicalPlans.ts';

/** How the bars it reads are made from those that history has. */
export interface SeriesSource {
  readonly interval: Interval;
  readonly incomplete: 'emit' | 'skip';
  readonly days: TradingDays;
}

export class HistoricalSeries {
  readonly plan: HistoricalIndicatorPlan;
  /** Days and bars it was fed with, and the first and last of those days. */
  days = 0;
  bars = 0;
  from: TradingDate | null = null;
  to: TradingDate | null = null;
  readonly #indicator: Indicator;
  readonly source: SeriesSource;
  readonly #interval: ParsedInterval;
  /** The week or the days that are not yet over; they go on from one session to the next. */
  readonly #window = new Window();

  constructor(plan: HistoricalIndicatorPlan, source: SeriesSource) {
    this.plan = plan;
    this.source = source;
    this.#interval = parseInterval(plan.settings.interval);
    this.#indicator = plan.definition.create(plan.settings);
  }

  /** The present outputs; NaN = not ready. */
  get out(): Float64Array {
    return this.#indicator.out;
  }

  /** Takes the bars of one day: rows of what history has of the source. */
  addDay(columns: BarColumns, day: HistoryDay, session: Session): void {
    this.days += 1;
    this.from ??= day.date;
    this.to = day.date;
    if (spansSessions(this.#interval)) this.#extend(columns, day);
    else {
      if (this.#interval.intraday) this.#indicator.startSession?.(session);
      this.#take(this.#barsOf(columns, day, session));
    }
  }

  /** No more bars come before `time`: a window that has ended is closed, also if its last day had none. */
  close(time: MarketTime): void {
    const window = this.#window;
    if (!window.holds || window.end > time) return;
    window.holds = false;
    const bars = new BarColumns(1);
    if (this.source.incomplete === 'emit' || window.count >= window.expected) bars.push(window);
    this.#take(bars);
  }

  #extend(columns: BarColumns, day: HistoryDay): void {
    const window = this.#window;
    for (let i = day.start; i < day.end; i++) {
      const bar = columns.at(i);
      this.close(bar.opened);
      if (window.holds) window.add(bar);
      else {
        const base = parseInterval(this.source.interval);
        window.begin(longWindow(this.source.days, this.#interval, base, day.date), bar);
      }
    }
  }

  #barsOf(columns: BarColumns, day: HistoryDay, session: Session): BarColumns {
    const { interval: base, incomplete } = this.source;
    const interval = this.#interval.text;
    if (interval === base) return columns.slice(day.start, day.end);
    const bars = new BarColumns();
    const { start: from, end: to } = day;
    aggregateSession(columns, bars, { session, interval, base, incomplete, from, to });
    return bars;
  }

  #take(bars: BarColumns): void {
    for (let i = 0; i < bars.length; i++) this.#indicator.update(bars.at(i));
    this.bars += bars.length;
  }
}
