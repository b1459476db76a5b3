/** Trading days grouped into the windows of `2d`, `1w` and the like. */
import { addDays, dayNumber, weekdayOf } from './calendar/civil.ts';
import type { TradingDays } from './derivation.ts';
import type { ParsedInterval } from './interval.ts';
import type { TradingDate } from './time.ts';
import type { TimeManager } from './timeManager.ts';

/**
 * `Nd` counts trading days from `firstDate`, the first day of the run's window, forward and backward; `Nw`
 * is N ISO weeks, Monday to Sunday, counted from the week of 1970-01-05.
 */
export function tradingDaysFrom(time: TimeManager, firstDate: TradingDate): TradingDays {
  const { firstDate: first, lastDate: last } = time.calendar;
  const between = (from: TradingDate, to: TradingDate) =>
    time.tradingDatesBetween(from < first ? first : from, to > last ? last : to);
  const groupOfDays = (count: number, date: TradingDate): TradingDate[] => {
    const [from, to] = date < firstDate ? [date, firstDate] : [firstDate, date];
    const apart = time.countTradingDays(from, to) - 1;
    const index = date < firstDate ? -apart : apart;
    const inGroup = ((index % count) + count) % count;
    // Wide enough for any calendar; a group may be cut where the calendar's rules end.
    const reach = count * 8 + 16;
    const earlier = between(addDays(date, -reach), date);
    const later = between(date, addDays(date, reach));
    return [
      ...earlier.slice(Math.max(0, earlier.length - 1 - inGroup), -1),
      ...later.slice(0, count - inGroup),
    ];
  };
  const groupOfWeeks = (count: number, date: TradingDate): TradingDate[] => {
    const monday = addDays(date, 1 - weekdayOf(dayNumber(date)));
    const week = Math.floor((dayNumber(monday) - dayNumber('1970-01-05')) / 7);
    const start = addDays(monday, -7 * (((week % count) + count) % count));
    return between(start, addDays(start, 7 * count - 1));
  };
  return {
    session: (date) => time.calendar.session(date),
    dateOf: (instant) => time.calendar.dateOf(instant),
    group: (interval: ParsedInterval, date) =>
      interval.unit === 'w'
        ? groupOfWeeks(interval.count, date)
        : groupOfDays(interval.count, date),
  };
}
