/**
 * What a session has come to: the fold of the log so far. Registered = present.
 *
 * The writable side. Only the fold that owns it holds this; everyone else reads through `SessionView`.
 */
import type { Fields } from './facts.ts';
import { valueFrom } from './frame.ts';
import type { History } from './history.ts';
import type { Interval } from './interval.ts';
import { SessionBars } from './sessionBars.ts';
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
  readonly bars: SessionBars;
  /** In the interval of the series; only base series have any. */
  readonly gaps: Gap[] = [];
  /** Seq of the first bar; 0 before any. */
  firstSeq = 0;
  /** 0 before any bar; so it is for whatever is updated with bars: a number always, which takes no memory anew. */
  updated: MarketTime = 0;

  constructor(interval: Interval, derived: boolean, bars: SessionBars) {
    this.interval = interval;
    this.derived = derived;
    this.bars = bars;
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

/** What updates of indicators change, all in one piece of memory: to fold one takes no object. */
export class IndicatorCells {
  data = new Float64Array(256);
  #length = 0;

  /** Room for one more slot. @returns its first cell */
  take(outputs: number): number {
    const at = this.#length;
    this.#length += SLOT.values + outputs;
    if (this.#length > this.data.length) {
      const grown = new Float64Array(Math.max(this.#length, this.data.length * 2));
      grown.set(this.data);
      this.data = grown;
    }
    this.data[at + SLOT.outputs] = outputs;
    this.data.fill(Number.NaN, at + SLOT.values, this.#length);
    return at;
  }
}

/** What the cells of a slot are, from its first one on. */
export const SLOT = { valid: 0, updated: 1, seq: 2, outputs: 3, values: 4 } as const;

/** An indicator of the session, and what it has come to. */
export class IndicatorSlot {
  readonly registered: Fields<'IndicatorRegistered'>;
  /** Where its cells are, and which is the first. */
  readonly memory: IndicatorCells;
  readonly at: number;

  /** @param memory of the session: slots of the next one are elsewhere */
  constructor(registered: Fields<'IndicatorRegistered'>, outputs: number, memory: IndicatorCells) {
    this.registered = registered;
    this.memory = memory;
    this.at = memory.take(outputs);
  }

  get valid(): boolean {
    return this.memory.data[this.at + SLOT.valid] === 1;
  }

  /** 0 before any update. */
  get updated(): MarketTime {
    return this.memory.data[this.at + SLOT.updated]!;
  }

  /** Seq of the last update; 0 before any. */
  get seq(): number {
    return this.memory.data[this.at + SLOT.seq]!;
  }

  /** The current outputs; NaN = not ready. */
  get outputs(): Float64Array {
    const { data } = this.memory;
    const from = this.at + SLOT.values;
    return data.subarray(from, from + data[this.at + SLOT.outputs]!);
  }

  /** Puts back what was read of it. */
  take(state: { valid: boolean; updated: MarketTime; seq: number }, outputs: Float64Array): void {
    const { data } = this.memory;
    data[this.at + SLOT.valid] = state.valid ? 1 : 0;
    data[this.at + SLOT.updated] = state.updated;
    data[this.at + SLOT.seq] = state.seq;
    this.outputs.set(outputs);
  }

  /** The value of its one output, or of the first; NaN = not ready. */
  get first(): number {
    return this.memory.data[this.at + SLOT.values]!;
  }

  /** As facts show it. */
  get value(): ReturnType<typeof valueFrom> {
    return valueFrom(this.registered.outputs, this.memory.data, this.at + SLOT.values);
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

  /** Series of the last session, by symbol, until the next one writes into the same memory. */
  readonly spares = new Map<string, ReadonlyMap<Interval, BarSeries>>();

  /** By series number, for the columnar path; the same objects as in `symbols`. */
  readonly barsBySeries: (OwnedSeries | undefined)[] = [];
  /** Of indicators, the first cell of their slots. */
  readonly slotsBySeries: (number | undefined)[] = [];
  /** New for each session, so that what was read of the last one stays as it was. */
  indicatorCells = new IndicatorCells();

  historyOf(symbol: string, interval: Interval): History | undefined {
    return this.history.get(symbol)?.get(interval);
  }
}

export function emptySeries(
  interval: Interval,
  derived: boolean,
  bars = new SessionBars(),
): BarSeries {
  bars.clear();
  return new BarSeries(interval, derived, bars);
}
