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

/**
 * Today's bars of one symbol and interval.
 *
 * A class, as all that lives for a session: V8 comes to make literals that live so long where only a collection of
 * everything finds them again, with all that they hold.
 */
export class BarSeries {
  readonly interval: Interval;
  readonly derived: boolean;
  readonly columns: BarColumns;
  /** In the interval of the series; only base series have any. */
  readonly gaps: Gap[] = [];
  /** Seq of the first bar; 0 before any. */
  firstSeq = 0;
  /** 0 before any bar; so it is for whatever is updated with bars: a number always, which takes no memory anew. */
  updated: MarketTime = 0;

  constructor(interval: Interval, derived: boolean, columns: BarColumns) {
    this.interval = interval;
    this.derived = derived;
    this.columns = columns;
  }
}

/** Today's figures of one symbol, folded from its base bars. */
export class SessionMetrics {
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  last = Number.NaN;
  volume = 0;
  /** Sum of typical price × volume; `vwap` = this ÷ `volume`. */
  turnover = 0;
  bars = 0;
  /** 0 before any bar. */
  updated: MarketTime = 0;
}

export class IndicatorSlot {
  readonly registered: Fields<'IndicatorRegistered'>;
  /** Current outputs; NaN = not ready. */
  readonly cells: Float64Array;
  valid = false;
  /** 0 before any update. */
  updated: MarketTime = 0;
  /** Seq of the last update; 0 before any. */
  seq = 0;

  constructor(registered: Fields<'IndicatorRegistered'>, outputs: number) {
    this.registered = registered;
    this.cells = new Float64Array(outputs).fill(Number.NaN);
  }
}

export class SymbolData {
  readonly symbol: string;
  readonly registered: Fields<'SymbolRegistered'>;
  readonly addedAt: MarketTime;
  readonly base: Interval;
  /** Base first, then derived, ascending. */
  readonly bars: Map<Interval, BarSeries>;
  /** In the order of registration. */
  readonly indicators = new Map<string, IndicatorSlot>();
  readonly metrics = new SessionMetrics();
  /** Who protects it from being removed. */
  readonly locks = new Set<string>();
  /** Last recorded score; between two the view counts. */
  quality: Score | null = null;
  /** Over the requested trailing days, per interval. */
  readonly historicalQuality = new Map<Interval, Score>();
  /** True while it is too far behind the clock for strategies to see it. */
  lagging = false;
  /** Calculated before the session, by key. */
  readonly historicalIndicators = new Map<string, Fields<'HistoricalIndicatorCalculated'>>();

  constructor(
    registered: Fields<'SymbolRegistered'> & { readonly at: MarketTime },
    bars: Map<Interval, BarSeries>,
  ) {
    this.symbol = registered.symbol;
    this.registered = registered;
    this.addedAt = registered.at;
    this.base = registered.base;
    this.bars = bars;
  }
}

/** A bar series, and whose it is. */
export class OwnedSeries {
  readonly owner: SymbolData;
  readonly series: BarSeries;

  constructor(owner: SymbolData, series: BarSeries) {
    this.owner = owner;
    this.series = series;
  }
}

interface Score {
  readonly value: number;
  readonly present: number;
  readonly expected: number;
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
  /** A new map each session: a cleared one keeps what it held from the collector until it goes through everything. */
  symbols = new Map<string, SymbolData>();
  /** Symbols refused today, with the reason. */
  readonly refused = new Map<string, string>();
  /** Earlier days' bars, by symbol and interval; outlives the clearing between sessions. */
  readonly history = new Map<string, Map<Interval, History>>();

  /** Columns of the last session, by symbol, until the next one writes into the same memory. */
  readonly spares = new Map<string, ReadonlyMap<Interval, BarSeries>>();

  /** By series number, for the columnar path; the same objects as in `symbols`. */
  readonly barsBySeries: (OwnedSeries | undefined)[] = [];
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
  return new BarSeries(interval, derived, columns);
}
