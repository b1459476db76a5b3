/**
 * The verbs with which programs, strategies and scanners change a running session. All of them ask here: what
 * is asked goes on the record, then to the chart that serves it between two frames.
 */
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../domain/errors.ts';
import type { Fields } from '../domain/facts.ts';
import { type Interval, tryParseInterval } from '../domain/interval.ts';
import type { SessionData } from '../domain/sessionData.ts';
import { badNumbers } from '../feeds/validation.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import type { AdhocBar, ChangeWish, Inbox, SymbolRequest } from './inbox.ts';
import type { IndicatorPlan } from './plans.ts';
import type { Origin, Recorder } from './recorder.ts';

/** Who asks, and how what is asked reaches the charts. */
export interface Asker {
  readonly addedBy: Exclude<SymbolRequest['addedBy'], 'config'>;
  /** Whom the record is to name, and the fact that led to it; null for what comes from outside. */
  origin(): Origin;
  deliver(asked: Asked): void;
  /** True if its chart may serve sooner what others wait for: then it is delivered there as well. */
  readonly servesSooner?: boolean;
}

/** What the verbs need of the run they act on. */
export interface VerbsRun {
  readonly data: SessionData;
  readonly recorder: Recorder;
  readonly inbox: Inbox;
  readonly over: boolean;
  plan(spec: IndicatorSpec): IndicatorPlan;
  /** True for a symbol in the session with everything the config asks for. */
  isLoaded(symbol: string): boolean;
  /** True for a symbol that the session has, or will have when it opens. */
  isExpected(symbol: string): boolean;
  isOfConfig(symbol: string): boolean;
}

export interface BarOptions {
  /** Replaces a bar that is already there; without it such a bar is refused. */
  readonly replace?: boolean;
}

export class Verbs {
  readonly #run: VerbsRun;
  readonly #asker: Asker;

  constructor(run: VerbsRun, asker: Asker) {
    this.#run = run;
    this.#asker = asker;
  }

  /** True if asking for a symbol leaves a fact: it is neither there nor on its way. */
  lacks(symbol: string): boolean {
    const { inbox } = this.#run;
    const outlook = inbox.outlook(symbol);
    if (outlook === 'stays') return !this.#run.isLoaded(symbol);
    return outlook === 'goes' || inbox.lastWish(symbol)!.request.light;
  }

  /** True if a symbol is on its way, so that to ask for it leaves no fact. */
  isComing(symbol: string): boolean {
    return this.#run.inbox.outlook(symbol) === 'comes' && !this.lacks(symbol);
  }

  /**
   * Asks for a symbol, unless it is there or on its way.
   *
   * @returns false if it is in the session already
   */
  addSymbol(symbol: string, streams: readonly Interval[] = []): boolean {
    const run = this.#run;
    const isLacking = this.lacks(symbol);
    const comes = run.inbox.outlook(symbol) === 'comes';
    if (comes) this.#hasten(symbol);
    if (!isLacking) return comes;
    const addedBy = run.isOfConfig(symbol) ? 'config' : this.#asker.addedBy;
    const received = this.#receive('symbol.add', { symbol, streams: [...streams] });
    this.#wish(symbol, { addedBy, streams, light: false }, received);
    return true;
  }

  /** Asks for a symbol and everything of it to go. `settle` hears an empty reason when it is gone. */
  removeSymbol(symbol: string, force: boolean, settle?: (reason: string) => void): void {
    const received = this.#receive('symbol.remove', { symbol, force });
    this.#change('symbol.remove', { kind: 'remove', symbol, force }, received, settle);
  }

  /**
   * Asks for an indicator on one symbol, which is registered for it if it is not there. Strategies and scanners
   * may ask every day: there is nothing to do for one that is there.
   *
   * @returns its key
   * @throws {UsageError} for an indicator that is none
   */
  registerIndicator(
    symbol: string,
    spec: IndicatorSpec,
    settle?: (reason: string) => void,
  ): string {
    const plan = this.#run.plan(spec);
    const detail = detailOf(symbol, plan);
    if (this.#isRegistered(symbol, detail)) {
      settle?.('');
      return plan.key;
    }
    const received = this.#receive('indicator.register', detail);
    this.#provide(symbol, received);
    this.#change('indicator.register', { kind: 'indicator', symbol, plan }, received, settle);
    return plan.key;
  }

