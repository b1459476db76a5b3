/** Times of day, as calendars and commands write them. */
import { UsageError } from '../errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.ts';

/** Local time of day, `HH:MM` or `HH:MM:SS`; `24:00` is the end of the day. */
export type TimeOfDay = string;

/** Milliseconds after midnight. @throws {UsageError} if `text` is no time of day */
export function msOfDay(text: TimeOfDay): number {
  const match = /^(\d\d):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  const ms =
    match === null
      ? Number.NaN
      : Number(match[1]) * HOUR_MS +
        Number(match[2]) * MINUTE_MS +
        Number(match[3] ?? 0) * SECOND_MS;
  if (!(ms <= 24 * HOUR_MS)) {
    throw new UsageError(`"${text}" is not a time of day: write HH:MM or HH:MM:SS`);
  }
  return ms;
}
