/** Rules that say on which day of a year something falls: what a calendar's holidays are written in. */
import { civilOf, type DayNumber, dayOf, type Weekday, weekdayOf } from './civil.ts';

/** The day in `year`, `null` if there is none. Pure. */
export type DayRule = (year: number) => DayNumber | null;

/** A rule and the years it holds. */
export interface YearlyDay {
  /** First and last year, both included; open where absent. */
  readonly from?: number;
  readonly to?: number;
  readonly on: DayRule;
}

/** A day that closes the market. */
export interface Holiday extends YearlyDay {
  readonly name: string;
}

/** The same month and day every year, as `MM-DD`. */
export function fixed(monthDay: string): DayRule {
  const month = Number(monthDay.slice(0, 2));
  const day = Number(monthDay.slice(3));
  return (year) => dayOf({ year, month, day });
}

/** The first, second, third, fourth or last of a weekday in a month. */
export function nthWeekday(rule: {
  nth: 1 | 2 | 3 | 4 | 'last';
  weekday: Weekday;
  month: number;
}): DayRule {
  const { nth, weekday, month } = rule;
  return (year) => {
    if (nth === 'last') {
      const monthEnd = dayOf({ year, month: month + 1, day: 0 });
      return monthEnd - ((weekdayOf(monthEnd) - weekday + 7) % 7);
    }
    const monthStart = dayOf({ year, month, day: 1 });
    return monthStart + ((weekday - weekdayOf(monthStart) + 7) % 7) + (nth - 1) * 7;
  };
}

/**
 * Western Easter Sunday.
 * @see Meeus, Astronomical Algorithms, 2nd edition, chapter 8
 */
export function easter(year: number): DayNumber {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const f = Math.floor((century + 8) / 25);
  const g = Math.floor((century - f + 1) / 3);
  const h = (19 * a + century - Math.floor(century / 4) - g + 15) % 30;
  const l =
    (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - h - (yearOfCentury % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayOf({ year, month: Math.floor(n / 31), day: (n % 31) + 1 });
}

/** The day `days` after another rule's; before it if negative. */
export function shifted(rule: DayRule, days: number): DayRule {
  return mapped(rule, (day) => day + days);
}

/** A Sunday is made up for on Monday; a Saturday is not made up for. */
export function mondayIfSunday(rule: DayRule): DayRule {
  return mapped(rule, (day) => (weekdayOf(day) === 7 ? day + 1 : day));
}

/** A Sunday is made up for on Monday, a Saturday on the Friday before. */
export function nearestWeekday(rule: DayRule): DayRule {
  return mapped(mondayIfSunday(rule), (day) => (weekdayOf(day) === 6 ? day - 1 : day));
}

/** The rule's day in the years in which it falls on one of these weekdays. */
export function onlyOn(weekdays: readonly Weekday[], rule: DayRule): DayRule {
  return mapped(rule, (day) => (weekdays.includes(weekdayOf(day)) ? day : null));
}

/** The days a rule gives for the years in which the days from `first` to `last` lie, and their neighbours. */
export function daysOf(rule: YearlyDay, first: DayNumber, last: DayNumber): DayNumber[] {
  // A year more on both sides: an observance may carry a day across New Year.
  const from = Math.max(rule.from ?? -Infinity, civilOf(first).year - 1);
  const to = Math.min(rule.to ?? Infinity, civilOf(last).year + 1);
  const days: DayNumber[] = [];
  for (let year = from; year <= to; year++) {
    const day = rule.on(year);
    if (day !== null) days.push(day);
  }
  return days;
}

function mapped(rule: DayRule, change: (day: DayNumber) => DayNumber | null): DayRule {
  return (year) => {
    const day = rule(year);
    return day === null ? null : change(day);
  };
}
