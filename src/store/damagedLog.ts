/**
 * What is good of a log that is damaged, to be read: everything up to the first thing that is not as it was
 * written. Nothing is written; the log is taken as it is now.
 */
import type { LogCorrupted } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import type { ChainLink, ChainPoint } from './chain.ts';
import { damageIn } from './checkLog.ts';
import type { LogReader, Place, ReadRange, StateAt } from './eventLog.ts';
import { FrameDecoder } from './frameCodec.ts';
import { LogFiles } from './logFiles.ts';
import { LogScan } from './logScan.ts';
import { LogStates } from './logStates.ts';
import { readManifest } from './manifest.ts';
import { ReadCounters } from './readCounters.ts';
import { HEADER_BYTES } from './record.ts';

export class DamagedLog implements LogReader {
  /** What stops reading; null if nothing does. */
  readonly damage: LogCorrupted | null;
  readonly counters = new ReadCounters();
  readonly #scan: LogScan;
  readonly #files: LogFiles;
  readonly #states: LogStates;

  /**
   * Reads every byte up to the first damage.
   * @throws {UsageError} if the folder holds no run
   */
  constructor(folder: string) {
    const manifest = readManifest(folder);
    const decoder = new FrameDecoder();
    this.#scan = new LogScan(folder, (header, record) => {
      decoder.decode(header, record.subarray(HEADER_BYTES), true);
    });
    this.damage = damageIn(this.#scan, manifest);
    this.#files = new LogFiles({ folder, manifest }, this.#scan.index, this.counters);
    this.#states = new LogStates(this, { folder, run: manifest.run });
  }

  get table(): SeriesTable {
    return this.#scan.state.table;
  }

  get position(): number {
    return this.#scan.state.position;
  }

  *read({ from = 1, to, reuse = false, types }: ReadRange = {}): Generator<Frame> {
    const last = Math.min(to ?? this.position, this.position);
    yield* this.#files.frames({ from: Math.max(1, from), to: last, reuse, types });
  }

  /** What there is: a damaged log does not grow. */
  async *tail({ from = 1 }: { from?: number } = {}): AsyncGenerator<Frame> {
    yield* this.read({ from });
  }

  seek(time: MarketTime): number {
    return this.#files.seek(time, this.position);
  }

  stateAt(place?: Place): StateAt {
    return this.#states.at(place);
  }

  chainHash(): string {
    return this.#scan.state.chain.hash();
  }

  *links(): Generator<ChainLink> {
    yield* this.#files.links(this.position);
  }

  linkUpTo(seq: number): ChainPoint | null {
    return this.#files.linkUpTo(Math.min(seq, this.position), this.position);
  }

  async close(): Promise<void> {}
}
