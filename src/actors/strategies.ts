/** The actor that calls the strategies of a run, once per frame, each in its place. */
import { sentenceOf } from '../domain/errors.ts';
import type { Interval } from '../domain/interval.ts';
import type { IndicatorSlot, SymbolData } from '../domain/sessionData.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { Origin, Recorder } from './recorder.ts';
import {
  CALLBACKS,
  type NamedStrategy,
  refusePromise,
  type Signal,
  type Strategy,
  type StrategyContext,
  StrategyError,
  type Subscription,
  type Successor,
  subscriptionOf,
} from './strategy.ts';
import { warningsOf } from './strategyWarnings.ts';
import { symbolNamed } from './symbolName.ts';
import type { Lane, Track } from './track.ts';
import type { Verbs } from './verbs.ts';

type Callback = (typeof CALLBACKS)[number];

/** `shadow`: it hears everything, so that it is warm when it takes over, and nothing of it counts until then. */
type Role = 'acts' | 'shadow' | 'retired';

interface Listener {
  readonly name: string;
  readonly by: string;
  readonly strategy: Strategy;
  readonly subscription: Subscription;
  readonly context: StrategyContext;
  readonly index: number;
  /** Seq after which it takes over; 0 for those that act from the start. */
  readonly from: number;
  role: Role;
  /** What it has asked for as a shadow and would still have, in order: asked for when it takes over. */
  readonly wishes: Map<string, () => void>;
  /** Lanes whose bars it hears, and the indicators on lanes it hears, in frame order. */
  heard: Heard[];
  /** Keys of indicators it subscribes to that no symbol has had; null before there are symbols. */
  unheard: Set<string> | null;
}

interface Heard {
  readonly symbol: string;
  readonly lane: Lane;
  readonly bars: boolean;
  readonly values: readonly HeardValue[];
}

interface HeardValue {
  readonly key: string;
  readonly interval: Interval;
  readonly slot: IndicatorSlot;
  /** Which of the lane's updates it is. */
  readonly index: number;
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
  readonly #keyOf: (spec: IndicatorSpec) => string;
  /** Why a strategy that is to take over failed before; null if none did. */
  shadowFailure: string | null = null;
  /** What a callback threw that ended the run, with its stack: the record has its message only. */
  thrown: unknown;
  /** Fact the running callback is about. */
  #cause: number | null = null;

