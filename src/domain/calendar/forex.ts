/**
 * FOREX: spot currencies, five sessions a week from 17:00 to 17:00 New York, dated by their end:
 * Monday's opens on Sunday at 17:00. A trading day is its session. Saturday and Sunday are days without
 * one: no instant from Friday 17:00 to Sunday 17:00 belongs to a trading day.
 *
 * No holiday is modelled, for there is no exchange that closes: around Christmas and New Year dealers
 * make thin markets or none, which shows as missing data.
 */
import { marketCalendar } from './marketCalendar.ts';

export const forex = marketCalendar({
  name: 'FOREX',
  zone: 'America/New_York',
  firstDate: '1990-01-01',
  lastDate: '2030-12-31',
  weekdays: [1, 2, 3, 4, 5],
  hours: { open: '17:00', close: '17:00', overnight: true },
});
