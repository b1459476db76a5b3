/**
 * Market time of a run: its clock, and every question about trading days.
 *
 * The clock only moves forward. Dates are the exchange's own (`YYYY-MM-DD`). Questions about a date outside
 * the calendar's rules are refused with a {@link UsageError}, never answered by a guess.
 */
import { countWhile } from './bisect.ts';
import type { Calendar, Session } from './calendar/calendar.ts';
import { isoUtc } from './calendar/display.ts';
import { requireKnown, requireWindow } from './calendar/knownDates.ts';
import { UsageError } from './errors.ts';
import type { MarketTime, TradingDate } from './time.ts';

/** A date on which the market trades. */
export interface OpenDay extends Session {
  readonly holiday: null;
}

/** A date on which it does not; `holiday` names what closes a weekday and is null on weekends. */
export interface ClosedDay {
  readonly date: TradingDate;
  readonly open: null;
  readonly close: null;
  readonly preOpen: null;
  readonly postClose: null;
  readonly earlyClose: false;
  readonly holiday: string | null;
}

/** `open === null` tells the two apart. */
export type TradingSession = OpenDay | ClosedDay;

/** A window of trading days, both ends included. */
export interface ResolvedWindow {
  readonly start: TradingDate;
  readonly end: TradingDate;
  readonly sessions: number;
}

export interface CacheStats {
  /** Look-ups answered from the cache; `lastHits` of them by the very last answer. */
  readonly hits: number;
  readonly lastHits: number;
  readonly misses: number;
  readonly size: number;
  readonly capacity: number;
}

/** The clock was set back: a bug of the caller. */
export class ClockMovedBack extends Error {
  override name = 'ClockMovedBack';
}

export class TimeManager {
  readonly calendar: Calendar;
  readonly #capacity: number;
  /** Least recently used first. */
  readonly #days = new Map<TradingDate, TradingSession>();
  #last: TradingSession | null = null;
  #now: MarketTime;
  #hits = 0;
  #lastHits = 0;
  #misses = 0;

  /** @param options `start`: where the clock stands at first; `cacheSize`: days kept, at least 1 */
  constructor(calendar: Calendar, options: { start?: MarketTime; cacheSize?: number } = {}) {
    this.calendar = calendar;
    this.#now = options.start ?? 0;
    this.#capacity = Math.max(1, options.cacheSize ?? 1_024);
  }

  get currentTime(): MarketTime {
    return this.#now;
  }

  /**
   * Moves the clock forward, or leaves it.
   *
   * @throws {ClockMovedBack} if `time` is before the current time
   * @throws {RangeError} if it is no whole number of milliseconds
   */
  setTime(time: MarketTime): void {
    if (!Number.isSafeInteger(time)) {
      throw new RangeError(`"${time}" is not market time: set whole milliseconds since 1970 UTC`);
    }
    if (time < this.#now) {
      throw new ClockMovedBack(
        `clock at "${isoUtc(this.#now)}" was set back to "${isoUtc(time)}": it only moves forward`,
      );
    }
    this.#now = time;
  }

  /** What the exchange does on `date`. O(1) once it was asked for. */
  tradingSession(date: TradingDate): TradingSession {
    if (this.#last?.date === date) {
      this.#hits++;
      this.#lastHits++;
      return this.#last;
    }
    const kept = this.#days.get(date);
    if (kept === undefined) this.#misses++;
    else this.#hits++;
    const found = kept ?? this.#ask(date);
    this.#keep(found);
    return found;
  }

  /** The session of a trading day; null if the market is closed that day. */
  session(date: TradingDate): Session | null {
    const day = this.tradingSession(date);
    return day.open === null ? null : day;
  }

  isTradingDay(date: TradingDate): boolean {
    return this.tradingSession(date).open !== null;
  }

  /** True on a weekday that a holiday or an unforeseen closure closes. */
  isHoliday(date: TradingDate): boolean {
    return this.tradingSession(date).holiday !== null;
  }

  isEarlyClose(date: TradingDate): boolean {
    return this.tradingSession(date).earlyClose;
  }

  /** The `n`-th trading day after `date`. @throws {UsageError} if the calendar ends before it */
  nextTradingDate(date: TradingDate, n = 1): TradingDate {
    requireCount(n);
    return this.#dates[this.#indexAfter(date) + n - 1] ?? this.#refuse(date, 'after', n);
  }

