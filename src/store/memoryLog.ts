/** An event log in memory: the same records and chain as on disk, gone when it is let go. */

import { countWhile } from '../domain/bisect.ts';
import { InvariantViolated } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import { type ChainLink, type ChainPoint, linkOf } from './chain.ts';
import type { ExpectedPosition, LogWriter, Place, ReadRange, StateAt } from './eventLog.ts';
import { FrameDecoder } from './frameCodec.ts';
import { FrameSieve } from './frameSieve.ts';
import { LogState, type RecordSink } from './logState.ts';
import { LogStates } from './logStates.ts';
import { ReadCounters } from './readCounters.ts';
import { HEADER_BYTES, readHeader } from './record.ts';
import { type TailOptions, tailOf, Waiters } from './tail.ts';

interface Held {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly at: MarketTime;
  readonly record: Buffer;
}

export class MemoryLog implements LogWriter {
  /** Everything is as durable as it gets at once. */
  readonly backlog = 0;
  readonly counters = new ReadCounters();

  readonly #state = new LogState();
  readonly #frames: Held[] = [];
  readonly #links: ChainLink[] = [];
  readonly #waiters = new Waiters();
  #bytes = 0;
  #closed = false;
  readonly #states = new LogStates(this, null);
  readonly #sink: RecordSink = {
    link: (record) => {
      this.#links.push(linkOf(record));
      this.#bytes += record.length;
    },
    frame: (record, { firstSeq, count, at }) => {
      const lastSeq = firstSeq + count - 1;
      this.#frames.push({ firstSeq, lastSeq, at, record: Buffer.from(record) });
      this.#bytes += record.length;
    },
  };

  get table(): SeriesTable {
    return this.#state.table;
  }

  get position(): number {
    return this.#state.position;
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(frame: Frame, options: { expected?: ExpectedPosition; id?: string } = {}): number {
    if (this.#closed) throw new InvariantViolated(frame.firstSeq, 'the log is closed');
    const position = this.#state.append(frame, options, this.#sink);
    this.#waiters.wake();
    return position;
  }

  /** What is in memory is folded again where it is asked for. */
  offerState(): void {}

  durable(): Promise<void> {
    return Promise.resolve();
  }

  *read({ from = 1, to = this.position, reuse = false, types }: ReadRange = {}): Generator<Frame> {
    const sieve = new FrameSieve(types);
    const decoder = new FrameDecoder();
    const first = countWhile(this.#frames, (frame) => frame.lastSeq < from);
    const end = countWhile(this.#frames, (frame) => frame.firstSeq <= to);
    for (let i = first; i < end; i++) {
      const { record } = this.#frames[i]!;
      const header = readHeader(record)!;
      const payload = record.subarray(HEADER_BYTES);
      if (!sieve.holds(header, payload)) continue;
      this.counters.frames += 1;
      yield decoder.decode(header, payload, reuse);
    }
  }

  tail(options: TailOptions = {}): AsyncGenerator<Frame> {
    return tailOf(
      {
        read: (range) => this.read(range),
        hasEnded: () => this.#closed,
        wait: async (seq, signal) => {
          if (this.position < seq && !this.#closed) await this.#waiters.wait(signal);
        },
      },
      options,
    );
  }

  seek(time: MarketTime): number {
    const frames = countWhile(this.#frames, (frame) => frame.at <= time);
    return this.#frames[frames - 1]?.lastSeq ?? 0;
  }

  stateAt(place?: Place): StateAt {
    return this.#states.at(place);
  }

  chainHash(): string {
    return this.#state.chain.hash();
  }

  links(): Iterable<ChainLink> {
    return [...this.#links];
  }

  linkUpTo(seq: number): ChainPoint | null {
    return this.#links[countWhile(this.#links, ({ lastSeq }) => lastSeq <= seq) - 1] ?? null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiters.wake();
  }
}
