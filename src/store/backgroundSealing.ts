/**
 * Seals the segments that a writer has left behind while it goes on with the next one: a year of minutes takes a
 * quarter less on disk.
 *
 * Nothing depends on it. A segment that could not be sealed stays raw and reads the same; what a crash leaves is what
 * one in the middle of `sealLog` leaves.
 */
import { sentenceOf } from '../domain/errors.ts';
import type { Disk } from './disk.ts';
import type { JournalEntry } from './journal.ts';
import { Sealer } from './sealing.ts';

export class BackgroundSealing {
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #note: (entry: JournalEntry) => void;
  readonly #off = new AbortController();
  /** Segments before this one are sealed, or were tried. */
  #next = 1;
  /** The last segment that will not change any more. */
  #last = 0;
  #run: Promise<void> | null = null;
  /** Null while nothing was sealed. */
  #sealer: Sealer | null = null;

  /** @param parts.note told why a segment stays raw, after which none is tried any more */
  constructor(
    folder: string,
    parts: { disk: Disk; isOn: boolean; note: (entry: JournalEntry) => void },
  ) {
    this.#folder = folder;
    this.#disk = parts.disk;
    this.#note = parts.note;
    if (!parts.isOn) this.#off.abort();
  }

  /** Segments up to `last` will not change any more and are on stable storage. */
  upTo(last: number): void {
    if (last <= this.#last) return;
    this.#last = last;
    if (!this.#off.signal.aborted) this.#run ??= this.#sealAll();
  }

  /** Resolves when all that can be sealed is. Never rejects. */
  async done(): Promise<void> {
    await this.#run;
  }

  /** Leaves the segment it is at raw, and all after it. Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#off.abort();
    await this.#run;
    this.#sealer?.close();
  }

  async #sealAll(): Promise<void> {
    const { signal } = this.#off;
    while (this.#next <= this.#last && !signal.aborted) {
      const segment = this.#next++;
      try {
        this.#sealer ??= new Sealer(this.#disk);
        await this.#sealer.seal(this.#folder, segment, signal);
      } catch (error) {
        if (!signal.aborted) this.#leave(segment, sentenceOf(error));
      }
    }
    this.#run = null;
  }

  #leave(segment: number, reason: string): void {
    this.#off.abort();
    try {
      this.#note({ type: 'SealingFailed', segment, reason });
    } catch {
      // Where the journal cannot be written, the log cannot either, and says so.
    }
  }
}