  /** An indicator as the record has what is asked. @throws {UsageError} for an indicator that is none */
  detailOf(symbol: string, spec: IndicatorSpec) {
    return detailOf(symbol, this.#run.plan(spec));
  }

  /** True if asking for an indicator leaves a fact. @throws {UsageError} for an indicator that is none */
  lacksIndicator(symbol: string, spec: IndicatorSpec): boolean {
    return !this.#isRegistered(symbol, this.detailOf(symbol, spec));
  }

  /**
   * Asks for one base bar to be added by hand to a symbol, which is registered for it if it is not there.
   *
   * @throws {UsageError} for a bar or an interval that is none
   */
  addBar(
    symbol: string,
    interval: string,
    bar: AdhocBar,
    { replace = false }: BarOptions = {},
    settle?: (reason: string) => void,
  ): void {
    const parsed = intervalNamed(interval);
    const { opened, open, high, low, close, volume } = checkedBar(bar);
    const whole = { opened, open, high, low, close, volume };
    const detail = { symbol, interval: parsed, bar: whole, replace };
    const received = this.#receive('bar.add', detail);
    this.#provide(symbol, received);
    const wish = { kind: 'bar', symbol, interval: parsed, bar: whole, replace } as const;
    this.#change('bar.add', wish, received, settle);
  }

  /** A symbol that is neither there nor on its way is registered light: it holds what is asked for, no more. */
  #provide(symbol: string, received: number): void {
    const outlook = this.#run.inbox.outlook(symbol);
    if (outlook === 'stays' && this.#run.isExpected(symbol)) return;
    if (outlook === 'comes') {
      this.#hasten(symbol);
      return;
    }
    this.#wish(symbol, { addedBy: this.#asker.addedBy, streams: [], light: true }, received);
  }

  /** Who asked first may be served only after the one who asks now is done, and so never: be served here. */
  #hasten(symbol: string): void {
    if (!this.#asker.servesSooner) return;
    for (let left = this.#run.inbox.unbegun(symbol); left > 0; left--) {
      this.#asker.deliver({ symbol });
    }
  }

  #wish(symbol: string, request: SymbolRequest, received: number): void {
    this.#run.inbox.wish({ symbol, request, received });
    this.#asker.deliver({ symbol });
  }

  #isRegistered(symbol: string, asked: Pick<Fields<'IndicatorRegistered'>, 'key'>): boolean {
    if (this.#asker.addedBy === 'adhoc' || this.#run.inbox.outlook(symbol) === 'goes') return false;
    const slot = this.#run.data.symbols.get(symbol)?.indicators.get(asked.key);
    if (slot === undefined) return false;
    const { key, name, interval, period, params } = slot.registered;
    return isDeepStrictEqual({ symbol, key, name, interval, period, params }, asked);
  }

  #change(
    message: string,
    wish: ChangeWish,
    received: number,
    settle: ((reason: string) => void) | undefined,
  ): void {
    const change = this.#run.inbox.keep({ wish, received, message, settle });
    this.#asker.deliver({ change });
  }

  #receive(message: string, detail: Record<string, unknown>): number {
    const { recorder, over } = this.#run;
    if (over) throw new Error('the run is over: nothing can be asked of it any more');
    return recorder.append('MessageReceived', this.#asker.origin(), { message, detail });
  }
}

function detailOf(symbol: string, { key, definition, settings }: IndicatorPlan) {
  const { name, interval, period, params } = { ...settings, name: definition.name };
  return { symbol, key, name, interval, period, params: { ...params } };
}

/** @throws {UsageError} */
export function intervalNamed(text: string): Interval {
  const interval = tryParseInterval(text);
  if (interval !== null) return interval.text;
  throw new UsageError(`"${text}" is no interval: write a number and one of s, m, h, d, w`);
}

/** The last millisecond that a date can be. */
const TIME_MAX = 8.64e15;

/** @throws {UsageError} for a bar that cannot be */
export function checkedBar(bar: AdhocBar): AdhocBar {
  for (const field of ['opened', 'open', 'high', 'low', 'close', 'volume'] as const) {
    const value = bar[field];
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    throw new UsageError(`a bar needs a number as its ${field}, found ${JSON.stringify(value)}`);
  }
  if (!Number.isSafeInteger(bar.opened) || Math.abs(bar.opened) > TIME_MAX) {
    throw new UsageError(`a bar opens at epoch milliseconds, found ${bar.opened}`);
  }
  const wrong = badNumbers({ ...bar, count: 1, expected: 1 });
  if (wrong !== null) throw new UsageError(`this cannot be a bar: its ${wrong}`);
  return bar;
}
