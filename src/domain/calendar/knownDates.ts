/** The check that dates lie within what a calendar knows. */
import { UsageError } from '../errors.ts';
import type { TradingDate } from '../time.ts';
import type { Calendar } from './calendar.ts';
import { dayNumber } from './civil.ts';

/** @throws {UsageError} if one of `dates` is no date, or outside the calendar's rules */
export function requireKnown(calendar: Calendar, ...dates: readonly TradingDate[]): void {
  const { name, firstDate, lastDate } = calendar;
  for (const date of dates) {
    dayNumber(date);
    if (date < firstDate || date > lastDate) {
      throw new UsageError(
        `"${date}" is outside calendar ${name}: choose a date from "${firstDate}" to "${lastDate}"`,
      );
    }
  }
}

/** @throws {UsageError} if `start` is after `end`, or either is not known */
export function requireWindow(calendar: Calendar, start: TradingDate, end: TradingDate): void {
  requireKnown(calendar, start, end);
  if (start > end) {
    throw new UsageError(`window starts on "${start}", after its end "${end}": swap the dates`);
  }
}
