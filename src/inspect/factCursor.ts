/** A log, fact by fact, for those who compare two: blocks that are equal can be passed over whole. */
import type { Fact, FactType } from '../domain/facts.ts';
import { type Block, type Frame, factsOf, type Section } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';

export class FactCursor {
  readonly #table: SeriesTable;
  readonly #frames: Iterator<Frame>;
  readonly #ignored: ReadonlySet<FactType>;
  #at: MarketTime = 0;
  #sections: readonly Section[] = [];
  #section = 0;
  /** What is left of the section; null before a block of which nothing was taken, and at the end. */
  #facts: Iterator<Fact> | null = null;
  #fact: Fact | null = null;

  /** @param from the first fact of a frame */
  constructor(log: LogReader, from: number, ignored: ReadonlySet<FactType>) {
    this.#table = log.table;
    this.#frames = log.read({ from, reuse: true })[Symbol.iterator]();
    this.#ignored = ignored;
    this.#settle();
  }

  /** The next fact that is not ignored; null at the end. */
  get fact(): Fact | null {
    const { block } = this;
    if (block !== null) {
      this.#facts = factsOf({ at: this.#at, sections: [block] }, this.#table);
      this.#settle();
    }
    return this.#fact;
  }

  get at(): MarketTime {
    return this.#at;
  }

  /** The block that begins here; null inside one, and where none begins. */
  get block(): Block | null {
    const section = this.#sections[this.#section];
    return this.#facts === null && section?.kind === 'block' ? section : null;
  }

  /** Passes over `fact`. */
  next(): void {
    this.#fact = null;
    this.#settle();
  }

  /** Passes over `block`. */
  skipBlock(): void {
    this.#section += 1;
    this.#settle();
  }

  /** Goes on to a fact, a block or the end. */
  #settle(): void {
    while (this.#fact === null) {
      if (this.#facts !== null) {
        const { value, done } = this.#facts.next();
        if (done) {
          this.#facts = null;
          this.#section += 1;
        } else if (!this.#ignored.has(value.type)) this.#fact = value;
        continue;
      }
      const section = this.#sections[this.#section];
      if (section === undefined) {
        const { value: frame, done } = this.#frames.next();
        if (done) return;
        this.#at = frame.at;
        this.#sections = frame.sections;
        this.#section = 0;
      } else if (section.kind === 'control') this.#facts = section.facts[Symbol.iterator]();
      else if (this.#ignored.has(section.type)) this.#section += 1;
      else return;
    }
  }
}
