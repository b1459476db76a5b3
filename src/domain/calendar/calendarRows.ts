/** A calendar as rows: what `openbell calendar` prints, keys as they appear in JSON. */
import type { TradingDate } from '../time.ts';
import type { Calendar } from './calendar.ts';
import { addDays } from './civil.ts';
import { isoUtc } from './display.ts';
import { requireWindow } from './knownDates.ts';

/** A session, its times in ISO UTC; or a day of the week that has sessions, but is closed. */
export type CalendarRow =
  | {
      readonly date: TradingDate;
      readonly open: string;
      readonly close: string;
      readonly early_close: boolean;
    }
  | { readonly date: TradingDate; readonly open: null; readonly holiday: string };

/**
 * The rows from `from` to `to`, both included, ascending. Days of the week that never have a session
 * are left out.
 *
 * @throws {UsageError} before the first row, for dates the calendar does not know or in the wrong order
 */
export function* calendarRows(
  calendar: Calendar,
  from: TradingDate,
  to: TradingDate,
): Generator<CalendarRow, void, undefined> {
  requireWindow(calendar, from, to);
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const session = calendar.session(date);
    const holiday = calendar.holiday(date);
    if (session !== null) {
      const { open, close, earlyClose } = session;
      yield { date, open: isoUtc(open), close: isoUtc(close), early_close: earlyClose };
    } else if (holiday !== null) {
      yield { date, open: null, holiday };
    }
  }
}
