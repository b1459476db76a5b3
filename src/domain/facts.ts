/**
 * The recorded facts of a run: what the log stores, in the past tense, keys as they appear in JSON.
 *
 * A fact is never changed and never means two things. To change a shape, add a new type and an upcaster;
 * never widen a field here. Facts hold no run id, absolute path, host time or engine version: the manifest does.
 */
import { z } from 'zod';
import type { MarketTime, TradingDate } from './time.ts';

const symbol = z.string().min(1);
const interval = z.string().min(2);
const date = z.string().length(10);
const time = z.number();
const count = z.int().nonnegative();
/** True on facts about the past that a symbol added mid-session is caught up with. */
const catchup = z.literal(true).optional();
const free = z.record(z.string(), z.unknown());
const scanSchedule = z.enum(['pre_session', 'regular_session']);

/** Where consecutive bars come from: file name, its SHA-256, line of the first one, how many. */
const provenance = z.array(
  z.strictObject({
    source: z.string(),
    file: z.string().nullable(),
    fingerprint: z.string(),
    first_line: count,
    bars: count,
  }),
);
export type ProvenanceRecord = z.output<typeof provenance>[number];

/** Fields of every fact that travels as an object; bars and indicator values travel in blocks (`frame.ts`). */
export const CONTROL_FACTS = {
  /** Input: `config` is canonical, with paths replaced by the fingerprints in `data`, per symbol. */
  RunStarted: z.object({ config: free, data: z.record(z.string(), z.string()) }),
  StreamsValidated: z.object({
    base: interval,
    derived: z.array(interval),
    symbols: z.record(z.string(), z.array(interval)),
    window: z.object({ start: date, end: date, sessions: count }),
    missing: z.array(z.object({ symbol, dates: z.array(date) })),
  }),
  StreamValidationFailed: z.object({ problems: z.array(z.string()) }),
  PhaseEntered: z.object({ phase: count, name: z.string(), date: date.nullable() }),
  PhaseLeft: z.object({ phase: count, name: z.string(), date: date.nullable() }),
  /** A change of a chart's state; `from` is null when the chart starts. Nested states are dotted. */
  TransitionTaken: z.object({
    actor: z.string(),
    message: z.string(),
    from: z.string().nullable(),
    to: z.string(),
  }),
  /** The clock jumped to `at`: to a session's open, or over minutes without data to its close. */
  ClockAdvanced: z.object({ from: time, to: time }),
  SessionTornDown: z.object({ date, symbols: count }),
  QueuesCleared: z.object({ date, bars: count }),
  SymbolRegistered: z.object({
    symbol,
    base: interval,
    intervals: z.array(interval),
    added_by: z.enum(['config', 'strategy', 'scanner', 'adhoc']),
    auto_provisioned: z.boolean(),
    upgraded_from_adhoc: z.boolean(),
    meets_session_config_requirements: z.boolean(),
  }),
  SymbolRefused: z.object({ symbol, reason: z.string() }),
  SymbolRemoved: z.object({ symbol, reason: z.string() }),
  /** What a light symbol held gives way to the full load that follows. */
  SymbolUpgraded: z.object({ symbol }),
  /** A symbol of the session gets a further derived interval. */
  IntervalAdded: z.object({ symbol, interval }),
  /** Protects a symbol from being removed while it is in the session. */
  SymbolLocked: z.object({ symbol, holder: z.string() }),
  SymbolUnlocked: z.object({ symbol, holder: z.string() }),
  /** `lag_seconds`: from the end of the symbol's newest bar to the clock. */
  SymbolLagging: z.object({ symbol, lag_seconds: z.number() }),
  SymbolCaughtUp: z.object({ symbol }),
  HistoricalDataAugmented: z.object({
    symbol,
    interval,
    trading_days: count,
    needed_by: z.array(z.string()),
  }),
  IndicatorRegistered: z.object({
    symbol,
    key: z.string(),
    name: z.string(),
    interval,
    period: count,
    params: z.record(z.string(), z.number()),
    outputs: z.array(z.string()),
    warmup: count,
  }),
  /**
   * Calculated before a session from earlier days; `config` says what. One value, or one for each minute
   * from `open` on. `from` and `to` bound the days it may be made of; `days` and `bars` had any.
   */
  HistoricalIndicatorCalculated: z.object({
    symbol,
    key: z.string(),
    config: free,
    value: z.union([
      z.number(),
      z.record(z.string(), z.number().nullable()),
      z.array(z.number().nullable()),
      z.null(),
    ]),
    open: time,
    from: date.nullable(),
    to: date.nullable(),
    days: count,
    bars: count,
  }),
  HistoricalQualityScored: z.object({
    symbol,
    interval,
    quality: z.number(),
    present: count,
    expected: count,
  }),
  QueueLoaded: z.object({ symbol, interval, date, bars: count, provenance }),
  /** Bars of the day outside the regular session, which are not fed. */
  BarsLeftOut: z.object({ symbol, interval, date, bars: count }),
  /** Bad rows left out under `on_bad_row: "skip"`; the first few lines by number. */
  RowsSkipped: z.object({
    symbol,
    interval,
    date,
    rows: count,
    lines: z.array(z.object({ file: z.string(), line: count, reason: z.string() })),
  }),
  /** What an actor has in its care from here on; symbols added later come on top, symbols removed go. */
  ActorSetUp: z.object({ actor: z.string(), allocated: free }),
  /** All that it had in its care: with nothing added or removed, what its setup allocated. */
  ActorTornDown: z.object({ actor: z.string(), released: free }),
  SessionActivated: z.object({ date, open: time, close: time, symbols: z.array(symbol) }),
  QualityScored: z.object({
    symbol,
    interval,
    quality: z.number(),
    present: count,
    expected: count,
  }),
  /** `end` is exclusive; `missing` counts bars of `interval`. */
  GapDetected: z.object({ symbol, interval, start: time, end: time, missing: count, catchup }),
  /** A bar that came late: `start` up to `end` (exclusive) is no gap any more. */
  GapFilled: z.object({ symbol, interval, start: time, end: time, filled: count }),
  /** A bar of a window that had closed, as it would have been; `corrects` is the seq of the one it replaces. */
  BarCorrected: z.object({
    symbol,
    interval,
    corrects: count,
    opened: time,
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
    count,
    expected: count,
  }),
  /** Input: symbols that a scanner read from a file. */
  UniverseRead: z.object({
    scanner: z.string(),
    file: z.string(),
    fingerprint: z.string(),
    symbols: z.array(symbol),
  }),
  ScanStarted: z.object({ scanner: z.string(), schedule: scanSchedule }),
  ScanCompleted: z.object({
    scanner: z.string(),
    schedule: scanSchedule,
    symbols: z.array(symbol),
    metadata: free,
  }),
  /** The scanner is out for the session. */
  ScanFailed: z.object({ scanner: z.string(), callback: z.string(), reason: z.string() }),
  MessageReceived: z.object({ message: z.string(), detail: free }),
  MessageRefused: z.object({ message: z.string(), state: z.string(), reason: z.string() }),
  SignalEmitted: z.object({
    strategy: z.string(),
    symbol,
    side: z.string(),
    strength: z.number(),
    reason: z.string(),
  }),
  StrategyFailed: z.object({ strategy: z.string(), callback: z.string(), reason: z.string() }),
  SessionEnded: z.object({ date, bars: count, symbols: z.array(symbol) }),
  RunCompleted: z.object({ sessions: count }),
  RunStopped: z.object({ phase: count, sessions: count }),
  RunFailed: z.object({ reason: z.string(), phase: count }),
} as const;

