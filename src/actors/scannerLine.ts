/**
 * A scanner's place in the recorded order where it is executed again. What it asks for is put to the session where
 * it was recorded, in the order asked; what left no fact, where it leaves none.
 */
import { isDeepStrictEqual } from 'node:util';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { Replay } from './replay.ts';
import type { Verbs } from './verbs.ts';

export class ScannerLine {
  readonly #replay: Replay;
  readonly #verbs: Verbs;
  /** Resolves when everything asked so far has had its turn. */
  #last: Promise<void> = Promise.resolve();
  #length = 0;

  constructor(replay: Replay, verbs: Verbs) {
    this.#replay = replay;
    this.#verbs = verbs;
  }

  /** True if what it does now comes later on the record. */
  get waits(): boolean {
    return this.#length > 0 || !this.#replay.isTurn('scanner');
  }

  /** Waits until a symbol can be asked for. */
  symbol(symbol: string): Promise<void> {
    const asked = { message: 'symbol.add', detail: { symbol, streams: [] } };
    return this.#join(() => this.#unlessSilent(asked, () => this.#verbs.lacks(symbol)));
  }

  indicator(symbol: string, spec: IndicatorSpec): Promise<void> {
    const detail = this.#verbs.detailOf(symbol, spec);
    const lacks = () => this.#verbs.lacksIndicator(symbol, spec);
    return this.#join(() => this.#unlessSilent({ message: 'indicator.register', detail }, lacks));
  }

  /** Waits until a change can be asked for that always leaves a fact. */
  change(): Promise<void> {
    return this.#join(() => this.#replay.turn('scanner'));
  }

  /** Waits until it has its turn, after everything it has asked for. */
  turn(): Promise<void> {
    return this.change();
  }

  /** Records something, now or where it is its turn. */
  record(act: () => void): void {
    if (!this.waits) act();
    else void this.#join(() => this.#replay.turn('scanner').then(act)).catch(() => {});
  }

  /** True if what it records next is such a fact. */
  isNext(type: string, fields: Readonly<Record<string, unknown>>): boolean {
    const next = this.#replay.next('scanner')?.fact;
    if (next?.type !== type) return false;
    const held = next as unknown as Record<string, unknown>;
    return Object.entries(fields).every(([name, value]) => isDeepStrictEqual(held[name], value));
  }

  /** What was recorded waits for its turn; what was not, for a moment at which it leaves no fact. */
  async #unlessSilent(asked: Record<string, unknown>, lacks: () => boolean): Promise<void> {
    const replay = this.#replay;
    while (replay.next('scanner') !== null && !this.isNext('MessageReceived', asked)) {
      if (!lacks() || !(await replay.more('scanner'))) return;
    }
    if (this.isNext('MessageReceived', asked) || lacks()) await replay.turn('scanner');
  }

  async #join(wait: () => Promise<void>): Promise<void> {
    this.#length += 1;
    const turn = this.#last.then(wait);
    this.#last = turn.catch(() => {});
    try {
      await turn;
    } finally {
      this.#length -= 1;
    }
  }
}
