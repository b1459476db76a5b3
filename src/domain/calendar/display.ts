/** Times as people write and read them: ISO 8601 in the exchange's zone, and what `--at` accepts. */
import { DateTime } from 'luxon';
import { UsageError } from '../errors.ts';
import { DAY_MS, HOUR_MS, type MarketTime, MINUTE_MS, SECOND_MS } from '../time.ts';
import type { Session } from './calendar.ts';
import { type DayNumber, dateOfDay, twoDigits } from './civil.ts';
import { msOfDay, type TimeOfDay } from './timeOfDay.ts';
import { zoneNamed } from './zone.ts';

// Rows of an export mostly share their date: the last one is kept.
let lastDay: DayNumber = 0;
let lastDate = '1970-01-01';

/** `time` as ISO 8601 with the zone's offset, such as `2024-01-02T09:30:00.000-05:00`; `Z` in UTC. */
export function isoInZone(time: MarketTime, zone: string): string {
  if (zone === 'UTC') return `${localText(time)}Z`;
  const offset = zoneNamed(zone).offsetAt(time);
  return localText(time + offset) + offsetText(offset);
}

/** `time` as ISO 8601 in UTC, such as `2024-01-02T14:30:00.000Z`. */
export function isoUtc(time: MarketTime): string {
  return `${localText(time)}Z`;
}

/**
 * The instant of a session's trading day at which the exchange's clocks show `text`. Where sessions
 * run overnight, a time at the roll or later is the evening before. A time that a DST switch repeats
 * is its first occurrence.
 *
 * @throws {UsageError} if `text` is not `HH:MM` or `HH:MM:SS`
 */
export function parseClock(text: TimeOfDay, session: Session, zone: string): MarketTime {
  const exchange = zoneNamed(zone);
  const firstDay = Math.floor((session.dayStart + exchange.offsetAt(session.dayStart)) / DAY_MS);
  const time = exchange.instantOf(firstDay, msOfDay(text));
  return time >= session.dayStart ? time : exchange.instantOf(firstDay + 1, msOfDay(text));
}

/**
 * The instant of an ISO 8601 date and time; without an offset it is local time in `zone`.
 *
 * @throws {UsageError} if `text` is none
 */
export function parseInstant(text: string, zone = 'UTC'): MarketTime {
  const match = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}[\d:.,]*(Z|[+-]\d{2}:?\d{2})?$/i.exec(text);
  const parsed = DateTime.fromISO(text.replace(' ', 'T'), { zone: 'UTC' });
  if (match === null || !parsed.isValid) {
    throw new UsageError(
      `"${text}" is not a time: write one such as 2024-01-02T09:30 or 2024-01-02T14:30:00Z`,
    );
  }
  const time = parsed.toMillis();
  if (match[1] !== undefined) return time;
  // Where a local time occurs twice, Luxon's choice would depend on the host's clock.
  const day = Math.floor(time / DAY_MS);
  return zoneNamed(zone).instantOf(day, time - day * DAY_MS);
}

function localText(local: number): string {
  const day = Math.floor(local / DAY_MS);
  if (day !== lastDay) {
    lastDate = dateOfDay(day);
    lastDay = day;
  }
  const ms = local - day * DAY_MS;
  const hours = twoDigits(Math.floor(ms / HOUR_MS));
  const minutes = twoDigits(Math.floor(ms / MINUTE_MS) % 60);
  const seconds = twoDigits(Math.floor(ms / SECOND_MS) % 60);
  const fraction = ms % SECOND_MS;
  const millis = fraction === 0 ? '000' : String(fraction).padStart(3, '0');
  return `${lastDate}T${hours}:${minutes}:${seconds}.${millis}`;
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / MINUTE_MS;
  const sign = offset < 0 ? '-' : '+';
  return `${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}