export type ControlType = keyof typeof CONTROL_FACTS;
export type Fields<T extends ControlType> = z.output<(typeof CONTROL_FACTS)[T]>;

/** What every fact has besides its fields. */
export interface Envelope {
  /** 1, 2, 3 … without gap: the only order. */
  readonly seq: number;
  readonly at: MarketTime;
  /** Stable path of the actor that recorded it, such as `session/processor`. */
  readonly by: string;
  /**
   * Seq of the fact that led to it. Null marks an input: the config, what was read from a feed, bars fed, and
   * messages from outside. Everything else is a decision, which the same inputs bring about again.
   */
  readonly cause: number | null;
}

export type ControlFactOf<T extends ControlType> = Envelope & { readonly type: T } & Readonly<
    Fields<T>
  >;
export type ControlFact = { [T in ControlType]: ControlFactOf<T> }[ControlType];

interface BarFactOf<T extends 'BarAppended' | 'BarDerived'> extends Envelope {
  readonly type: T;
  readonly symbol: string;
  readonly interval: string;
  /** Start of the half-open window. */
  readonly opened: MarketTime;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Base bars it holds, of how many it could. */
  readonly count: number;
  readonly expected: number;
  readonly catchup?: boolean;
  readonly adhoc?: boolean;
}

export type BarFact = BarFactOf<'BarAppended'> | BarFactOf<'BarDerived'>;

export interface IndicatorFact extends Envelope {
  readonly type: 'IndicatorUpdated';
  readonly symbol: string;
  readonly key: string;
  /** null until any output exists; outputs not ready inside an object are null. */
  readonly value: number | Readonly<Record<string, number | null>> | null;
  /** True when all outputs are ready. */
  readonly valid: boolean;
  readonly catchup?: boolean;
  /** Seq of the update this one replaces, because a bar it rests on was corrected. */
  readonly corrects?: number;
}

/**
 * Days of bars that the log holds elsewhere: in an earlier fact of this type, which may in turn name where, or
 * as a session's bars from `seq` on.
 */
export interface HeldBars {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly seq: number;
}

/** Bars before the session, from trading day `from` to `to`: `columns` has those the log did not hold yet. */
export interface HistoryFact extends Envelope {
  readonly type: 'HistoricalBarsLoaded';
  readonly symbol: string;
  readonly interval: string;
  /** The stored interval its bars come from: itself, or what they are derived from. */
  readonly source: string;
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** First day strategies see; null where all of it only warms indicators. */
  readonly visible_from: TradingDate | null;
  /** The days whose bars are in `columns`, in order. */
  readonly days: readonly { readonly date: TradingDate; readonly bars: number }[];
  readonly held: readonly HeldBars[];
  readonly provenance: readonly ProvenanceRecord[];
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

export type Fact = ControlFact | BarFact | IndicatorFact | HistoryFact;
export type FactType = Fact['type'];
export type FactOf<T extends FactType> = Extract<Fact, { type: T }>;
