/**
 * Strategies: the contract users write against, and the actor that calls them once per frame.
 *
 * A strategy reads through the SessionView, which shows nothing after the clock, and decides by emitting
 * signals. Its callbacks are synchronous: a run must not depend on how long they take.
 */

import type { Bar } from '../domain/bars.ts';
import { sentenceOf } from '../domain/errors.ts';
import { valueFrom } from '../domain/frame.ts';
import { tryParseInterval } from '../domain/interval.ts';
import type { IndicatorView, SessionView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { AdhocBar } from './inbox.ts';
import type { Origin, Recorder } from './recorder.ts';
import { symbolNamed } from './symbolName.ts';
import type { Lane, Runner, Track } from './track.ts';
import type { BarOptions, Verbs } from './verbs.ts';

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
  /** What it would carry over if a run were resumed; nothing resumes runs yet, so neither is called. */
  save?(): State;
  restore?(state: State): void;
}

/** A strategy with its name and config, made once per run. */
export interface NamedStrategy {
  readonly name: string;
  readonly strategy: Strategy;
  readonly config: unknown;
}

/** A callback that threw; the fact `StrategyFailed` is already recorded. */
export class StrategyError extends Error {
  override name = 'StrategyError';
}

const CALLBACKS = [
  'setup',
  'onSessionStart',
  'onBar',
  'onIndicator',
  'onSymbolAdded',
  'onSymbolRefused',
  'onSessionEnd',
  'teardown',
] as const;
type Callback = (typeof CALLBACKS)[number];

interface Listener {
  readonly name: string;
  readonly by: string;
  readonly strategy: Strategy;
  readonly subscription: Subscription;
  readonly context: StrategyContext;
  /** Lanes whose bars it hears, and the indicators on lanes it hears, in frame order. */
  heard: Heard[];
}

interface Heard {
  readonly symbol: string;
  readonly lane: Lane;
  readonly bars: boolean;
  readonly runners: readonly Runner[];
}

/** Gives a strategy its verbs; `origin` is asked whenever one is used. */
type VerbsOf = (origin: () => Origin) => Verbs;

/** Calls back on behalf of a strategy or scanner, such as `strategy "sma-cross"`, and looks on. */
export type Around = <T>(who: string, call: () => T) => T;

export class Strategies {
  readonly #recorder: Recorder;
  readonly #view: SessionView;
  readonly #verbsOf: VerbsOf;
  readonly #listeners: Listener[];
  /** Fact the running callback is about. */
  #cause: number | null = null;

  constructor(
    parts: {
      recorder: Recorder;
      view: SessionView;
      named: readonly NamedStrategy[];
      around?: Around | null;
    },
    verbsOf: VerbsOf,
  ) {
    this.#recorder = parts.recorder;
    this.#view = parts.view;
    this.#verbsOf = verbsOf;
    const { named, around = null } = parts;
    const called = around === null ? named : named.map((each) => watched(each, around));
    this.#listeners = called.map((strategy) => this.#listener(strategy));
  }

  get count(): number {
    return this.#listeners.length;
  }

  get names(): readonly string[] {
    return this.#listeners.map(({ name }) => name);
  }

  /** How many series they hear, those that several hear counted for each. */
  get heard(): number {
    return this.#listeners.reduce((sum, { heard }) => sum + heard.length, 0);
  }

  /** Works out who hears what; called whenever symbols or indicators change. */
  attach(tracks: readonly Track[]): void {
    for (const listener of this.#listeners) {
      listener.heard = tracks
        .filter((track) => hears(listener.subscription.symbols, track.symbol))
        .flatMap((track) => track.lanes.map((lane) => heardOf(listener, track.symbol, lane)))
        .filter((heard) => heard.bars || heard.runners.length > 0);
    }
  }

  /** The last stage of a frame. @throws {StrategyError} when a callback throws */
  dispatch(): void {
    for (let i = 0; i < this.#listeners.length; i++) {
      const listener = this.#listeners[i]!;
      const { heard } = listener;
      for (let j = 0; j < heard.length; j++) {
        const of = heard[j]!;
        if (of.lane.freshSeq === 0) continue;
        if (of.bars) this.#tellBar(listener, of);
        if (of.runners.length > 0) this.#tellValues(listener, of);
      }
    }
  }

