/** The synthetic market: a feed that needs no data and has bars of any symbol on any trading day. */
import { hash } from 'node:crypto';
import { BarColumns } from '../domain/bars.ts';
import type { Calendar, Session } from '../domain/calendar/calendar.ts';
import { addDays, dayNumber } from '../domain/calendar/civil.ts';
import { parseInterval } from '../domain/interval.ts';
import { type MarketTime, MINUTE_MS, type TradingDate } from '../domain/time.ts';
import type { Availability, BadRow, Feed, FeedBars, Provenance } from './feed.ts';
import type { ReadRequest, Series } from './series.ts';
import { SeriesFeed } from './seriesFeed.ts';
import { SessionCounts } from './sessionCounts.ts';
import { chanceOf, SyntheticSymbol } from './syntheticSymbol.ts';

/** Raised whenever the same parameters give other bars than before. */
const VERSION = 1;

/** No market is closed for longer. */
const LONGEST_BREAK_DAYS = 30;

export type SyntheticInterval = '1s' | '1m' | '1d';

export interface SyntheticOptions {
  readonly seed: number;
  /** Fraction of the bars that is left out, in `[0, 1)`. */
  readonly missing?: number;
  readonly interval?: SyntheticInterval | readonly SyntheticInterval[];
}

/**
 * Bars follow from seed, symbol, interval and date alone, so any day can be had without the others. A `1d` bar
 * sums up the minutes that are there; the seconds and the minutes of a day are two walks between the same levels.
 */
export function syntheticFeed({ seed, missing = 0, interval = '1m' }: SyntheticOptions): Feed {
  const day = new BarColumns();
  return new SeriesFeed({
    name: 'synthetic',
    async load(symbol, { calendar }) {
      const walk = new SyntheticSymbol(seed, symbol);
      const market = { seed, missing, calendar, symbol, day };
      const series = [interval].flat().map((each) => new SyntheticSeries(walk, market, each));
      return { series, missing: [] };
    },
  });
}

interface Market {
  readonly seed: number;
  readonly missing: number;
  readonly calendar: Calendar;
  readonly symbol: string;
  /** A day of whatever series is just drawn. */
  readonly day: BarColumns;
}

class SyntheticSeries implements Series {
  readonly availability: Availability;
  readonly skipped = new Map<TradingDate, readonly BadRow[]>();
  readonly fingerprints: readonly string[];
  readonly #walk: SyntheticSymbol;
  readonly #market: Market;
  readonly #daily: boolean;
  /** Length of the bars that are drawn; a daily bar is made of minutes. */
  readonly #drawnMs: number;

  constructor(walk: SyntheticSymbol, market: Market, interval: SyntheticInterval) {
    const { intraday, ms } = parseInterval(interval);
    this.#walk = walk;
    this.#market = market;
    this.#daily = !intraday;
    this.#drawnMs = intraday ? ms : MINUTE_MS;
    const { symbol, seed, missing, calendar, day } = market;
    const parameters = { VERSION, seed, missing, symbol, interval, calendar: calendar.name };
    this.fingerprints = [hash('sha256', JSON.stringify(parameters))];
    const dates = new SessionCounts(calendar, (session) => this.#count(session));
    this.#draw(dates.end('first'), day);
    const first = day.opened[0]!;
    this.#draw(dates.end('last'), day);
    const last = day.opened[day.length - 1]!;
    this.availability = { symbol, interval, dates, first, last };
  }

  async read(request: ReadRequest): Promise<FeedBars> {
    const { calendar, day } = this.#market;
    const { first, last, dates } = this.availability;
    const from = Math.max(request.from, first);
    const to = Math.min(request.to, last + 1);
    const bars = request.into ?? new BarColumns();
    bars.clear();
    const provenance: Provenance[] = [];
    if (from >= to) return { bars, provenance };
    const lastDate = calendar.dateOf(to - 1);
    for (let date = calendar.dateOf(from); date <= lastDate; date = addDays(date, 1)) {
      if (!dates.has(date)) continue;
      request.signal?.throwIfAborted();
      this.#draw(date, day);
      const start = day.lowerBound(from);
      const end = day.lowerBound(to);
      if (start === end) continue;
      bars.append(day, start, end);
      provenance.push(this.#provenance(start, end));
    }
    return { bars, provenance };
  }

  /** Rows are numbered anew each day, since a day can be had without those before it. */
  #provenance(start: number, end: number): Provenance {
    const fingerprint = this.fingerprints[0]!;
    return {
      source: 'synthetic',
      file: null,
      fingerprint,
      firstLine: start + 1,
      bars: end - start,
    };
  }

  /** Puts the bars of a date with a session into `bars`, in place of what is there. */
  #draw(date: TradingDate, bars: BarColumns): void {
    const session = this.#market.calendar.session(date)!;
    const plan = {
      day: dayNumber(date),
      previous: dayNumber(this.#sessionBefore(date)),
      open: session.open,
      intervalMs: this.#drawnMs,
      slots: this.#slots(session),
      missing: this.#missing(session),
    };
    bars.clear();
    this.#walk.draw(plan, bars);
    if (this.#daily) sumUp(bars, session.open);
  }

  #count(session: Session): number {
    const count = this.#slots(session) - this.#missing(session);
    return this.#daily ? Math.min(1, count) : count;
  }

  #slots({ open, close }: Session): number {
    return Math.floor((close - open) / this.#drawnMs);
  }

  /** The fraction on average: chance decides between a bar more and one less. */
  #missing(session: Session): number {
    const { seed, missing } = this.#market;
    const wanted = missing * this.#slots(session);
    return Math.floor(wanted + chanceOf(seed, dayNumber(session.date)));
  }

  /** The calendar's first session follows the day before it. */
  #sessionBefore(date: TradingDate): TradingDate {
    for (let days = 1; days <= LONGEST_BREAK_DAYS; days++) {
      const before = addDays(date, -days);
      if (this.#market.calendar.session(before) !== null) return before;
    }
    return addDays(date, -1);
  }
}

/** Makes one bar of all. */
function sumUp(bars: BarColumns, opened: MarketTime): void {
  const whole = bars.at(0);
  for (let i = 1; i < bars.length; i++) {
    whole.high = Math.max(whole.high, bars.high[i]!);
    whole.low = Math.min(whole.low, bars.low[i]!);
    whole.close = bars.close[i]!;
    whole.volume += bars.volume[i]!;
  }
  bars.clear();
  bars.push({ ...whole, opened });
}
