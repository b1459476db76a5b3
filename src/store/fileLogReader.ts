/**
 * Reads the log in a run's folder. It writes nothing and takes no lock, so it can be used beside a living
 * writer: it sees the log up to the last whole record, and more each time it is asked.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LogCorrupted } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import type { ChainLink, ChainPoint } from './chain.ts';
import { checkClosing } from './closing.ts';
import type { LogReader, Place, ReadRange, StateAt } from './eventLog.ts';
import { LogFiles } from './logFiles.ts';
import { LogIndex } from './logIndex.ts';
import { LogScan } from './logScan.ts';
import { LogStates } from './logStates.ts';
import { type Manifest, manifestStamp, readManifest } from './manifest.ts';
import { ReadCounters } from './readCounters.ts';
import type { SavedIndex } from './savedIndex.ts';
import { type TailOptions, tailOf } from './tail.ts';

/** A last segment of no more than that is checked whole each time: that takes no time to speak of. */
const CHECKED_BYTES = 1 << 20;

/**
 * The last few records of a closed log, and the index that leads to them; null if it does not lead to the end that
 * the manifest knows. The chain from the link in the index to that end proves the index.
 */
function scanFromCheckpoint(
  folder: string,
  saved: SavedIndex | null,
  manifest: Manifest,
  counters: ReadCounters,
): LogScan | null {
  if (saved?.checkpoint == null || saved.checkpoint.offset < CHECKED_BYTES) return null;
  const scan = new LogScan(folder, undefined, { counters });
  try {
    if (!scan.skipTo(saved.checkpoint)) return null;
    scan.index.load(saved);
    scan.advance();
    checkClosing(manifest, scan);
    scan.index.prove(() => true);
    return scan;
  } catch (error) {
    if (error instanceof LogCorrupted) return null;
    throw error;
  }
}

/** How often a tail looks for more, host time. */
const POLL_MS = 40;

export class FileLogReader implements LogReader {
  readonly folder: string;
  readonly counters = new ReadCounters();
  readonly #scan: LogScan;
  readonly #files: LogFiles;
  readonly #states: LogStates;
  /** The manifest under which a closed log was read to its end. */
  #closedAs: string | null = null;

  /** Opens the log and checks its end, and what is before that as far as it is read. @throws as `FileLog.read` */
  constructor(folder: string) {
    this.folder = folder;
    const manifest = readManifest(folder);
    const { run } = manifest;
    const saved = LogIndex.read(folder, run);
    const short =
      manifest.closed === null ? null : scanFromCheckpoint(folder, saved, manifest, this.counters);
    this.#scan = short ?? new LogScan(folder, undefined, { counters: this.counters });
    this.#files = new LogFiles({ folder, manifest }, this.#scan.index, this.counters);
    this.#states = new LogStates(this, { folder, run });
    try {
      if (short === null) {
        this.#scan.skipToLast();
        if (saved !== null) this.#scan.index.load(saved);
      }
      this.#advance();
    } catch (error) {
      const isUnknown = error instanceof LogCorrupted && error.lastGoodSeq === 0;
      // Nothing was looked at of what comes before the last segment: gone through, the log tells what is good.
      if (isUnknown) new LogScan(folder).advance();
      throw error;
    }
  }

  /** As it is now. */
  get manifest(): Manifest {
    return readManifest(this.folder);
  }

  get table(): SeriesTable {
    return this.#scan.state.table;
  }

  /** As of the last time anything was asked. */
  get position(): number {
    return this.#scan.state.position;
  }

  /** Bytes after the last whole record: what a writer is just writing, or was when it was killed. */
  get tornBytes(): number {
    return this.#scan.torn?.bytes ?? 0;
  }

  *read({ from = 1, to, reuse = false, types }: ReadRange = {}): Generator<Frame> {
    this.#advance();
    const last = Math.min(to ?? this.position, this.position);
    yield* this.#files.frames({ from: Math.max(1, from), to: last, reuse, types });
  }

  tail(options: TailOptions = {}): AsyncGenerator<Frame> {
    return tailOf(
      {
        read: (range) => this.read(range),
        hasEnded: () => this.manifest.closed !== null,
        wait: (_seq, signal) => sleep(POLL_MS, undefined, { signal }).catch(() => {}),
      },
      options,
    );
  }

  seek(time: MarketTime): number {
    this.#advance();
    return this.#files.seek(time, this.position);
  }

  stateAt(place?: Place): StateAt {
    this.#advance();
    return this.#states.at(place);
  }

  chainHash(): string {
    this.#advance();
    return this.#scan.state.chain.hash();
  }

  *links(): Generator<ChainLink> {
    this.#advance();
    yield* this.#files.links(this.position);
  }

  linkUpTo(seq: number): ChainPoint | null {
    this.#advance();
    return this.#files.linkUpTo(Math.min(seq, this.position), this.position);
  }

  /** The first link over facts up to `seq` and maybe some more; null if there is none yet. */
  linkFrom(seq: number): ChainPoint | null {
    this.#advance();
    return this.#files.linkFrom(seq, this.position);
  }

  async close(): Promise<void> {}

  /** Takes in what was added since. A closed log is not looked at again until its manifest changes. */
  #advance(): void {
    const stamp = manifestStamp(this.folder);
    if (stamp === this.#closedAs) return;
    // The manifest first: what it says of the end is on disk by then.
    const manifest = this.manifest;
    this.#scan.advance();
    if (manifestStamp(this.folder) !== stamp) return;
    checkClosing(manifest, this.#scan);
    this.#closedAs = manifest.closed === null ? null : stamp;
  }
}
