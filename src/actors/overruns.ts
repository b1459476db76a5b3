/**
 * Overruns: how often a clock-driven session found its consumer late. Counted, and noted in the journal at
 * most once a second, so that a session that is always late does not drown it.
 */
import type { MarketTime } from '../domain/time.ts';
import type { JournalEntry } from '../store/journal.ts';

/** Who was late, for which instant, by how much. */
export type Overrun =
  | { readonly at: MarketTime; readonly consumer: 'session'; readonly late_ms: number }
  /** `behind`: market frames before it that are not consumed. */
  | { readonly at: MarketTime; readonly consumer: 'subscriber'; readonly behind: number };

const MS_BETWEEN_ENTRIES = 1_000;

export class Overruns {
  /** So far. */
  count = 0;

  readonly #journal: (entry: JournalEntry) => void;
  readonly #counted: () => void;
  #nextEntry = Number.NEGATIVE_INFINITY;

  /** @param counted told of each */
  constructor(journal: (entry: JournalEntry) => void, counted: () => void) {
    this.#journal = journal;
    this.#counted = counted;
  }

  /** Counts one; the entry tells how many there were until then. */
  add(overrun: Overrun): void {
    this.count += 1;
    this.#counted();
    const now = performance.now();
    if (now < this.#nextEntry) return;
    this.#nextEntry = now + MS_BETWEEN_ENTRIES;
    this.#journal({ type: 'Overrun', overruns: this.count, ...overrun });
  }

  /** Notes the total; nothing if there were none. */
  end(): void {
    if (this.count > 0) this.#journal({ type: 'Overrun', overruns: this.count, total: true });
  }
}
