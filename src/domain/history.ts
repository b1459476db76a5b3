/**
 * Bars of earlier days, per symbol and interval, that the run still needs.
 *
 * Days are appended once, by a `HistoricalBarsLoaded` or by the session that fed them, and dropped from the
 * front when no window reaches back to them: memory is that of the trailing days, not of the run.
 */
import { BarColumns, type Bars } from './bars.ts';
import { countWhile } from './bisect.ts';
import type { HeldBars } from './facts.ts';
import type { Interval } from './interval.ts';
import type { TradingDate } from './time.ts';

/** Rows `[start, end)` of one day, and the fact that brought them into the log. */
export interface HistoryDay {
  readonly date: TradingDate;
  readonly start: number;
  readonly end: number;
  readonly seq: number;
}

export class History {
  readonly interval: Interval;
  columns = new BarColumns();
  days: HistoryDay[] = [];
  /** First day strategies see; earlier ones only warm indicators. Null: all are for warming only. */
  visibleFrom: TradingDate | null = null;
  /** True if the sessions' own bars are of the same source and join it when they are over. */
  takesSessions = false;
  /** The days that the last fact about it spoke of, whether or not there are bars of them. */
  told: HeldBars | null = null;
  /** Ordinal of the session that last asked for it; what the next one does not ask for is let go. */
  askedIn = 0;

  constructor(interval: Interval) {
    this.interval = interval;
  }

  /** The days strategies see. */
  visibleDays(): readonly HistoryDay[] {
    const from = this.visibleFrom;
    return from === null ? [] : this.days.filter((day) => day.date >= from);
  }

  /** O(log n). */
  day(date: TradingDate): HistoryDay | undefined {
    const found = this.days[countWhile(this.days, (held) => held.date < date)];
    return found?.date === date ? found : undefined;
  }

  /** Adds rows `[from, to)` of `source` as one day, wherever it belongs; a day already held stays as it is. */
  addDay(day: { date: TradingDate; seq: number; source: Bars; from: number; to: number }): void {
    const last = this.days.at(-1);
    if (last === undefined || last.date < day.date) {
      const start = this.columns.length;
      this.columns.append(day.source, day.from, day.to);
      this.days.push({ date: day.date, start, end: this.columns.length, seq: day.seq });
      return;
    }
    if (this.day(day.date) === undefined) this.#insert(day);
  }

  /** Forgets the days before `date`. */
  dropBefore(date: TradingDate): void {
    const kept = this.days.findIndex((day) => day.date >= date);
    if (kept === 0 || this.days.length === 0) return;
    const rows = kept === -1 ? this.columns.length : this.days[kept]!.start;
    this.#dropRows(rows);
    this.days = (kept === -1 ? [] : this.days.slice(kept)).map((day) => ({
      ...day,
      start: day.start - rows,
      end: day.end - rows,
    }));
  }

  /** Keeps the memory for the days to come, but not that of a first long look back. */
  #dropRows(rows: number): void {
    const left = this.columns.length - rows;
    if (left * 8 >= this.columns.opened.length) {
      this.columns.dropFront(rows);
      return;
    }
    const old = this.columns;
    this.columns = new BarColumns(left * 2);
    this.columns.append(old, rows);
  }

  /** Days before the ones held come rarely: only when an earlier day is asked for later. */
  #insert(day: { date: TradingDate; seq: number; source: Bars; from: number; to: number }) {
    const before = this.days.filter((held) => held.date < day.date);
    const after = this.days.filter((held) => held.date > day.date);
    const old = this.columns;
    this.columns = new BarColumns(old.length + day.to - day.from);
    this.days = [];
    for (const held of before) {
      this.addDay({ ...held, source: old, from: held.start, to: held.end });
    }
    this.addDay(day);
    for (const held of after) {
      this.addDay({ ...held, source: old, from: held.start, to: held.end });
    }
  }
}
