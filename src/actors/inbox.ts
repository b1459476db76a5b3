/**
 * What is asked of a session while it runs, from the moment it is asked to its answer: symbols to load, and
 * changes that need no load. The charts say when each is served.
 */
import type { Bar } from '../domain/bars.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import type { IndicatorPlan } from './plans.ts';

/** A symbol asked for while the run goes on; it stays for the sessions to come. */
export interface SymbolRequest {
  readonly addedBy: 'config' | 'strategy' | 'scanner' | 'adhoc';
  /** Intervals beside those of the config. */
  readonly streams: readonly Interval[];
  /** True if only single bars or indicators were asked for: it is not fed. */
  readonly light: boolean;
  /** True once it has been light before it was asked for in full. */
  readonly upgraded?: boolean;
}

/** What became of a wish for a symbol. */
export type AddResult =
  | { readonly added: true; readonly symbol: string }
  /** `loaded`: it was there already, which is no failure. */
  | {
      readonly added: false;
      readonly symbol: string;
      readonly loaded: boolean;
      readonly reason: string;
    };

/** A wish for a symbol, until it is there or refused. */
export interface SymbolWish {
  readonly symbol: string;
  readonly request: SymbolRequest;
  /** Seq of the MessageReceived that asked for it. */
  readonly received: number;
  /** Who waits for the answer. */
  readonly waiting: ((result: AddResult) => void)[];
  /** Puts back what the engine knew of the symbol before the wish was served; null until it is. */
  undo: (() => void) | null;
  /** Set where no load was needed, or none was possible. */
  result: AddResult | null;
}

/** A bar as it is added by hand: its window starts at `opened`. */
export type AdhocBar = Pick<Bar, 'opened' | 'open' | 'high' | 'low' | 'close' | 'volume'>;

export type ChangeWish =
  | { readonly kind: 'remove'; readonly symbol: string; readonly force: boolean }
  | { readonly kind: 'indicator'; readonly symbol: string; readonly plan: IndicatorPlan }
  | {
      readonly kind: 'bar';
      readonly symbol: string;
      readonly interval: Interval;
      readonly bar: AdhocBar;
      readonly replace: boolean;
    };

/** A change that waits to be made between two frames. */
export interface Change {
  readonly wish: ChangeWish;
  /** Seq of the MessageReceived that asked for it. */
  readonly received: number;
  /** The message's name, for when it is refused. */
  readonly message: string;
  /** Told how it ended; an empty reason means that it was made. Absent if nobody waits. */
  readonly settle?: ((reason: string) => void) | undefined;
}

/** What is to become of a symbol once everything asked for so far is served. */
export type Outlook = 'comes' | 'goes' | 'stays';

/** A strategy that asks again whenever it is refused ends here. */
const PUTS_MAX = 100;

export class Inbox {
  /** What strategies have asked for since the chart last looked. */
  #asked: Asked[] = [];
  readonly #changes = new Map<number, Change>();
  /** Symbols asked for, each in the order of asking, by the number of the wish. */
  readonly #wishes = new Map<string, Map<number, SymbolWish>>();
  #number = 0;
  /** How often each symbol was put in at one instant. */
  #puts = { at: 0, counts: new Map<string, number>() };

  get isEmpty(): boolean {
    return this.#asked.length === 0;
  }

  /** How much the chart has yet to take. */
  get size(): number {
    return this.#asked.length;
  }

