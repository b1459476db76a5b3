/**
 * What a session has come to: the fold of the log so far. Registered = present.
 *
 * The writable side. Only the fold that owns it holds this; everyone else reads through `SessionView`.
 */
import { BarColumns } from './bars.ts';
import type { Fields } from './facts.ts';
import type { History } from './history.ts';
import type { Interval } from './interval.ts';
import type { MarketTime, TradingDate } from './time.ts';

/** A hole in a base series: `missing` bars in the half-open `[start, end)`. */
export interface Gap {
  readonly start: MarketTime;
  readonly end: MarketTime;
  readonly missing: number;
}

/** Today's bars of one symbol and interval. */
export interface BarSeries {
  readonly interval: Interval;
  readonly derived: boolean;
  readonly columns: BarColumns;
  /** In the interval of the series; only base series have any. */
  readonly gaps: Gap[];
  /** Seq of the first bar; 0 before any. */
  firstSeq: number;
  /** 0 before any bar; so it is for whatever is updated with bars: a number always, which takes no memory anew. */
  updated: MarketTime;
}

/** Today's figures of one symbol, folded from its base bars. */
export interface SessionMetrics {
  open: number;
  high: number;
  low: number;
  last: number;
  volume: number;
  /** Sum of typical price × volume; `vwap` = this ÷ `volume`. */
  turnover: number;
  bars: number;
  /** 0 before any bar. */
  updated: MarketTime;
}

export interface IndicatorSlot {
  readonly registered: Fields<'IndicatorRegistered'>;
  /** Current outputs; NaN = not ready. */
  readonly cells: Float64Array;
  valid: boolean;
  /** 0 before any update. */
  updated: MarketTime;
  /** Seq of the last update; 0 before any. */
  seq: number;
}

export interface SymbolData {
  readonly symbol: string;
  readonly registered: Fields<'SymbolRegistered'>;
  readonly addedAt: MarketTime;
  readonly base: Interval;
  /** Base first, then derived, ascending. */
  readonly bars: Map<Interval, BarSeries>;
  /** In the order of registration. */
  readonly indicators: Map<string, IndicatorSlot>;
  readonly metrics: SessionMetrics;
  /** Who protects it from being removed. */
  readonly locks: Set<string>;
  /** Last recorded score; between two the view counts. */
  quality: { value: number; present: number; expected: number } | null;
  /** Over the requested trailing days, per interval. */
  readonly historicalQuality: Map<Interval, { value: number; present: number; expected: number }>;
  /** True while it is too far behind the clock for strategies to see it. */
  lagging: boolean;
  /** Calculated before the session, by key. */
  readonly historicalIndicators: Map<string, Fields<'HistoricalIndicatorCalculated'>>;
}

/** The session the clock is in, from its activation on. */
export interface ActiveSession {
  readonly date: TradingDate;
  readonly open: MarketTime;
  readonly close: MarketTime;
}

export class SessionData {
  /** Seq of the last fact folded in; 0 before the first. */
  seq = 0;
  /** Market time of the last fact. */
  now: MarketTime = 0;
  phase: { number: number; name: string; date: TradingDate | null } | null = null;
  session: ActiveSession | null = null;
  active = false;
  /** Sessions ended so far. */
  sessions = 0;
  signals = 0;
  status: 'running' | 'completed' | 'failed' | 'stopped' = 'running';
  /** The run's intervals as validated; null before. */
  streams: Fields<'StreamsValidated'> | null = null;
  readonly symbols = new Map<string, SymbolData>();
  /** Symbols refused today, with the reason. */
  readonly refused = new Map<string, string>();
  /** Earlier days' bars, by symbol and interval; outlives the clearing between sessions. */
  readonly history = new Map<string, Map<Interval, History>>();

  /** Columns of the last session, by symbol: the next one writes into the same memory. */
  readonly spares = new Map<string, ReadonlyMap<Interval, BarSeries>>();

  /** By series number, for the columnar path; the same objects as in `symbols`. */
  readonly barsBySeries: ({ owner: SymbolData; series: BarSeries } | undefined)[] = [];
  readonly indicatorsBySeries: (IndicatorSlot | undefined)[] = [];

  historyOf(symbol: string, interval: Interval): History | undefined {
    return this.history.get(symbol)?.get(interval);
  }
}

export function emptySeries(
  interval: Interval,
  derived: boolean,
  columns = new BarColumns(),
): BarSeries {
  columns.clear();
  return { interval, derived, columns, gaps: [], firstSeq: 0, updated: 0 };
}

export function emptyMetrics(): SessionMetrics {
  return {
    open: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
    last: Number.NaN,
    volume: 0,
    turnover: 0,
    bars: 0,
    updated: 0,
  };
}
