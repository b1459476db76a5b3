/** Arithmetic on calendar days: `YYYY-MM-DD` and the count of days since 1970-01-01. No clock, no zone. */
import { UsageError } from '../errors.ts';
import type { TradingDate } from '../time.ts';

/** Days since 1970-01-01 in the Gregorian calendar; an integer, negative before. */
export type DayNumber = number;

/** ISO: Monday is 1, Sunday is 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12; in {@link dayOf}, 13 is the next January. */
  readonly month: number;
  /** 1 to 31; in {@link dayOf}, 0 is the last day of the month before. */
  readonly day: number;
}

const DAYS_PER_ERA = 146_097; // 400 years, after which the Gregorian calendar repeats
const EPOCH = 719_468; // days from 0000-03-01 to 1970-01-01
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));

/** `7` as `07`. `value` is an integer from 0 to 59. */
export function twoDigits(value: number): string {
  return TWO_DIGITS[value]!;
}

/** O(1). @see https://howardhinnant.github.io/date_algorithms.html `days_from_civil` */
export function dayOf({ year, month, day }: CivilDate): DayNumber {
  const shifted = month <= 2 ? year - 1 : year; // years begin in March, so that leap days come last
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_PER_ERA + yearOfEra * 365 + leapDays + dayOfYear - EPOCH;
}

/** O(1). @see https://howardhinnant.github.io/date_algorithms.html `civil_from_days` */
export function civilOf(day: DayNumber): CivilDate {
  const shifted = day + EPOCH;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The day as text. @throws {RangeError} if `day` is no whole number, which no time of the market gives */
export function dateOfDay(day: DayNumber): TradingDate {
  if (!Number.isSafeInteger(day)) throw new RangeError(`"${day}" is not a number of days`);
  const civil = civilOf(day);
  const year = String(civil.year).padStart(4, '0');
  return `${year}-${twoDigits(civil.month)}-${twoDigits(civil.day)}`;
}

/** The number of a day. @throws {UsageError} if `date` is no day of the calendar */
export function dayNumber(date: TradingDate): DayNumber {
  const year = Number(date.slice(0, 4));
  const month = Number(date.slice(5, 7));
  const day = dayOf({ year, month, day: Number(date.slice(8)) });
  // Only a well-formed, existing day comes back as the same text.
  if (!Number.isSafeInteger(day) || dateOfDay(day) !== date) {
    throw new UsageError(`"${date}" is not a date: write an existing day as YYYY-MM-DD`);
  }
  return day;
}

export function weekdayOf(day: DayNumber): Weekday {
  return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday;
}

/**
 * The date `months` later, earlier if negative; a day that the month lacks becomes its last.
 * @throws {UsageError} if `date` is no day of the calendar
 */
export function addMonths(date: TradingDate, months: number): TradingDate {
  const { year, month, day } = civilOf(dayNumber(date));
  const count = year * 12 + month - 1 + months;
  const there = { year: Math.floor(count / 12), month: (((count % 12) + 12) % 12) + 1 };
  const lastDay = civilOf(dayOf({ ...there, month: there.month + 1, day: 0 })).day;
  return dateOfDay(dayOf({ ...there, day: Math.min(day, lastDay) }));
}

/** The date `days` later; earlier if negative. @throws {UsageError} if `date` is no day of the calendar */
export function addDays(date: TradingDate, days: number): TradingDate {
  return dateOfDay(dayNumber(date) + days);
}