  #tellBar(listener: Listener, { symbol, lane }: Heard): void {
    const { columns, freshSeq: seq, interval } = lane;
    const bar = { seq, symbol, interval: interval.text, ...columns.at(columns.length - 1) };
    this.#cause = seq;
    try {
      refusePromise(listener.strategy.onBar!(bar, listener.context), 'onBar');
    } catch (error) {
      this.#fail(listener, 'onBar', error);
    }
    this.#cause = null;
  }

  #tellValues(listener: Listener, { symbol, runners }: Heard): void {
    const { data } = this.#recorder;
    for (let i = 0; i < runners.length; i++) {
      const { freshSeq, series, key } = runners[i]!;
      if (freshSeq === 0) continue;
      // Where a symbol has just been removed, the short cut is not there yet.
      const slot =
        data.indicatorsBySeries[series] ?? data.symbols.get(symbol)!.indicators.get(key)!;
      const { interval, outputs } = slot.registered;
      const value = valueFrom(outputs, slot.cells, 0);
      this.#cause = freshSeq;
      try {
        const update = { symbol, key, interval, value, valid: slot.valid, seq: slot.seq };
        refusePromise(listener.strategy.onIndicator!(update, listener.context), 'onIndicator');
      } catch (error) {
        this.#fail(listener, 'onIndicator', error);
      }
      this.#cause = null;
    }
  }

  /** Calls one callback of every strategy, outside of frames. */
  notify(callback: 'setup' | 'onSessionStart' | 'onSessionEnd' | 'teardown', cause: number): void {
    for (const listener of this.#listeners) {
      this.#cause = cause;
      this.#run(listener, callback, () => listener.strategy[callback]?.(listener.context));
    }
  }

  /** A symbol was added mid-session and is caught up. */
  added(symbol: string, cause: number): void {
    for (const listener of this.#listeners) {
      const { strategy, context, subscription } = listener;
      if (!hears(subscription.symbols, symbol)) continue;
      this.#cause = cause;
      this.#run(listener, 'onSymbolAdded', () => strategy.onSymbolAdded?.(symbol, context));
    }
  }

  refused(symbol: string, reason: string, cause: number): void {
    for (const listener of this.#listeners) {
      const { strategy, context, subscription } = listener;
      if (!hears(subscription.symbols, symbol)) continue;
      this.#cause = cause;
      this.#run(listener, 'onSymbolRefused', () =>
        strategy.onSymbolRefused?.(symbol, reason, context),
      );
    }
  }

  #run(listener: Listener, callback: Callback, call: () => unknown): void {
    try {
      refusePromise(call(), callback);
    } catch (error) {
      this.#fail(listener, callback, error);
    }
    this.#cause = null;
  }

  /** @throws {StrategyError} with what the callback threw, which is on the record from here on */
  #fail({ name, by }: Listener, callback: Callback, error: unknown): never {
    const reason = sentenceOf(error);
    const cause = this.#cause;
    this.#cause = null;
    const fields = { strategy: name, callback, reason };
    this.#recorder.append('StrategyFailed', { by, cause }, fields);
    const message = `strategy "${name}" failed in ${callback}: ${reason}`;
    throw new StrategyError(message, { cause: error });
  }

  /** A decision has a cause, which only a running callback has. */
  #requireCallback(verb: string): void {
    if (this.#cause !== null) return;
    throw new Error(`${verb} was called outside of a callback: call it while one runs`);
  }

  #listener({ name, strategy, config }: NamedStrategy): Listener {
    const recorder = this.#recorder;
    const by = `session/strategy/${name}`;
    const emit = (signal: Signal) => {
      const { symbol, side, strength = 1, reason = '' } = signal;
      this.#requireCallback('emit');
      if (typeof symbol !== 'string' || symbol === '')
        throw new TypeError('a signal needs a symbol');
      if (typeof side !== 'string' || side === '') {
        throw new TypeError('a signal needs a side, such as "buy" or "sell"');
      }
      if (!Number.isFinite(strength)) {
        throw new TypeError(`the strength of a signal is a number, found ${strength}`);
      }
      recorder.append(
        'SignalEmitted',
        { by, cause: this.#cause },
        { strategy: name, symbol, side, strength, reason },
      );
    };
    const verbs = this.#verbsOf(() => ({ by, cause: this.#cause }));
    /** The verbs, once it is sure that a callback runs. */
    const inCallback = (verb: string) => {
      this.#requireCallback(verb);
      return verbs;
    };
    const view = this.#view;
    const context: StrategyContext = {
      view,
      config,
      emit,
      ensureSymbol: (wanted) => {
        inCallback('ensureSymbol').addSymbol(symbolNamed(wanted));
      },
      registerIndicator: (wanted, spec) =>
        inCallback('registerIndicator').registerIndicator(symbolNamed(wanted), spec),
      addBar: (wanted, interval, bar, options) =>
        inCallback('addBar').addBar(symbolNamed(wanted), interval, bar, options),
      removeSymbol: (wanted) => inCallback('removeSymbol').removeSymbol(symbolNamed(wanted), false),
      get now() {
        return recorder.at;
      },
    };
    const subscription = subscriptionOf(name, strategy, config);
    return { name, by, strategy, subscription, context, heard: [] };
  }
}

/** The same strategy, with somebody who looks on at every callback. */
function watched({ name, strategy, config }: NamedStrategy, around: Around): NamedStrategy {
  const who = `strategy "${name}"`;
  const looked: Record<string, unknown> = { subscribe: strategy.subscribe?.bind(strategy) };
  for (const callback of CALLBACKS) {
    const call = strategy[callback] as ((...args: unknown[]) => unknown) | undefined;
    if (call === undefined) continue;
    looked[callback] = (...args: unknown[]) => around(who, () => call.apply(strategy, args));
  }
  return { name, config, strategy: looked as Strategy };
}

/** What a strategy asks for, intervals in canonical spelling. @throws {StrategyError} */
export function subscriptionOf(name: string, strategy: Strategy, config: unknown): Subscription {
  let asked: Subscription;
  try {
    asked = strategy.subscribe?.(config) ?? {};
    if (isThenable(asked)) throw new TypeError('it returned a promise; it is synchronous');
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

function heardOf(listener: Listener, symbol: string, lane: Lane): Heard {
  const { strategy, subscription } = listener;
  const bars = strategy.onBar !== undefined && hears(subscription.bars, lane.interval.text);
  const wantsValues = strategy.onIndicator !== undefined;
  const runners = wantsValues
    ? lane.runners.filter((runner) => hears(subscription.indicators, runner.key))
    : [];
  return { symbol, lane, bars, runners };
}

function hears(wanted: readonly string[] | undefined, name: string): boolean {
  return wanted === undefined || wanted.includes(name);
}

/** A run must not depend on how long a callback takes. @throws {TypeError} */
function refusePromise(returned: unknown, callback: Callback): void {
  if (!isThenable(returned)) return;
  returned.then(undefined, () => {});
  throw new TypeError(`${callback} returned a promise; strategy callbacks are synchronous`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
