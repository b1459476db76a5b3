/** A row of a calendar as a line. */
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { CalendarRow } from '../domain/calendar/calendarRows.ts';
import { dayNumber, weekdayOf } from '../domain/calendar/civil.ts';
import { isoInZone, parseInstant } from '../domain/calendar/display.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Times are the exchange's own; an open on the evening before bears its date. */
export function calendarLine(row: CalendarRow, { zone }: Calendar): string {
  const day = `${row.date}  ${WEEKDAYS[weekdayOf(dayNumber(row.date)) - 1]}`;
  if (row.open === null) return `${day}  closed: ${row.holiday}`;
  const open = isoInZone(parseInstant(row.open), zone);
  const close = isoInZone(parseInstant(row.close), zone);
  const [opens, closes] = [open, close].map((time) =>
    time.startsWith(row.date) ? time.slice(11, 16) : time.slice(0, 16).replace('T', ' '),
  );
  return `${day}  ${opens} to ${closes}  ${offsetOf(open)}${row.early_close ? '  early close' : ''}`;
}

function offsetOf(iso: string): string {
  return iso.endsWith('Z') ? 'UTC' : `UTC${iso.slice(23)}`;
}
