/** The contract of a scanner, as users write one: it looks over the market and finds symbols for the session. */
import type { Session } from '../domain/calendar/calendar.ts';
import type { ActiveSession } from '../domain/sessionData.ts';
import type { SessionView, SymbolView } from '../domain/sessionView.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { AdhocBar } from './inbox.ts';
import type { BarOptions } from './verbs.ts';

export interface ScannerContext<Config = unknown> {
  readonly view: SessionView;
  /** The clock; before the session it stands at the open. */
  readonly now: MarketTime;
  /** The session that is open or about to open. */
  readonly session: ActiveSession;
  readonly config: Config;
  /** The session of any date; null if the market is closed. */
  sessionOf(date: TradingDate): Session | null;
  /** Adds a symbol unless it is there. Resolves when it is loaded; to `undefined` if it is refused. */
  ensureSymbol(symbol: string): Promise<SymbolView | undefined>;
  /**
   * Registers an indicator on one symbol. A symbol that is not there is registered light: it holds only this and
   * its warm-up, and is not fed. Resolves to the key.
   */
  registerIndicator(symbol: string, spec: IndicatorSpec): Promise<string>;
  /** Adds a base bar by hand. @throws {Error} later, if it is refused */
  addBar(symbol: string, interval: string, bar: AdhocBar, options?: BarOptions): Promise<void>;
  /** Removes a symbol that is neither the config's nor locked. @throws {Error} later, if it is refused */
  removeSymbol(symbol: string): Promise<void>;
  /** Protects a symbol of the session from being removed until every lock on it is gone, or the day ends. */
  lock(symbol: string): void;
  unlock(symbol: string): void;
  /** True if the last scan of another scanner found it today. */
  isFoundByOthers(symbol: string): boolean;
  /** Symbols of a file, one a line, `#` for comments; relative to the config. What was read is recorded. */
  universe(path: string): readonly string[];
}

export interface ScanResult {
  /** What was found, best first; what is not in the session yet is added to it. */
  readonly symbols: readonly string[];
  /** Anything that JSON can hold, such as the figures the choice rests on. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What a scanner needs of every symbol it looks at. */
export interface ScannerNeeds {
  /** Intervals. Those the config does not ask for are added to the run. */
  readonly bars?: readonly string[];
  /** Bars of earlier days. */
  readonly history?: readonly {
    readonly trailing_days: number;
    readonly intervals: readonly string[];
  }[];
}

/** What a scanner can look at before the run is opened, to refuse what it could not work with. */
export interface ScannerOpening {
  /** Symbols of a universe file. What counts is what a session reads, which is recorded. */
  universe(path: string): readonly string[];
}

export interface Scanner<Config = unknown> {
  /** Asked once, before anything is loaded. @throws {UsageError} for settings that cannot be served */
  subscribe?(config: Config, opening: ScannerOpening): ScannerNeeds;
  /** Before every session. */
  setup?(context: ScannerContext<Config>): void | Promise<void>;
  scan(context: ScannerContext<Config>): ScanResult | Promise<ScanResult>;
  /** After every session: its symbols are gone from the view. What is to stay away tomorrow is removed here. */
  teardown?(context: ScannerContext<Config>): void | Promise<void>;
}
