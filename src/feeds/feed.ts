/** The port between market data and the engine: what is there, and the bars of a range in columns. */
import type { BarColumns } from '../domain/bars.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';

/** What one source has of one symbol at one stored interval. */
export interface Availability {
  readonly symbol: string;
  readonly interval: Interval;
  /** Bars per trading-day date (`Calendar.dateOf`), ascending; dates without any bar are absent. */
  readonly dates: ReadonlyMap<TradingDate, number>;
  /** Start stamps of the first and last bar. */
  readonly first: MarketTime;
  readonly last: MarketTime;
}

/** Where consecutive rows come from. Pieces cover the rows of a read in order. */
export interface Provenance {
  /** Kind of source: `csv`, `parquet`, `memory`, `synthetic`, `observable`. */
  readonly source: string;
  /** File name without its folder; `null` where there is no file. */
  readonly file: string | null;
  /** SHA-256 of the file's content, or of what defines the source. Hex. */
  readonly fingerprint: string;
  /** Line (row, for Parquet and columns) of the first of these bars, from 1. Later ones follow one by one. */
  readonly firstLine: number;
  /** How many rows this piece covers. */
  readonly bars: number;
}

/** A row that was left out under `on_bad_row: "skip"`. */
export interface BadRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface FeedBars {
  /** Ascending by `opened`, start-stamped, `count` and `expected` 1. Owned by the caller. */
  readonly bars: BarColumns;
  readonly provenance: readonly Provenance[];
}

export interface IndexRequest {
  readonly symbols: readonly string[];
  readonly calendar: Calendar;
  /** Called now and then while a long index is made. `done` and `total` in bytes or rows. */
  readonly onProgress?: (progress: { what: string; done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}

export interface Feed {
  /** Kind of source, such as `csv`. */
  readonly name: string;
  /**
   * True if `read` fills the columns it is given as `into`. Those are filled with another day once this one is over:
   * who keeps what a feed returns leaves this away.
   */
  readonly fillsColumns?: boolean;
  /**
   * Looks at the data of `symbols` once; later calls add symbols. A symbol without data is no error here.
   * @throws {FeedError} for files that cannot be read or parsed; `FeedProblems` where it tells them by symbol
   */
  index(request: IndexRequest): Promise<void>;
  /** What there is of `symbol`, ascending by interval; empty if nothing or not indexed. */
  availability(symbol: string): readonly Availability[];
  /** Bad rows left out so far for `symbol`, by trading-day date. Empty under `on_bad_row: "fail"`. */
  skipped(symbol: string, interval: Interval): ReadonlyMap<TradingDate, readonly BadRow[]>;
  /**
   * The bars whose `opened` lies in `[from, to)`, whatever the session. A `1d` bar is stamped at the open of
   * its date's session; on a date without session at that day's `dayStart`.
   * Memory is that of the range, not of the file.
   */
  read(request: {
    symbol: string;
    interval: Interval;
    from: MarketTime;
    to: MarketTime;
    signal?: AbortSignal;
    /** Given to feeds that say `fillsColumns`. */
    into?: BarColumns;
  }): Promise<FeedBars>;
  /** What was looked for in vain for an indexed `symbol`, such as a file; one sentence each. */
  missing?(symbol: string): readonly string[];
  /** Fingerprint of everything indexed for `symbol`; part of RunStarted. Hex. */
  fingerprint(symbol: string): string;
  close(): Promise<void>;
}
