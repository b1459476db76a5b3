/** When scanners look during one session: fixed times on the exchange's clock, without drift. */
import type { Session } from '../domain/calendar/calendar.ts';
import { addDays, dayNumber } from '../domain/calendar/civil.ts';
import { msOfDay } from '../domain/calendar/timeOfDay.ts';
import { zoneNamed } from '../domain/calendar/zone.ts';
import { parseInterval } from '../domain/interval.ts';
import { DAY_MS, type MarketTime } from '../domain/time.ts';

/** From `start` on every `interval`, at `end` at the latest. */
export interface Schedule {
  readonly start: string;
  readonly end: string;
  readonly interval: string;
}

/** Every time of the schedules within the session, both its ends among them, ascending, each once. */
export function scanTimes(
  schedules: readonly Schedule[],
  session: Session,
  zoneName: string,
): MarketTime[] {
  const zone = zoneNamed(zoneName);
  const times = new Set<MarketTime>();
  for (const { start, end, interval } of schedules) {
    const step = parseInterval(interval).ms;
    // A schedule that ends before it starts passes midnight.
    const [from, to] = [msOfDay(start), msOfDay(end)];
    const until = to < from ? to + DAY_MS : to;
    // Where a session begins the evening before its date, a schedule of either day may lie in it.
    for (const date of [addDays(session.date, -1), session.date]) {
      const first = zone.instantOf(dayNumber(date), from);
      const last = zone.instantOf(dayNumber(date), until);
      for (let time = first; time <= last; time += step) {
        if (time >= session.open && time <= session.close) times.add(time);
      }
    }
  }
  return [...times].sort((a, b) => a - b);
}