  /** The `n`-th trading day before `date`. @throws {UsageError} if the calendar begins after it */
  previousTradingDate(date: TradingDate, n = 1): TradingDate {
    requireCount(n);
    return this.#dates[this.#indexFrom(date) - n] ?? this.#refuse(date, 'before', n);
  }

  /** `date` itself if it is a trading day, else the next one. @throws {UsageError} if there is none */
  firstTradingDate(date: TradingDate): TradingDate {
    return this.#dates[this.#indexFrom(date)] ?? this.#refuse(date, 'after', 1);
  }

  /** The trading days from `start` to `end`, both included, ascending; none if `start` is after `end`. */
  tradingDatesBetween(start: TradingDate, end: TradingDate): TradingDate[] {
    return this.#dates.slice(this.#indexFrom(start), this.#indexAfter(end));
  }

  /** How many trading days lie from `start` to `end`, both included. */
  countTradingDays(start: TradingDate, end: TradingDate): number {
    return Math.max(0, this.#indexAfter(end) - this.#indexFrom(start));
  }

  /** From the open of the window's first session to the close of its last. @see resolveWindow */
  sessionBounds(
    startRef: TradingDate,
    endRef: TradingDate = startRef,
  ): { readonly open: MarketTime; readonly close: MarketTime } {
    const { start, end } = this.resolveWindow(startRef, endRef);
    return {
      open: this.calendar.session(start)!.open,
      close: this.calendar.session(end)!.close,
    };
  }

  /**
   * Moves `start` forward and `end` backward to a trading day.
   *
   * @throws {UsageError} naming the nearest sessions if there is none in between
   */
  resolveWindow(start: TradingDate, end: TradingDate): ResolvedWindow {
    requireWindow(this.calendar, start, end);
    const first = this.#indexFrom(start);
    const sessions = this.#indexAfter(end) - first;
    if (sessions === 0) {
      const before = this.#dates[first - 1] ?? 'none';
      const after = this.#dates[first] ?? 'none';
      throw new UsageError(
        `window "${start}" to "${end}" has no trading day of ${this.calendar.name}: ` +
          `widen it to the nearest, "${before}" before or "${after}" after`,
      );
    }
    return { start: this.#dates[first]!, end: this.#dates[first + sessions - 1]!, sessions };
  }

  /** Forgets every cached day; the counters go on. */
  invalidateCache(): void {
    this.#days.clear();
    this.#last = null;
  }

  cacheStats(): CacheStats {
    return {
      hits: this.#hits,
      lastHits: this.#lastHits,
      misses: this.#misses,
      size: this.#days.size,
      capacity: this.#capacity,
    };
  }

  #ask(date: TradingDate): TradingSession {
    requireKnown(this.calendar, date);
    const session = this.calendar.session(date);
    if (session !== null) return { ...session, holiday: null };
    return {
      date,
      open: null,
      close: null,
      preOpen: null,
      postClose: null,
      earlyClose: false,
      holiday: this.calendar.holiday(date),
    };
  }

  /** Makes `day` the most recently used one; the least recently used one goes if there are too many. */
  #keep(day: TradingSession): void {
    this.#last = day;
    this.#days.delete(day.date);
    this.#days.set(day.date, day);
    if (this.#days.size > this.#capacity) {
      for (const oldest of this.#days.keys()) {
        this.#days.delete(oldest);
        break;
      }
    }
  }

  get #dates(): readonly TradingDate[] {
    return this.calendar.tradingDates;
  }

  /** Index of the first trading day that is `date` or later. O(log n). @throws {UsageError} if not known */
  #indexFrom(date: TradingDate): number {
    requireKnown(this.calendar, date);
    return countWhile(this.#dates, (held) => held < date);
  }

  /** Index of the first trading day later than `date`. */
  #indexAfter(date: TradingDate): number {
    const index = this.#indexFrom(date);
    return this.#dates[index] === date ? index + 1 : index;
  }

  #refuse(date: TradingDate, where: 'before' | 'after', n: number): never {
    const { name, firstDate, lastDate } = this.calendar;
    const [edge, choose] =
      where === 'after'
        ? [`ends with "${lastDate}"`, 'an earlier']
        : [`begins with "${firstDate}"`, 'a later'];
    throw new UsageError(
      `calendar ${name} ${edge}: trading day ${n} ${where} "${date}" is outside it, ` +
        `choose ${choose} date`,
    );
  }
}

function requireCount(n: number): void {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new RangeError(`"${n}" trading days cannot be counted: give a whole number from 1`);
  }
}
