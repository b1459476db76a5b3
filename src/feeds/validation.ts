/** What makes a row no bar, and what happens to such rows. */
import type { Bar } from '../domain/bars.ts';
import { FeedError } from '../domain/errors.ts';
import { type Interval, parseInterval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { BadRow } from './feed.ts';

/** Whether bad rows end the reading or are left out and listed. Prices are never mended. */
export type BadRowPolicy = 'fail' | 'skip';

const PRICES = ['open', 'high', 'low', 'close'] as const;

type Numbers = Pick<Bar, (typeof PRICES)[number] | 'volume'>;

/** True if nothing is wrong with the numbers of a bar. */
export function areNumbersOfBar({ open, high, low, close, volume }: Numbers): boolean {
  // Any NaN, infinity or disorder fails one of these comparisons.
  if (!(low > 0 && low <= open && low <= close && high >= open && high >= close)) return false;
  return high < Number.POSITIVE_INFINITY && volume >= 0 && volume < Number.POSITIVE_INFINITY;
}

/** What is wrong with the numbers of `bar`; `null` if nothing is. */
export function badNumbers(bar: Bar): string | null {
  if (areNumbersOfBar(bar)) return null;
  const { open, high, low, close, volume } = bar;
  for (const field of [...PRICES, 'volume'] as const) {
    if (Number.isNaN(bar[field])) return `${field} is not a number`;
    if (!Number.isFinite(bar[field])) return `${field} "${bar[field]}" is not finite`;
  }
  for (const field of PRICES) {
    if (bar[field] <= 0) return `${field} "${bar[field]}" is not positive`;
  }
  if (volume < 0) return `volume "${volume}" is negative`;
  if (high < low) return `high "${high}" is below low "${low}"`;
  if (high < open) return `high "${high}" is below open "${open}"`;
  if (high < close) return `high "${high}" is below close "${close}"`;
  if (low > open) return `low "${low}" is above open "${open}"`;
  return `low "${low}" is above close "${close}"`;
}

/** The order that the rows of one series must keep. */
export class RowOrder {
  readonly #interval: Interval;
  /** How much later than the one before it a bar must start; a day's length differs, so 1 ms there. */
  readonly #step: number;
  #last: MarketTime;

  constructor(interval: Interval, last: MarketTime = Number.NEGATIVE_INFINITY) {
    const { intraday, ms } = parseInterval(interval);
    this.#interval = interval;
    this.#step = intraday ? ms : 1;
    this.#last = last;
  }

  /** Takes the start of the next bar; `null`, or why it cannot come next and then it is forgotten. */
  next(opened: MarketTime): string | null {
    if (opened - this.#last >= this.#step) {
      this.#last = opened;
      return null;
    }
    if (opened === this.#last) return 'its time repeats that of the row before it';
    if (opened < this.#last)
      return 'its time is before that of the row before it: rows must ascend';
    return `its bar begins inside the "${this.#interval}" bar before it`;
  }
}

/** An error message shows so many bad rows and counts the rest. */
const SHOWN = 10;

/** So many bad rows are no oversight: the data is not what the config says it is. */
const LIMIT = 100_000;

/** How messages and facts speak of the place a row comes from. */
export interface RowPlace {
  /** As the user wrote it, such as `bars/AAPL.csv`. */
  readonly shown: string;
  /** Without its folder, such as `AAPL.csv`. */
  readonly file: string;
  readonly unit: 'line' | 'row';
}

/** The bad rows of one file. */
export class BadRows {
  /** Those left out; empty under `fail`. */
  readonly byDate = new Map<TradingDate, BadRow[]>();
  #count = 0;
  readonly #first: string[] = [];
  readonly #policy: BadRowPolicy;
  readonly #place: RowPlace;

  constructor(policy: BadRowPolicy, place: RowPlace) {
    this.#policy = policy;
    this.#place = place;
  }

  get count(): number {
    return this.#count;
  }

  add(row: { line: number; reason: string; date: TradingDate }): void {
    const { file, shown, unit } = this.#place;
    this.#count++;
    if (this.#first.length < SHOWN) this.#first.push(`${unit} ${row.line}: ${row.reason}`);
    if (this.#policy === 'fail') return;
    if (this.#count > LIMIT) {
      throw new FeedError(
        `${shown} has more than ${LIMIT} bad rows, the first in ${this.#first[0]}; check "columns", "stamp" and "interval"`,
      );
    }
    const bad = { file, line: row.line, reason: row.reason };
    const known = this.byDate.get(row.date);
    if (known === undefined) this.byDate.set(row.date, [bad]);
    else known.push(bad);
  }

  /** Moves the rows of one date to the front of another's. */
  redate(from: TradingDate, to: TradingDate): void {
    const rows = this.byDate.get(from);
    if (rows === undefined) return;
    this.byDate.delete(from);
    this.byDate.set(to, [...rows, ...(this.byDate.get(to) ?? [])]);
  }

  /** @throws {FeedError} naming the first bad rows and counting the others, under `fail` */
  settle(): void {
    if (this.#policy === 'skip' || this.#count === 0) return;
    const { shown } = this.#place;
    if (this.#count === 1) {
      throw new FeedError(`${shown} ${this.#first[0]}; mend the row or set on_bad_row: "skip"`);
    }
    const more = this.#count > SHOWN ? [`and ${this.#count - SHOWN} more`] : [];
    throw new FeedError(
      [
        `${shown} has ${this.#count} bad rows; mend them or set on_bad_row: "skip"`,
        ...this.#first,
        ...more,
      ].join('\n  '),
    );
  }

  /** @throws {FeedError} since no row at all is good */
  refuseAll(): never {
    const { shown, unit } = this.#place;
    throw new FeedError(
      this.#count === 0
        ? `${shown} has no rows; give a file with bars`
        : `none of the ${this.#count} ${unit}s of ${shown} is a bar: ${this.#first[0]}`,
    );
  }
}
