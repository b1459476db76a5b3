/** The calendars there are. A new one is a file beside this and a line in the table. */
import type { Calendar } from './calendar.ts';
import { cme } from './cme.ts';
import { crypto } from './crypto.ts';
import { forex } from './forex.ts';
import { xnys } from './xnys.ts';

const calendars: Readonly<Record<string, Calendar>> = {
  XNYS: xnys,
  XNAS: xnys,
  US_EQUITY: xnys,
  CRYPTO: crypto,
  FOREX: forex,
  CME: cme,
};

/**
 * The calendar of that name or alias, `undefined` if there is none.
 *
 * @param own calendars of the user's, made by `marketCalendar`; they come before built-in ones
 */
export function findCalendar(name: string, own: readonly Calendar[] = []): Calendar | undefined {
  const found = own.find((calendar) => calendar.name === name);
  return found ?? (Object.hasOwn(calendars, name) ? calendars[name] : undefined);
}

/** Every name and alias that {@link findCalendar} knows without `own`. */
export function calendarNames(): string[] {
  return Object.keys(calendars);
}
