/** What a market calendar answers. Each calendar is one file of rules beside this one. */
import type { MarketTime, TradingDate } from '../time.ts';

/** One trading day of one exchange, resolved once to epoch milliseconds. */
export interface Session {
  readonly date: TradingDate;
  /** The regular session is the half-open `[open, close)`. */
  readonly open: MarketTime;
  readonly close: MarketTime;
  /** Bounds of pre- and post-market trading; equal to `open` and `close` where there is none. */
  readonly preOpen: MarketTime;
  readonly postClose: MarketTime;
  readonly earlyClose: boolean;
  /**
   * The whole trading day `[dayStart, dayEnd)` that bears this date: local midnight to midnight, or,
   * where sessions run overnight, from one roll to the next. Days of consecutive dates never overlap.
   */
  readonly dayStart: MarketTime;
  readonly dayEnd: MarketTime;
}

export interface Calendar {
  /** Canonical name, such as `XNYS`. */
  readonly name: string;
  /** IANA zone of the exchange. */
  readonly zone: string;
  /** The session of `date`; `null` if the market is closed that day or the date is outside the rules. */
  session(date: TradingDate): Session | null;
  /** Every date that has a session, ascending. Made when first asked for, without resolving times. */
  readonly tradingDates: readonly TradingDate[];
  /** Name of the holiday or closure that closes a weekday; `null` otherwise. */
  holiday(date: TradingDate): string | null;
  /** The trading day reckoning of an instant: which date's `[dayStart, dayEnd)` holds it, trading day or not. */
  dateOf(time: MarketTime): TradingDate;
  /** Where that reckoning of `date` starts, trading day or not; `Session.dayStart` if it is one. */
  dayStart(date: TradingDate): MarketTime;
  /** First and last date the rules are right about. */
  readonly firstDate: TradingDate;
  readonly lastDate: TradingDate;
}