  /**
   * Puts something in for the chart to take at the end of the slice.
   *
   * @throws {Error} if a symbol is asked for over and over: the clock would never go on
   */
  put(asked: Asked, at: MarketTime): void {
    this.#asked.push(asked);
    if (!('symbol' in asked)) return;
    if (this.#puts.at !== at) this.#puts = { at, counts: new Map() };
    const { symbol } = asked;
    const count = (this.#puts.counts.get(symbol) ?? 0) + 1;
    this.#puts.counts.set(symbol, count);
    if (count < PUTS_MAX) return;
    throw new Error(`"${symbol}" was asked for ${count} times at one instant: ask again later`);
  }

  /** What was put in so far, in that order; it is the caller's now. */
  take(): readonly Asked[] {
    const taken = this.#asked;
    this.#asked = [];
    return taken;
  }

  /** Keeps a change until it is answered. @returns its number */
  keep(change: Change): number {
    this.#number += 1;
    this.#changes.set(this.#number, change);
    return this.#number;
  }

  /** The change of that number, unless it is answered. */
  change(number: number): Change | undefined {
    return this.#changes.get(number);
  }

  /** Tells who asked for a change how it ended; it is forgotten then. */
  answerChange(number: number, reason: string): void {
    const change = this.#changes.get(number);
    this.#changes.delete(number);
    change?.settle?.(reason);
  }

  /** Every change that is not answered. */
  get unmade(): readonly number[] {
    return [...this.#changes.keys()];
  }

  /** True while a change of `symbol` waits. */
  hasChangesOf(symbol: string): boolean {
    for (const { wish } of this.#changes.values()) if (wish.symbol === symbol) return true;
    return false;
  }

  /** Keeps a wish for a symbol until it is answered. */
  wish({ symbol, request, received }: Pick<SymbolWish, 'symbol' | 'request' | 'received'>): void {
    this.#number += 1;
    const wish = { symbol, request, received, waiting: [], undo: null, result: null };
    const known = this.#wishes.get(symbol);
    if (known === undefined) this.#wishes.set(symbol, new Map([[this.#number, wish]]));
    else known.set(this.#number, wish);
  }

  /** The wish for `symbol` that is served next, or being served. */
  firstWish(symbol: string): SymbolWish | undefined {
    return this.#wishes.get(symbol)?.values().next().value;
  }

  /** The latest wish for `symbol`. */
  lastWish(symbol: string): SymbolWish | undefined {
    return [...(this.#wishes.get(symbol)?.values() ?? [])].at(-1);
  }

  /** How many wishes for `symbol` are not being served yet. */
  unbegun(symbol: string): number {
    const wishes = [...(this.#wishes.get(symbol)?.values() ?? [])];
    return wishes.filter(({ undo }) => undo === null).length;
  }

  /** Every symbol that is asked for and not answered. */
  get wished(): readonly string[] {
    return [...this.#wishes.keys()];
  }

  outlook(symbol: string): Outlook {
    if (this.#wishes.size === 0 && this.#changes.size === 0) return 'stays';
    const comes = Math.max(0, ...(this.#wishes.get(symbol)?.keys() ?? []));
    let goes = 0;
    for (const [number, { wish }] of this.#changes) {
      if (wish.kind === 'remove' && wish.symbol === symbol) goes = number;
    }
    if (comes === goes) return 'stays';
    return comes > goes ? 'comes' : 'goes';
  }

  /** Calls `settle` with what becomes of the latest wish for `symbol`. */
  onSettled(symbol: string, settle: (result: AddResult) => void): void {
    this.lastWish(symbol)?.waiting.push(settle);
  }

  /** Resolves when it is known what became of the latest wish for `symbol`; at once if there is none. */
  whenSettled(symbol: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#wishes.has(symbol)) this.onSettled(symbol, () => resolve());
      else resolve();
    });
  }

  /** Tells those who wait for the first wish for `symbol`; it is forgotten then. */
  answer(symbol: string, result: AddResult): void {
    const wishes = this.#wishes.get(symbol);
    const [first] = wishes ?? [];
    if (wishes === undefined || first === undefined) return;
    wishes.delete(first[0]);
    if (wishes.size === 0) this.#wishes.delete(symbol);
    for (const settle of first[1].waiting) settle(result);
  }

  /** True while someone waits for an answer; strategies do not wait. */
  get isAwaited(): boolean {
    for (const wishes of this.#wishes.values()) {
      for (const { waiting } of wishes.values()) if (waiting.length > 0) return true;
    }
    for (const { settle } of this.#changes.values()) if (settle !== undefined) return true;
    return false;
  }

  /** The run is over: tells whoever still waits. */
  close(reason: string): void {
    for (const symbol of this.wished) {
      while (this.#wishes.has(symbol)) {
        this.answer(symbol, { added: false, symbol, loaded: false, reason });
      }
    }
    for (const number of this.unmade) this.answerChange(number, reason);
  }
}