  constructor(
    parts: {
      recorder: Recorder;
      view: SessionView;
      named: readonly NamedStrategy[];
      successors?: readonly Successor[];
      /** The key of an indicator that is asked for. */
      keyOf: (spec: IndicatorSpec) => string;
      around?: Around | null;
    },
    verbsOf: VerbsOf,
  ) {
    this.#recorder = parts.recorder;
    this.#view = parts.view;
    this.#verbsOf = verbsOf;
    this.#keyOf = parts.keyOf;
    const { named, successors = [], around = null } = parts;
    const first = named.map((each, index) => ({ seq: 0, index, named: each }));
    // Who comes in the place of another is called where that one was.
    const all = [...first, ...successors].sort((a, b) => a.index - b.index || a.seq - b.seq);
    this.#listeners = all.map((each) =>
      this.#listener(around === null ? each : { ...each, named: watched(each.named, around) }),
    );
  }

  get count(): number {
    return this.#listeners.length;
  }

  get names(): readonly string[] {
    return this.#acting.map(({ name }) => name);
  }

  /** How many series they hear, those that several hear counted for each. */
  get heard(): number {
    return this.#acting.reduce((sum, { heard }) => sum + heard.length, 0);
  }

  /** What of them was probably not meant, a sentence each. */
  get warnings(): readonly string[] {
    const { symbols } = this.#recorder.data;
    const keys = new Set([...symbols.values()].flatMap(({ indicators }) => [...indicators.keys()]));
    return this.#acting.flatMap((listener) => warningsOf(listener, keys));
  }

  get #acting(): Listener[] {
    return this.#listeners.filter(({ role }) => role === 'acts');
  }

  /** Those who were shadows until fact `seq` act from here on, in the place of those who did. */
  takeOver(seq: number): void {
    for (const listener of this.#listeners) {
      if (listener.from !== seq || listener.role !== 'shadow') continue;
      const before = this.#acting.find(({ index }) => index === listener.index);
      if (before !== undefined) before.role = 'retired';
      listener.role = 'acts';
      this.#cause = seq;
      for (const ask of listener.wishes.values()) ask();
      this.#cause = null;
    }
  }

  /** Works out who hears what; called whenever symbols or indicators change. Between sessions there are none. */
  attach(tracks: readonly Track[]): void {
    const { symbols } = this.#recorder.data;
    for (const listener of this.#listeners) {
      listener.heard = tracks
        .filter((track) => hears(listener.subscription.symbols, track.symbol))
        .flatMap(({ symbol, lanes }) => {
          const owner = symbols.get(symbol);
          return owner === undefined ? [] : lanes.map((lane) => heardOf(listener, owner, lane));
        })
        .filter((heard) => heard.bars || heard.values.length > 0);
      if (symbols.size > 0) strikeHeard(listener);
    }
  }

  /** The last stage of a frame. @throws {StrategyError} when a callback throws */
  dispatch(): void {
    for (let i = 0; i < this.#listeners.length; i++) {
      const listener = this.#listeners[i]!;
      const { heard, role } = listener;
      if (role === 'retired') continue;
      for (let j = 0; j < heard.length; j++) {
        const of = heard[j]!;
        if (of.lane.freshSeq === 0) continue;
        if (of.bars) this.#tellBar(listener, of);
        if (of.values.length > 0) this.#tellValues(listener, of);
      }
    }
  }

  #tellBar(listener: Listener, { symbol, lane }: Heard): void {
    const { bars, freshSeq: seq, interval } = lane;
    const last = bars.length - 1;
    // Field by field: a bar made first and spread into another takes several times as long.
    const bar = {
      seq,
      symbol,
      interval: interval.text,
      opened: bars.get(last, 'opened'),
      open: bars.get(last, 'open'),
      high: bars.get(last, 'high'),
      low: bars.get(last, 'low'),
      close: bars.get(last, 'close'),
      volume: bars.get(last, 'volume'),
      count: bars.get(last, 'count'),
      expected: bars.get(last, 'expected'),
    };
    this.#cause = seq;
    try {
      refusePromise(listener.strategy.onBar!(bar, listener.context), 'onBar');
    } catch (error) {
      this.#fail(listener, 'onBar', error);
    }
    this.#cause = null;
  }

  #tellValues(listener: Listener, { symbol, lane, values }: Heard): void {
    for (let i = 0; i < values.length; i++) {
      const { index, key, interval, slot } = values[i]!;
      if (index >= lane.updates) continue;
      const { value, valid, seq } = slot;
      this.#cause = lane.updateSeq + index;
      try {
        const update = { symbol, key, interval, value, valid, seq };
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
      if (listener.role === 'retired') continue;
      this.#cause = cause;
      this.#run(listener, callback, () => listener.strategy[callback]?.(listener.context));
    }
  }

  /** A symbol was added mid-session and is caught up. */
  added(symbol: string, cause: number): void {
    for (const listener of this.#listeners) {
      const { strategy, context, subscription, role } = listener;
      if (role === 'retired' || !hears(subscription.symbols, symbol)) continue;
      this.#cause = cause;
      this.#run(listener, 'onSymbolAdded', () => strategy.onSymbolAdded?.(symbol, context));
    }
  }

  refused(symbol: string, reason: string, cause: number): void {
    for (const listener of this.#listeners) {
      const { strategy, context, subscription, role } = listener;
      if (role === 'retired' || !hears(subscription.symbols, symbol)) continue;
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
  #fail(listener: Listener, callback: Callback, error: unknown): void {
    const { name, by } = listener;
    const reason = sentenceOf(error);
    const cause = this.#cause;
    this.#cause = null;
    if (listener.role !== 'acts') {
      // It is no part of what happens yet; whoever wants it to take over is told.
      listener.role = 'retired';
      this.shadowFailure ??= `strategy "${name}" failed in ${callback}: ${reason}`;
      return;
    }
    this.thrown = error;
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

  #listener({ named, index, seq: from }: Successor): Listener {
    const { name, strategy, config } = named;
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
      if (listener.role !== 'acts') return;
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
        const symbol = symbolNamed(wanted);
        const ask = () => void inCallback('ensureSymbol').addSymbol(symbol);
        if (!wished(`symbol ${symbol}`, ask)) ask();
      },
      registerIndicator: (wanted, spec) => {
        const symbol = symbolNamed(wanted);
        const ask = () => inCallback('registerIndicator').registerIndicator(symbol, spec);
        const key = listener.role !== 'acts' ? this.#keyOf(spec) : '';
        return wished(`indicator ${symbol} ${key}`, ask) ? key : ask();
      },
      addBar: (wanted, interval, bar, options) => {
        const ask = () => inCallback('addBar').addBar(symbolNamed(wanted), interval, bar, options);
        // A bar belongs to its time: it is not added later.
        if (listener.role === 'acts') ask();
      },
      removeSymbol: (wanted) => {
        const symbol = symbolNamed(wanted);
        const ask = () => inCallback('removeSymbol').removeSymbol(symbol, false);
        if (!wished(`symbol ${symbol}`, ask)) ask();
      },
      get now() {
        return recorder.at;
      },
    };
    const subscription = subscriptionOf(name, strategy, config);
    const role: Role = from === 0 ? 'acts' : 'shadow';
    const wishes = new Map<string, () => void>();
    const about = { name, by, strategy, subscription, context };
    const listener: Listener = { ...about, index, from, role, wishes, heard: [], unheard: null };
    /** True for a shadow: what it asks for is kept; of what it asks for again, the last wish counts. */
    const wished = (what: string, ask: () => unknown): boolean => {
      if (listener.role === 'acts') return false;
      this.#requireCallback('a verb');
      listener.wishes.delete(what);
      listener.wishes.set(what, () => void ask());
      return true;
    };
    return listener;
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

function heardOf(listener: Listener, { symbol, indicators }: SymbolData, lane: Lane): Heard {
  const { strategy, subscription } = listener;
  const interval = lane.interval.text;
  const bars = strategy.onBar !== undefined && hears(subscription.bars, interval);
  const wantsValues = strategy.onIndicator !== undefined;
  const values = lane.runners
    .map(({ key }, index) => ({ key, interval, slot: indicators.get(key)!, index }))
    .filter(({ key }) => wantsValues && hears(subscription.indicators, key));
  return { symbol, lane, bars, values };
}

/** Most listeners have none left after the first time. */
function strikeHeard(listener: Listener): void {
  const { strategy, subscription, heard } = listener;
  const wanted = strategy.onIndicator === undefined ? [] : (subscription.indicators ?? []);
  listener.unheard ??= new Set(wanted);
  if (listener.unheard.size === 0) return;
  for (const { values } of heard) for (const { key } of values) listener.unheard.delete(key);
}

function hears(wanted: readonly string[] | undefined, name: string): boolean {
  return wanted === undefined || wanted.includes(name);
}
