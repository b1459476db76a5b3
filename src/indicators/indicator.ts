/**
 * The contract of an indicator: one formula over one continuous series of bars.
 *
 * An indicator's whole state is its own fields: numbers, booleans, strings, typed arrays, plain arrays of those, and
 * nested parts made of the same. So a snapshot needs no code of its own (`state.ts`).
 */
import type { Bar } from '../domain/bars.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';

/** What a running indicator is made with. */
export interface IndicatorSettings {
  /** Main look-back in bars; 0 where the indicator has none. */
  readonly period: number;
  /** Every declared parameter, defaults filled in. */
  readonly params: Readonly<Record<string, number>>;
  readonly interval: Interval;
  /** Bars of `interval` in one year of this market, for annualising. */
  readonly barsPerYear: number;
  /** Bars of `interval` in one full session of this market; 1 for `1d` and longer. */
  readonly barsPerSession: number;
}

export interface IndicatorSession {
  readonly date: TradingDate;
  readonly open: MarketTime;
  readonly close: MarketTime;
}

export interface Indicator {
  /**
   * The current outputs in the order of `outputs` (one cell where that is empty); NaN = not ready.
   * The same array for the indicator's life. Allocate nothing in `update`.
   */
  readonly out: Float64Array;
  /**
   * Takes the next bar of the series; one that is not built in when the clock is at the bar's end. `bar` is reused by
   * the caller: copy what you keep.
   */
  update(bar: Readonly<Bar>): void;
  /** On intraday intervals only: a new session begins, before its first bar. */
  startSession?(session: IndicatorSession): void;
}

export interface ParamRule {
  readonly default: number;
  readonly integer?: boolean;
  /** Smallest allowed value, inclusive. */
  readonly min: number;
  /** Largest allowed value, inclusive. */
  readonly max?: number;
}

export interface IndicatorDefinition {
  /** Lower snake case, such as `bbands`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Where the formula comes from: a URL, book or commit. */
  readonly source: string;
  /** `null` where the indicator has no main look-back; without `default` the config must give one. */
  readonly period: { readonly default?: number; readonly min: number } | null;
  readonly params: Readonly<Record<string, ParamRule>>;
  /** Names of the outputs where there are several; empty = the value is one number. */
  readonly outputs: readonly string[];
  /** `session`: restarts every session on intraday intervals. */
  readonly reset: 'never' | 'session';
  /**
   * What is wrong with a period and params that are each allowed but do not fit together, such as a fast
   * average that is slower than the slow one; `undefined` if nothing is.
   */
  conflict?(period: number, params: Readonly<Record<string, number>>): string | undefined;
  /**
   * Bars until every output is ready: the first valid update is number `warmup`, counted in full sessions
   * from the start of a session. Where `dataDependent`, it may come later, never earlier.
   */
  warmup(settings: IndicatorSettings): number;
  /** The first value waits for something to happen in the data, such as a first swing. */
  readonly dataDependent?: true;
  /** Bars until the start of the series is forgotten to 1e-9; Infinity if never. */
  memory(settings: IndicatorSettings): number;
  create(settings: IndicatorSettings): Indicator;
}
