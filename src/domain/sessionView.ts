/**
 * What strategies, scanners and tools may read of a session: what the log says, no more.
 *
 * A read-only face over SessionData: nothing is copied, reading is O(1). It always shows the present; while
 * a callback runs nothing is folded, so it never changes under a strategy mid-call.
 */
import type { Bar, Bars } from './bars.ts';
import { HistoricalIndicatorView } from './historicalIndicator.ts';
import type { History, HistoryDay } from './history.ts';
import { type Interval, parseInterval } from './interval.ts';
import { type QuoteView, quoteOf } from './quote.ts';
import type {
  ActiveSession,
  BarSeries,
  Gap,
  IndicatorSlot,
  SessionData,
  SymbolData,
} from './sessionData.ts';
import type { MarketTime, TradingDate } from './time.ts';

/** One column of a series: numbers that can be read but not written. */
export class ColumnView implements Iterable<number> {
  readonly #bars: Bars;
  readonly #field: keyof Bar;
  readonly #start: number;
  readonly #end: number | null;

  constructor(bars: Bars, field: keyof Bar, start = 0, end: number | null = null) {
    this.#bars = bars;
    this.#field = field;
    this.#start = start;
    this.#end = end;
  }

  get length(): number {
    return (this.#end ?? this.#bars.length) - this.#start;
  }

  /** Row `i`; from the end if negative; `undefined` outside. O(1). */
  at(i: number): number | undefined {
    const { length } = this;
    const row = i < 0 ? length + i : i;
    return row >= 0 && row < length ? this.#bars.get(this.#start + row, this.#field) : undefined;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }

  toArray(): number[] {
    return Array.from(this);
  }
}

/** Rows of one bar series, oldest first: all of today's, or those of some days of history. */
export class BarsView implements Iterable<Bar> {
  readonly interval: Interval;
  readonly #bars: Bars;
  readonly #start: number;
  readonly #end: number | null;

  constructor(interval: Interval, bars: Bars, start = 0, end: number | null = null) {
    this.interval = interval;
    this.#bars = bars;
    this.#start = start;
    this.#end = end;
  }

  get length(): number {
    return (this.#end ?? this.#bars.length) - this.#start;
  }

  /** A fresh copy of bar `i`; from the end if negative; `undefined` outside. O(1). */
  at(i: number): Bar | undefined {
    const { length } = this;
    const row = i < 0 ? length + i : i;
    return row >= 0 && row < length ? this.#bars.at(this.#start + row) : undefined;
  }

  get opened(): ColumnView {
    return this.column('opened');
  }
  get open(): ColumnView {
    return this.column('open');
  }
  get high(): ColumnView {
    return this.column('high');
  }
  get low(): ColumnView {
    return this.column('low');
  }
  get close(): ColumnView {
    return this.column('close');
  }
  get volume(): ColumnView {
    return this.column('volume');
  }

  column(field: keyof Bar): ColumnView {
    return new ColumnView(this.#bars, field, this.#start, this.#end);
  }

  *[Symbol.iterator](): Generator<Bar> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }
}

export interface IndicatorView {
  readonly key: string;
  readonly interval: Interval;
  /** As in `IndicatorUpdated`. */
  readonly value: number | Readonly<Record<string, number | null>> | null;
  readonly valid: boolean;
  readonly updated: MarketTime | null;
  /** Seq of the fact that wrote the value; 0 before any. */
  readonly seq: number;
}

export interface QualityView {
  /** Percent. */
  readonly value: number;
  readonly present: number;
  readonly expected: number;
}

export interface MetricsView {
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly last: number | null;
  readonly volume: number;
  readonly vwap: number | null;
  readonly bars: number;
  readonly updated: MarketTime | null;
}

/** Bars of earlier days of one interval. */
export class HistoryView {
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  get interval(): Interval {
    return this.#history.interval;
  }

  /** Oldest first; only days before the current session. */
  get dates(): readonly TradingDate[] {
    return this.#history.visibleDays().map((day) => day.date);
  }

  /** Bars of one day, or of all days together. */
  bars(date?: TradingDate): BarsView {
    const days = this.#history.visibleDays();
    const chosen = date === undefined ? days : days.filter((day) => day.date === date);
    return this.#rows(chosen);
  }

  #rows(days: readonly HistoryDay[]): BarsView {
    const { columns, interval } = this.#history;
    return new BarsView(interval, columns, days[0]?.start ?? 0, days.at(-1)?.end ?? 0);
  }
}

export class SymbolView {
  readonly #data: SessionData;
  readonly #symbol: SymbolData;
  readonly #qualityEnabled: boolean;

  constructor(data: SessionData, symbol: SymbolData, qualityEnabled: boolean) {
    this.#data = data;
    this.#symbol = symbol;
    this.#qualityEnabled = qualityEnabled;
  }

  get symbol(): string {
    return this.#symbol.symbol;
  }

  get base(): Interval {
    return this.#symbol.base;
  }

  get intervals(): readonly Interval[] {
    return [...this.#symbol.bars.keys()];
  }

  get addedBy(): string {
    return this.#symbol.registered.added_by;
  }

  get addedAt(): MarketTime {
    return this.#symbol.addedAt;
  }

  /** True while it is far behind the clock: the views of strategies do not show it. */
  get lagging(): boolean {
    return this.#symbol.lagging;
  }

  /** Who protects it from being removed, in code unit order. */
  get locks(): readonly string[] {
    return [...this.#symbol.locks].sort();
  }

  /** Today's bars; `undefined` if the interval is not of this symbol. */
  bars(interval: Interval): BarsView | undefined {
    const series = this.#series(interval);
    return series && new BarsView(series.interval, series.bars);
  }

  gaps(interval: Interval = this.base): readonly Gap[] {
    return [...(this.#series(interval)?.gaps ?? [])];
  }

  indicator(key: string): IndicatorView | undefined {
    const slot = this.#symbol.indicators.get(key);
    return slot && indicatorView(slot);
  }

  /** The value of an indicator that has one output; null while it is not valid, or if there is none. */
  value(key: string): number | null {
    const slot = this.#symbol.indicators.get(key);
    if (slot === undefined || !slot.valid || slot.registered.outputs.length > 0) return null;
    return slot.first;
  }

  get indicators(): readonly IndicatorView[] {
    return [...this.#symbol.indicators.values()].map(indicatorView);
  }

  /** Calculated before the session; `undefined` if the config has none by this key. */
  historicalIndicator(key: string): HistoricalIndicatorView | undefined {
    const fact = this.#symbol.historicalIndicators.get(key);
    return fact && new HistoricalIndicatorView(fact);
  }

  get historicalIndicators(): readonly HistoricalIndicatorView[] {
    const facts = [...this.#symbol.historicalIndicators.values()];
    return facts.map((fact) => new HistoricalIndicatorView(fact));
  }

  /** Bars of earlier days; `undefined` if none were asked for. */
  history(interval: Interval): HistoryView | undefined {
    const history = this.#data.historyOf(this.symbol, interval);
    return history === undefined || history.visibleFrom === null
      ? undefined
      : new HistoryView(history);
  }

  get historyIntervals(): readonly Interval[] {
    const ofSymbol = this.#data.history.get(this.symbol);
    return [...(ofSymbol?.values() ?? [])]
      .filter((history) => history.visibleFrom !== null)
      .map((history) => history.interval);
  }

  historicalQuality(interval: Interval): QualityView | undefined {
    return this.#symbol.historicalQuality.get(interval);
  }

  /** Of the base series, counted up to the clock. */
  get quality(): QualityView {
    return qualityAt(this.#data, this.#symbol, this.#qualityEnabled);
  }

  /** Of the last visible bar of today; `undefined` before the first. */
  get quote(): QuoteView | undefined {
    return quoteOf(this.#symbol, this.#data.session);
  }

  get metrics(): MetricsView {
    const { metrics } = this.#symbol;
    const none = metrics.bars === 0;
    return {
      open: none ? null : metrics.open,
      high: none ? null : metrics.high,
      low: none ? null : metrics.low,
      last: none ? null : metrics.last,
      volume: metrics.volume,
      vwap: metrics.volume > 0 ? metrics.turnover / metrics.volume : null,
      bars: metrics.bars,
      updated: metrics.updated || null,
    };
  }

  #series(interval: Interval): BarSeries | undefined {
    return this.#symbol.bars.get(interval) ?? this.#symbol.bars.get(parseInterval(interval).text);
  }
}

export class SessionView {
  readonly #data: SessionData;
  readonly #qualityEnabled: boolean;
  readonly #hidesLagging: boolean;
  /** Those given out, as long as they are of the same stay in the session. */
  readonly #views = new Map<string, { readonly of: SymbolData; readonly view: SymbolView }>();

  /** @param options.hidesLagging shows no symbol that lags: what strategies are given */
  constructor(
    data: SessionData,
    options: { qualityEnabled?: boolean; hidesLagging?: boolean } = {},
  ) {
    this.#data = data;
    this.#qualityEnabled = options.qualityEnabled ?? true;
    this.#hidesLagging = options.hidesLagging ?? false;
  }

  /** Seq of the last fact it shows. */
  get seq(): number {
    return this.#data.seq;
  }

  /** The clock: nothing after it can be seen. */
  get now(): MarketTime {
    return this.#data.now;
  }

  get session(): ActiveSession | null {
    return this.#data.session;
  }

  get phase(): { number: number; name: string; date: TradingDate | null } | null {
    return this.#data.phase;
  }

  get active(): boolean {
    return this.#data.active;
  }

  /** Registered symbols, in the order of registration. */
  get symbols(): readonly string[] {
    return [...this.#data.symbols.keys()].filter((symbol) => this.has(symbol));
  }

  has(symbol: string): boolean {
    return this.#shown(symbol) !== undefined;
  }

  symbol(symbol: string): SymbolView | undefined {
    const found = this.#shown(symbol);
    if (found === undefined) return undefined;
    const known = this.#views.get(symbol);
    if (known?.of === found) return known.view;
    const view = new SymbolView(this.#data, found, this.#qualityEnabled);
    this.#views.set(symbol, { of: found, view });
    return view;
  }

  #shown(symbol: string): SymbolData | undefined {
    const found = this.#data.symbols.get(symbol);
    return this.#hidesLagging && found?.lagging === true ? undefined : found;
  }
}

function indicatorView(slot: IndicatorSlot): IndicatorView {
  const { key, interval } = slot.registered;
  return {
    key,
    interval,
    value: slot.value,
    valid: slot.valid,
    updated: slot.updated || null,
    seq: slot.seq,
  };
}

/** Present ÷ expected so far of a symbol's base series; 100 before any bar is expected, or if not measured. */
function qualityAt(data: SessionData, symbol: SymbolData, enabled: boolean): QualityView {
  const present = symbol.metrics.bars;
  const { session } = data;
  // Of a symbol that is not fed no bars are expected.
  const fed = !symbol.registered.auto_provisioned;
  if (session === null || !fed) return { value: 100, present, expected: 0 };
  const expected = expectedBars(symbol.base, session, data.now);
  return { value: qualityOf(present, expected, enabled), present, expected };
}

/** How many base bars have ended by `time`. */
export function expectedBars(
  base: Interval,
  session: { open: MarketTime; close: MarketTime },
  time: MarketTime,
): number {
  const until = Math.min(time, session.close);
  const { intraday, ms } = parseInterval(base);
  if (!intraday) return until >= session.close ? 1 : 0;
  return Math.max(0, Math.floor((until - session.open) / ms));
}

/** Percent. */
export function qualityOf(present: number, expected: number, enabled: boolean): number {
  return !enabled || expected === 0 ? 100 : (present / expected) * 100;
}
