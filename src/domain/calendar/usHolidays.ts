/** Holidays that US exchanges share, with the rules they observe them by. */
import {
  type DayRule,
  easter,
  fixed,
  type Holiday,
  mondayIfSunday,
  nearestWeekday,
  nthWeekday,
  onlyOn,
  shifted,
  type YearlyDay,
} from './rules.ts';

const MONDAY = 1;
const TUESDAY = 2;
const WEDNESDAY = 3;
const THURSDAY = 4;
const FRIDAY = 5;

/** On a Saturday it is not observed: Friday is the last business day of a year. */
export const newYearsDay: Holiday = { name: "New Year's Day", on: mondayIfSunday(fixed('01-01')) };

export const martinLutherKingDay: Holiday = {
  name: 'Martin Luther King, Jr. Day',
  from: 1998,
  on: nthWeekday({ nth: 3, weekday: MONDAY, month: 1 }),
};

export const washingtonsBirthday: Holiday = {
  name: "Washington's Birthday",
  on: nthWeekday({ nth: 3, weekday: MONDAY, month: 2 }),
};

export const goodFriday: Holiday = { name: 'Good Friday', on: shifted(easter, -2) };

export const memorialDay: Holiday = {
  name: 'Memorial Day',
  on: nthWeekday({ nth: 'last', weekday: MONDAY, month: 5 }),
};

export const juneteenth: Holiday = {
  name: 'Juneteenth National Independence Day',
  from: 2022,
  on: nearestWeekday(fixed('06-19')),
};

export const independenceDay: Holiday = {
  name: 'Independence Day',
  on: nearestWeekday(fixed('07-04')),
};

export const laborDay: Holiday = {
  name: 'Labor Day',
  on: nthWeekday({ nth: 1, weekday: MONDAY, month: 9 }),
};

export const thanksgivingDay: Holiday = {
  name: 'Thanksgiving Day',
  on: nthWeekday({ nth: 4, weekday: THURSDAY, month: 11 }),
};

export const christmasDay: Holiday = {
  name: 'Christmas Day',
  on: nearestWeekday(fixed('12-25')),
};

const independenceEve: DayRule = fixed('07-03');

/** Days next to a holiday on which the exchanges close around noon. */
export const halfDays: readonly YearlyDay[] = [
  { from: 1995, on: onlyOn([MONDAY, TUESDAY, THURSDAY], independenceEve) },
  // A holiday on Thursday used to shorten the Friday after it; since 2013 it shortens its eve.
  { from: 1995, to: 2012, on: onlyOn([FRIDAY], fixed('07-05')) },
  { from: 2013, on: onlyOn([WEDNESDAY], independenceEve) },
  { from: 1993, on: shifted(thanksgivingDay.on, 1) },
  { from: 1993, on: fixed('12-24') },
];
