/**
 * Strategies: the contract users write against.
 *
 * A strategy reads through the SessionView, which shows nothing after the clock, and decides by emitting
 * signals. Its callbacks are synchronous: a run must not depend on how long they take.
 */
import type { Bar } from '../domain/bars.ts';
import { sentenceOf } from '../domain/errors.ts';
import { tryParseInterval } from '../domain/interval.ts';
import type { IndicatorView, SessionView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { AdhocBar } from './inbox.ts';
import type { BarOptions } from './verbs.ts';

/** A closed bar as a strategy gets it; a fresh object, its own to keep. */
export interface StrategyBar extends Bar {
  readonly seq: number;
  readonly symbol: string;
  readonly interval: string;
}

/** A new value of an indicator. */
export interface IndicatorUpdate extends Omit<IndicatorView, 'updated'> {
  readonly symbol: string;
}

export interface Signal {
  readonly symbol: string;
  /** Such as `buy`, `sell`, `flat`. */
  readonly side: string;
  /** Default 1. */
  readonly strength?: number;
  /** For people; default empty. */
  readonly reason?: string;
}

export interface StrategyContext<Config = unknown> {
  readonly view: SessionView;
  /** The clock. */
  readonly now: MarketTime;
  readonly config: Config;
  /** Records a signal, caused by the bar or value this callback is about. */
  emit(signal: Signal): void;
  /** Adds a symbol before the next frame, unless it is there; `onSymbolAdded` or `onSymbolRefused` follows. */
  ensureSymbol(symbol: string): void;
  /** Registers an indicator on one symbol before the next frame, unless it is there. @returns its key */
  registerIndicator(symbol: string, spec: IndicatorSpec): string;
  /** Adds a base bar by hand before the next frame; what is refused is a MessageRefused in the log. */
  addBar(symbol: string, interval: string, bar: AdhocBar, options?: BarOptions): void;
  /** Removes a symbol before the next frame, unless it is the config's or locked. */
  removeSymbol(symbol: string): void;
}

/** What a strategy wants to be called for; what is absent means all. */
export interface Subscription {
  /** Intervals. Those the config does not ask for are added to the run. */
  readonly bars?: readonly string[];
  /** Indicator keys. */
  readonly indicators?: readonly string[];
  readonly symbols?: readonly string[];
}

export interface Strategy<Config = unknown, State = undefined> {
  subscribe?(config: Config): Subscription;
  setup?(context: StrategyContext<Config>): void;
  onSessionStart?(context: StrategyContext<Config>): void;
  onBar?(bar: StrategyBar, context: StrategyContext<Config>): void;
  onIndicator?(update: IndicatorUpdate, context: StrategyContext<Config>): void;
  onSymbolAdded?(symbol: string, context: StrategyContext<Config>): void;
  onSymbolRefused?(symbol: string, reason: string, context: StrategyContext<Config>): void;
  onSessionEnd?(context: StrategyContext<Config>): void;
  teardown?(context: StrategyContext<Config>): void;
  /**
   * Its state as plain data, for who embeds a strategy and wants to carry that over with `restore`. The engine calls
   * neither: it resumes and forks a run by executing it again from its first frame, which needs no saved state.
   */
  save?(): State;
  restore?(state: State): void;
}

/** What the engine calls while a run goes on. */
export const CALLBACKS = [
  'setup',
  'onSessionStart',
  'onBar',
  'onIndicator',
  'onSymbolAdded',
  'onSymbolRefused',
  'onSessionEnd',
  'teardown',
] as const;

/** A strategy with its name and config, made once per run. */
export interface NamedStrategy {
  readonly name: string;
  readonly strategy: Strategy;
  readonly config: unknown;
}

/** A strategy that takes over from the one in its place after some fact. */
export interface Successor {
  readonly seq: number;
  /** Of the strategy in whose place it comes; beyond the last one: in nobody's. */
  readonly index: number;
  readonly named: NamedStrategy;
}

/** A callback that threw; the fact `StrategyFailed` is already recorded. */
export class StrategyError extends Error {
  override name = 'StrategyError';
}

/** What a strategy asks for, intervals in canonical spelling. @throws {StrategyError} */
export function subscriptionOf(name: string, strategy: Strategy, config: unknown): Subscription {
  let asked: Subscription;
  try {
    asked = strategy.subscribe?.(config) ?? {};
    refusePromise(asked, 'it', 'it is synchronous');
  } catch (error) {
    const reason = sentenceOf(error);
    throw new StrategyError(`strategy "${name}" failed in subscribe: ${reason}`, { cause: error });
  }
  if (asked.bars === undefined) return asked;
  const bars = asked.bars.map((text) => {
    const interval = tryParseInterval(text);
    if (interval === null) {
      throw new StrategyError(`strategy "${name}" subscribes to "${text}", which is no interval`);
    }
    return interval.text;
  });
  return { ...asked, bars };
}

/** A run must not depend on how long a callback takes. @throws {TypeError} */
export function refusePromise(
  returned: unknown,
  callback: string,
  rule = 'strategy callbacks are synchronous',
): void {
  if (!isThenable(returned)) return;
  // Nobody waits for it: should it be rejected, that is not unhandled.
  returned.then(undefined, () => {});
  throw new TypeError(`${callback} returned a promise; ${rule}`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
