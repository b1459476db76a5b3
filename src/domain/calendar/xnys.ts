/**
 * XNYS: the New York Stock Exchange, and with it Nasdaq and all US equities. Exact from 1990 to 2028,
 * as far as announced; by the same rules to 2030. Closures yet to be decreed are unknown.
 *
 * Pre- and post-market bounds are those of today's electronic venues, 04:00 to 20:00, in all years; an
 * early close draws the end of post-market trading with it.
 *
 * @see https://www.nyse.com/markets/hours-calendars
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

export const xnys = marketCalendar({
  name: 'XNYS',
  zone: 'America/New_York',
  firstDate: '1990-01-01',
  lastDate: '2030-12-31',
  weekdays: [1, 2, 3, 4, 5],
  hours: { preOpen: '04:00', open: '09:30', close: '16:00', postHours: 4 },
  holidays: [
    newYearsDay,
    martinLutherKingDay,
    washingtonsBirthday,
    goodFriday,
    memorialDay,
    juneteenth,
    independenceDay,
    laborDay,
    thanksgivingDay,
    christmasDay,
  ],
  closures: {
    '1994-04-27': 'Day of mourning for Richard Nixon',
    '2001-09-11': 'Attacks of September 11',
    '2001-09-12': 'Attacks of September 11',
    '2001-09-13': 'Attacks of September 11',
    '2001-09-14': 'Attacks of September 11',
    '2004-06-11': 'Day of mourning for Ronald Reagan',
    '2007-01-02': 'Day of mourning for Gerald Ford',
    '2012-10-29': 'Hurricane Sandy',
    '2012-10-30': 'Hurricane Sandy',
    '2018-12-05': 'Day of mourning for George H. W. Bush',
    '2025-01-09': 'Day of mourning for Jimmy Carter',
  },
  earlyCloses: halfDays.map((day) => ({ ...day, close: '13:00' })),
  shortDays: {
    '1990-12-24': '14:00',
    '1991-12-24': '14:00',
    '1992-11-27': '14:00',
    '1992-12-24': '14:00',
    '1997-12-26': '13:00',
    '1999-12-31': '13:00',
    '2003-12-26': '13:00',
  },
});
