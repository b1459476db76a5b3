/** Turns a market's rules into a {@link Calendar}. */
import { DAY_MS, HOUR_MS, type MarketTime, type TradingDate } from '../time.ts';
import type { Calendar, Session } from './calendar.ts';
import { type DayNumber, dateOfDay, dayNumber, type Weekday, weekdayOf } from './civil.ts';
import { daysOf, type Holiday, type YearlyDay } from './rules.ts';
import { msOfDay, type TimeOfDay } from './timeOfDay.ts';
import { type Zone, zoneNamed } from './zone.ts';

/** A day that closes the market early. */
export interface EarlyClose extends YearlyDay {
  readonly close: TimeOfDay;
}

export interface MarketHours {
  readonly open: TimeOfDay;
  readonly close: TimeOfDay;
  /** True where a session, and with it the trading day, starts on the evening before its date. */
  readonly overnight?: boolean;
  /** Pre-market opens; at `open` if absent. */
  readonly preOpen?: TimeOfDay;
  /** How long post-market trading lasts after the close, early or not; 0 if absent. */
  readonly postHours?: number;
}

/** A market, in local time: everything that tells it from others. */
export interface MarketRules {
  readonly name: string;
  /** IANA zone of all times of day below. */
  readonly zone: string;
  /** The rules hold from `firstDate` to `lastDate`, both included. */
  readonly firstDate: TradingDate;
  readonly lastDate: TradingDate;
  /** Days of the week that have sessions. */
  readonly weekdays: readonly Weekday[];
  readonly hours: MarketHours;
  readonly holidays?: readonly Holiday[];
  /** Closures that no rule foresees, with their names. */
  readonly closures?: Readonly<Record<TradingDate, string>>;
  /** A closed day stays closed; of several early closes of a day, the last in the list holds. */
  readonly earlyCloses?: readonly EarlyClose[];
  /** Early closes that no rule foresees; they override `earlyCloses`. */
  readonly shortDays?: Readonly<Record<TradingDate, TimeOfDay>>;
}

/**
 * The calendar of a market. Sessions are resolved when first asked for, then kept: O(1).
 *
 * @throws {UsageError} for rules with an unknown zone, a date or a time of day that is none
 */
export function marketCalendar(rules: MarketRules): Calendar {
  return new MarketCalendar(rules);
}

class MarketCalendar implements Calendar {
  readonly name: string;
  readonly zone: string;
  readonly firstDate: TradingDate;
  readonly lastDate: TradingDate;
  readonly #zone: Zone;
  readonly #weekdays: readonly Weekday[];
  readonly #hours: SessionHours;
  /** Names of closures; they may fall on days that have no session anyway. */
  readonly #closures = new Map<DayNumber, string>();
  /** Early closes, in milliseconds after midnight. */
  readonly #early = new Map<DayNumber, number>();
  readonly #sessions = new Map<TradingDate, Session | null>();
  #tradingDates: readonly TradingDate[] | null = null;
  // The day that `dateOf` answered last.
  #dayStart: MarketTime = 0;
  #dayEnd: MarketTime = 0;
  #date: TradingDate = '';

  constructor(rules: MarketRules) {
    this.name = rules.name;
    this.zone = rules.zone;
    this.firstDate = rules.firstDate;
    this.lastDate = rules.lastDate;
    this.#zone = zoneNamed(rules.zone);
    this.#weekdays = rules.weekdays;
    this.#hours = sessionHours(rules.hours);
    this.#fill(rules);
  }

  session(date: TradingDate): Session | null {
    const known = this.#sessions.get(date);
    if (known !== undefined) return known;
    const day = dayNumber(date);
    if (!this.#covers(date)) return null;
    const session = this.#opens(day) ? this.#resolve(date, day) : null;
    this.#sessions.set(date, session);
    return session;
  }

  get tradingDates(): readonly TradingDate[] {
    this.#tradingDates ??= this.#listDates();
    return this.#tradingDates;
  }

  holiday(date: TradingDate): string | null {
    const day = dayNumber(date);
    if (!this.#covers(date) || !this.#weekdays.includes(weekdayOf(day))) return null;
    return this.#closures.get(day) ?? null;
  }

  dateOf(time: MarketTime): TradingDate {
    if (time >= this.#dayStart && time < this.#dayEnd) return this.#date;
    // A day that starts on the evening before is that much ahead of the civil one.
    const local = time + this.#zone.offsetAt(time) - this.#hours.dayStart;
    const day = Math.floor(local / DAY_MS);
    this.#dayStart = this.#zone.instantOf(day, this.#hours.dayStart);
    this.#dayEnd = this.#zone.instantOf(day + 1, this.#hours.dayStart);
    this.#date = dateOfDay(day);
    return this.#date;
  }

  dayStart(date: TradingDate): MarketTime {
    return this.#zone.instantOf(dayNumber(date), this.#hours.dayStart);
  }

  #listDates(): TradingDate[] {
    const dates: TradingDate[] = [];
    const last = dayNumber(this.lastDate);
    for (let day = dayNumber(this.firstDate); day <= last; day++) {
      if (this.#opens(day)) dates.push(dateOfDay(day));
    }
    return dates;
  }

  #covers(date: TradingDate): boolean {
    return date >= this.firstDate && date <= this.lastDate;
  }

  #opens(day: DayNumber): boolean {
    return this.#weekdays.includes(weekdayOf(day)) && !this.#closures.has(day);
  }

  #resolve(date: TradingDate, day: DayNumber): Session {
    const hours = this.#hours;
    const early = this.#early.get(day);
    const close = this.#zone.instantOf(day, early ?? hours.close);
    return {
      date,
      open: this.#zone.instantOf(day, hours.open),
      close,
      preOpen: this.#zone.instantOf(day, hours.preOpen),
      postClose: close + hours.postMs,
      earlyClose: early !== undefined,
      dayStart: this.#zone.instantOf(day, hours.dayStart),
      dayEnd: this.#zone.instantOf(day + 1, hours.dayStart),
    };
  }

  #fill(rules: MarketRules): void {
    const first = dayNumber(rules.firstDate);
    const last = dayNumber(rules.lastDate);
    for (const holiday of rules.holidays ?? []) {
      for (const day of daysOf(holiday, first, last)) this.#closures.set(day, holiday.name);
    }
    for (const [date, name] of Object.entries(rules.closures ?? {})) {
      this.#closures.set(dayNumber(date), name);
    }
    for (const early of rules.earlyCloses ?? []) {
      for (const day of daysOf(early, first, last)) this.#early.set(day, msOfDay(early.close));
    }
    for (const [date, close] of Object.entries(rules.shortDays ?? {})) {
      this.#early.set(dayNumber(date), msOfDay(close));
    }
  }
}

/** Milliseconds after the date's midnight, negative on the evening before. */
interface SessionHours {
  readonly dayStart: number;
  readonly preOpen: number;
  readonly open: number;
  readonly close: number;
  /** Length of post-market trading. */
  readonly postMs: number;
}

function sessionHours(hours: MarketHours): SessionHours {
  const eve = hours.overnight === true ? -DAY_MS : 0;
  const open = eve + msOfDay(hours.open);
  const preOpen = hours.preOpen === undefined ? open : eve + msOfDay(hours.preOpen);
  return {
    dayStart: eve === 0 ? 0 : preOpen,
    preOpen,
    open,
    close: msOfDay(hours.close),
    postMs: (hours.postHours ?? 0) * HOUR_MS,
  };
}
