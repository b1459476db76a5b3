/**
 * CME: US equity index futures on Globex, 17:00 to 16:00 Chicago, dated by their end.
 *
 * A trading day runs from one 17:00 to the next; its last hour, after the close, is the maintenance
 * break. Saturday and Sunday are days without a session: no instant from Friday 17:00 to Sunday 17:00
 * belongs to a trading day.
 *
 * Modelled: full closures on Good Friday, Christmas Day and New Year's Day; the halt at 12:00 on other
 * US holidays; 12:15 on the days that are half days in New York; the closures and early halts listed
 * below. A session halted on a holiday is dated by that holiday, although the exchange clears it with
 * the next business day.
 *
 * Not modelled: the hours before 2015-09-21, when the day ended at 16:15 (before 2012-11-19 at 15:15)
 * and, until about 2014, holidays halted at 10:30; the pause from 15:15 to 15:30 that lasted until 2021;
 * the short session until 08:15 on Good Fridays with a US employment report, such as 2023-04-07; days
 * of mourning before 2018; other products.
 *
 * @see https://www.cmegroup.com/trading-hours.html
 */
import { marketCalendar } from './marketCalendar.ts';
import {
  christmasDay,
  goodFriday,
  halfDays,
  independenceDay,
  juneteenth,
  laborDay,
  martinLutherKingDay,
  memorialDay,
  newYearsDay,
  thanksgivingDay,
  washingtonsBirthday,
} from './usHolidays.ts';

const haltedHolidays = [
  martinLutherKingDay,
  washingtonsBirthday,
  memorialDay,
  juneteenth,
  independenceDay,
  laborDay,
  thanksgivingDay,
];

export const cme = marketCalendar({
  name: 'CME',
  zone: 'America/Chicago',
  firstDate: '1998-01-01',
  lastDate: '2030-12-31',
  weekdays: [1, 2, 3, 4, 5],
  hours: { open: '17:00', close: '16:00', overnight: true },
  holidays: [newYearsDay, goodFriday, christmasDay],
  closures: {
    '2001-09-11': 'Attacks of September 11',
    '2001-09-12': 'Attacks of September 11',
    '2001-09-13': 'Attacks of September 11',
    '2001-09-14': 'Attacks of September 11',
  },
  earlyCloses: [
    ...halfDays.map((day) => ({ ...day, close: '12:15' })),
    ...haltedHolidays.map((day) => ({ ...day, close: '12:00' })),
  ],
  shortDays: {
    '2012-10-29': '08:15', // Hurricane Sandy
    '2012-10-30': '08:15',
    '2018-12-05': '08:30', // day of mourning for George H. W. Bush
    '2025-01-09': '08:30', // day of mourning for Jimmy Carter
  },
});
