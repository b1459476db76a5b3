/**
 * What is asked of a session while it runs, from the moment it is asked to its answer: symbols to load, and
 * changes that need no load. The charts say when each is served.
 */
import type { Bar } from '../domain/bars.ts';
import type { Interval } from '../domain/interval.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import type { IndicatorPlan } from './plans.ts';

/** A symbol asked for while the run goes on; it stays for the sessions to come. */
export interface SymbolRequest {
  readonly addedBy: 'strategy' | 'scanner' | 'adhoc';
  /** Intervals beside those of the config. */
  readonly streams: readonly Interval[];
  /** True if only single bars or indicators were asked for: it is not fed. */
  readonly light: boolean;
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
  /** Told how it ended; an empty reason means that it was made. */
  settle(reason: string): void;
}

export class Inbox {
  /** What strategies have asked for since the chart last looked. */
  #asked: Asked[] = [];
  readonly #changes = new Map<number, Change>();
  /** Who waits for a symbol, by symbol. */
  readonly #waiting = new Map<string, ((result: AddResult) => void)[]>();
  #number = 0;

  get isEmpty(): boolean {
    return this.#asked.length === 0;
  }

  /** Puts something in for the chart to take at the end of the slice. */
  put(asked: Asked): void {
    this.#asked.push(asked);
  }

  /** What was put in so far, in that order; it is the caller's now. */
  take(): readonly Asked[] {
    const taken = this.#asked;
    this.#asked = [];
    return taken;
  }

  /** Keeps a change until its time. @returns its number */
  keep(change: Change): number {
    this.#number += 1;
    this.#changes.set(this.#number, change);
    return this.#number;
  }

  /** The change of that number; it is the caller's now. */
  claim(number: number): Change | undefined {
    const change = this.#changes.get(number);
    this.#changes.delete(number);
    return change;
  }

  /** Every change that was not made. */
  get unmade(): readonly number[] {
    return [...this.#changes.keys()];
  }

  /** Resolves when it is known what became of a wish for `symbol`. */
  whenSettled(symbol: string): Promise<AddResult> {
    return new Promise((resolve) => {
      this.#waiting.set(symbol, [...(this.#waiting.get(symbol) ?? []), resolve]);
    });
  }

  /** Tells those who wait for `symbol`. */
  answer(symbol: string, result: AddResult): void {
    const waiting = this.#waiting.get(symbol) ?? [];
    this.#waiting.delete(symbol);
    for (const resolve of waiting) resolve(result);
  }

  /** True while someone waits for an answer. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0 || this.#changes.size > 0;
  }

  /** Symbols that someone still waits for. */
  get unanswered(): readonly string[] {
    return [...this.#waiting.keys()];
  }
}
