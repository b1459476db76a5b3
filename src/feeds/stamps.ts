/** What a source says about the time of a bar, turned into the start of that bar. */
import type { Calendar } from '../domain/calendar/calendar.ts';
import { dateOfDay, dayNumber } from '../domain/calendar/civil.ts';
import { type Zone, zoneNamed } from '../domain/calendar/zone.ts';
import { type Interval, parseInterval } from '../domain/interval.ts';
import { DAY_MS, type MarketTime, type TradingDate } from '../domain/time.ts';

/** Whether the time of a row is the start or the end of its bar. */
export type Stamp = 'open' | 'close';

export interface StampRules {
  readonly interval: Interval;
  readonly stamp: Stamp;
  /** IANA zone of times without an offset. */
  readonly zone: string;
  readonly calendar: Calendar;
}

/** The last instant that JavaScript has a date for, less what zones may add. */
const LATEST_MS = 8.64e15 - DAY_MS;

/**
 * Every method gives the start of the bar, or `NaN` and then says why in `problem`.
 *
 * An intraday bar starts at its instant, one interval earlier if stamped at its end. A `1d` bar has a date and no
 * time: it starts at the open of that date's session. Its date is the one written; for an instant it is the trading
 * date that holds it, but midnight in UTC, the customary way to store a bare date, stands for that date itself. Only
 * a time at which a session opens, or closes if it is stamped at its end, is of that session: where sessions begin
 * on the evening before, its date is another.
 *
 * A local time that clocks skip or repeat is refused: even in the order of the rows a repeated hour could
 * be told only if no minute is missing, and a wrong guess would show bars an hour early.
 */
export class Stamps {
  /** Continues a sentence that begins with the time. */
  problem = '';
  readonly #interval: Interval;
  readonly #isClose: boolean;
  readonly #shift: number;
  readonly #daily: boolean;
  readonly #zone: Zone;
  readonly #calendar: Calendar;

  constructor({ interval, stamp, zone, calendar }: StampRules) {
    const { intraday, ms } = parseInterval(interval);
    this.#interval = interval;
    this.#daily = !intraday;
    this.#isClose = stamp === 'close';
    this.#shift = this.#isClose ? ms : 0;
    this.#zone = zoneNamed(zone);
    this.#calendar = calendar;
  }

  /** `time` in UTC epoch milliseconds. */
  ofInstant(time: number): MarketTime {
    if (!this.#isTime(time)) return Number.NaN;
    if (!this.#daily) return time - this.#shift;
    if (time % DAY_MS === 0) return this.ofDate(time);
    return this.#openOfBound(time) ?? openOf(this.#calendar, this.#calendar.dateOf(time));
  }

  /** `local` as a wall clock shows it, read as if it were UTC. */
  ofLocal(local: number): MarketTime {
    if (!this.#isTime(local)) return Number.NaN;
    // At most one switch lies between a day earlier and a day later.
    const before = this.#zone.offsetAt(local - DAY_MS);
    const after = this.#zone.offsetAt(local + DAY_MS);
    if (this.#daily) return this.#ofLocalDay(local, [before, after]);
    if (before === after) return local - before - this.#shift;
    const isEarly = this.#zone.offsetAt(local - before) === before;
    const isLate = this.#zone.offsetAt(local - after) === after;
    if (isEarly !== isLate) return local - (isEarly ? before : after) - this.#shift;
    const { name } = this.#zone;
    return this.#refuse(
      isEarly
        ? `comes twice in ${name}, where clocks go back: write it with its offset`
        : `does not exist in ${name}, where clocks go forward over it`,
    );
  }

  /** `midnight` of the date, read as if it were UTC. */
  ofDate(midnight: number): MarketTime {
    if (this.#daily) return openOf(this.#calendar, dateOfDay(Math.floor(midnight / DAY_MS)));
    return this.#refuse(`has no time of day, which a "${this.#interval}" bar needs`);
  }

  /** @param offsets that its zone may have then */
  #ofLocalDay(local: number, offsets: readonly number[]): MarketTime {
    for (const offset of local % DAY_MS === 0 ? [] : offsets) {
      const time = local - offset;
      const open = this.#zone.offsetAt(time) === offset ? this.#openOfBound(time) : null;
      if (open !== null) return open;
    }
    return this.ofDate(local);
  }

  /** The open of the session that opens at `time`, or closes then if that is the stamp; null if none does. */
  #openOfBound(time: MarketTime): MarketTime | null {
    const calendar = this.#calendar;
    const session = calendar.session(calendar.dateOf(this.#isClose ? time - 1 : time));
    const bound = this.#isClose ? session?.close : session?.open;
    return bound === time ? session!.open : null;
  }

  #isTime(time: number): boolean {
    if (!(Math.abs(time) <= LATEST_MS)) this.problem = 'is no date';
    else if (!Number.isInteger(time)) this.problem = 'is finer than a millisecond';
    else return true;
    return false;
  }

  #refuse(problem: string): number {
    this.problem = problem;
    return Number.NaN;
  }
}

/** Where a daily bar of `date` opens: at its session's open, or at the start of a day without session. */
export function openOf(calendar: Calendar, date: TradingDate): MarketTime {
  return calendar.session(date)?.open ?? startOf(calendar, date);
}

/** A calendar tells the bounds of trading days only; those of a closed day are searched for. */
function startOf(calendar: Calendar, date: TradingDate): MarketTime {
  const midnight = dayNumber(date) * DAY_MS;
  let before = midnight - 2 * DAY_MS;
  let start = midnight + 2 * DAY_MS;
  while (start - before > 1) {
    const middle = Math.floor((before + start) / 2);
    if (calendar.dateOf(middle) < date) before = middle;
    else start = middle;
  }
  return start;
}
