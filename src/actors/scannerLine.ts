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
  readonly #scanner: string;
  /** Resolves when everything asked so far has had its turn. */
  #last: Promise<void> = Promise.resolve();
  #length = 0;

  constructor(replay: Replay, verbs: Verbs, scanner: string) {
    this.#scanner = scanner;
    this.#replay = replay;
    this.#verbs = verbs;
  }

  /** True if what it does now comes later on the record. */
  get waits(): boolean {
    return this.#length > 0 || !this.#replay.isTurn('scanner');
  }

  /** Asks for a symbol where that was done. @returns false if it was there */
  async symbol(symbol: string, ask: () => boolean): Promise<boolean> {
    const asked = { message: 'symbol.add', detail: { symbol, streams: [] } };
    let comes = false;
    await this.#join(async () => {
      if (await this.#awaitsNext(symbol)) {
        comes = ask();
        this.#replay.awaits();
      } else if (await this.#isHeard(asked, () => this.#verbs.lacks(symbol))) comes = ask();
    });
    return comes;
  }

  /** Asks for an indicator where that was done. @returns false if it was there */
  async indicator(symbol: string, spec: IndicatorSpec, ask: () => void): Promise<boolean> {
    const detail = this.#verbs.detailOf(symbol, spec);
    const lacks = () => this.#verbs.lacksIndicator(symbol, spec);
    let isHeard = false;
    await this.#join(async () => {
      isHeard = await this.#isHeard({ message: 'indicator.register', detail }, lacks);
      if (isHeard) ask();
    });
    return isHeard;
  }

  /** Asks for a change that always leaves a fact, where that was done. */
  change(ask: () => void): Promise<void> {
    return this.#join(() => this.#replay.turn('scanner').then(ask));
  }

  /** Waits until it has its turn, after everything it has asked for. */
  turn(): Promise<void> {
    return this.#join(() => this.#replay.turn('scanner'));
  }

  /** Records something, now or where it is its turn. */
  record(act: () => void): void {
    if (!this.waits) act();
    else void this.change(act).catch(() => {});
  }

  /** True if what it records next is such a fact. */
  isNext(type: string, fields: Readonly<Record<string, unknown>>): boolean {
    const next = this.#replay.nextOfScanner;
    if (next?.type !== type) return false;
    const held = next as unknown as Record<string, unknown>;
    return Object.entries(fields).every(([name, value]) => isDeepStrictEqual(held[name], value));
  }

  /** Waits where it waited for what was on its way. @returns false if that is not what it does next */
  async #awaitsNext(symbol: string): Promise<boolean> {
    const next = this.#replay.nextAwaited;
    if (next === null || next.scanner !== this.#scanner || next.symbol !== symbol) return false;
    const fact = this.#replay.nextOfScanner;
    return (fact === null || fact.seq > next.seq) && ((await this.#replay.reach(next.seq)) ?? true);
  }

  /**
   * Waits for the turn of what left a fact; for what left none, until it would leave none.
   *
   * @returns false if it has to go unheard, since by now it would leave one
   */
  async #isHeard(asked: Record<string, unknown>, lacks: () => boolean): Promise<boolean> {
    const replay = this.#replay;
    for (;;) {
      if (replay.nextOfScanner === null || this.isNext('MessageReceived', asked)) break;
      if (!lacks()) return true;
      if (!(await replay.more('scanner'))) return false;
    }
    if (lacks() || this.isNext('MessageReceived', asked)) await replay.turn('scanner');
    return true;
  }

  async #join(wait: () => Promise<unknown>): Promise<void> {
    this.#length += 1;
    const turn = this.#last.then(wait);
    this.#last = turn.then(ignored, ignored);
    try {
      await turn;
    } finally {
      this.#length -= 1;
    }
  }
}

function ignored(): void {}
