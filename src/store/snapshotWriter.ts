/**
 * Leaves snapshots beside a log while it is written: between sessions, where they are small.
 *
 * A snapshot waits for the next link of the chain, which says of which facts it is. Nothing depends on one: what
 * cannot be written is left out, in silence, and made anew by `indexLog`.
 */
import type { SessionData } from '../domain/sessionData.ts';
import type { Tally } from '../domain/tally.ts';
import { linkOf } from './chain.ts';
import type { Disk } from './disk.ts';
import { BETWEEN_SESSIONS } from './logStates.ts';
import { RunState } from './runState.ts';
import { type EncodedState, encodeState, snapshotBytes } from './snapshot.ts';
import { writeSnapshot } from './snapshotFiles.ts';

export class SnapshotWriter {
  readonly #folder: string;
  readonly #run: string;
  readonly #disk: Disk;
  readonly #places = new Map<string, number>();
  #last: number;
  #sessions = 0;
  #waiting: EncodedState | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param position of the log; the next snapshot comes some way after it */
  constructor(folder: string, run: string, { position, disk }: { position: number; disk: Disk }) {
    this.#disk = disk;
    this.#folder = folder;
    this.#run = run;
    this.#last = position;
  }

  /** To be called after each frame, with the state after it. O(1) but for the few that are taken. */
  offer(data: SessionData, tally: Tally): void {
    if (data.symbols.size > 0 || data.sessions === this.#sessions) return;
    if (data.seq - this.#last < BETWEEN_SESSIONS) return;
    this.#sessions = data.sessions;
    this.#last = data.seq;
    if (!tally.isOf(data.seq)) return;
    this.#waiting = encodeState(new RunState(data, tally, this.#places));
  }

  /** Takes note of a link of the chain. */
  link(record: Buffer): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const { lastSeq, hash } = linkOf(record);
    if (lastSeq < waiting.seq) return;
    this.#waiting = null;
    const bytes = snapshotBytes(waiting, { run: this.#run, link: { lastSeq, hash } });
    this.#writing = this.#writing
      .then(() => writeSnapshot(this.#folder, waiting.seq, { bytes, disk: this.#disk }))
      .catch(() => {});
  }

  /** Resolves when all is written that can be. */
  close(): Promise<void> {
    return this.#writing;
  }
}
