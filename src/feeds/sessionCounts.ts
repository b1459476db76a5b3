/** A number for each session of a calendar, as a map that is worked out when it is asked. */
import type { Calendar, Session } from '../domain/calendar/calendar.ts';
import { addDays } from '../domain/calendar/civil.ts';
import { FeedError } from '../domain/errors.ts';
import type { TradingDate } from '../domain/time.ts';

/** Sessions with a count of 0 are absent. A lookup is O(1); `size` and iteration visit every date there is. */
export class SessionCounts implements ReadonlyMap<TradingDate, number> {
  readonly #calendar: Calendar;
  readonly #countOf: (session: Session) => number;

  constructor(calendar: Calendar, countOf: (session: Session) => number) {
    this.#calendar = calendar;
    this.#countOf = countOf;
  }

  get size(): number {
    return [...this.keys()].length;
  }

  get(date: TradingDate): number | undefined {
    const session = this.#calendar.session(date);
    const count = session === null ? 0 : this.#countOf(session);
    return count > 0 ? count : undefined;
  }

  has(date: TradingDate): boolean {
    return this.get(date) !== undefined;
  }

  /** The first date, or the last one, that is present. @throws {FeedError} if none is */
  end(which: 'first' | 'last'): TradingDate {
    const { firstDate, lastDate } = this.#calendar;
    const step = which === 'first' ? 1 : -1;
    let date = which === 'first' ? firstDate : lastDate;
    for (; date >= firstDate && date <= lastDate; date = addDays(date, step)) {
      if (this.has(date)) return date;
    }
    throw new FeedError(`no session of ${this.#calendar.name} has a bar; lower "missing"`);
  }

  *entries(): MapIterator<[TradingDate, number]> {
    const { firstDate, lastDate } = this.#calendar;
    for (let date = firstDate; date <= lastDate; date = addDays(date, 1)) {
      const count = this.get(date);
      if (count !== undefined) yield [date, count];
    }
  }

  *keys(): MapIterator<TradingDate> {
    for (const [date] of this) yield date;
  }

  *values(): MapIterator<number> {
    for (const [, count] of this) yield count;
  }

  [Symbol.iterator](): MapIterator<[TradingDate, number]> {
    return this.entries();
  }

  forEach(
    callback: (count: number, date: TradingDate, map: ReadonlyMap<TradingDate, number>) => void,
  ): void {
    for (const [date, count] of this) callback(count, date, this);
  }
}
