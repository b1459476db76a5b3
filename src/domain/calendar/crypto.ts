/** CRYPTO: markets that never close. Every UTC day is a session from 00:00 to 24:00. */
import { marketCalendar } from './marketCalendar.ts';

export const crypto = marketCalendar({
  name: 'CRYPTO',
  zone: 'UTC',
  firstDate: '1970-01-01',
  lastDate: '2099-12-31',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  hours: { open: '00:00', close: '24:00' },
});
