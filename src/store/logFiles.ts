/** Reads frames, links and times from the files of a log. What is not asked for is passed over by its header. */
import type { Frame } from '../domain/frame.ts';
import type { MarketTime } from '../domain/time.ts';
import { Malformed } from './bytes.ts';
import type { ChainLink } from './chain.ts';
import { FrameDecoder } from './frameCodec.ts';
import type { IndexedSegment, LogIndex } from './logIndex.ts';
import { HEADER_BYTES, nameOf, type RecordHeader } from './record.ts';
import type { Batch } from './sealedSegment.ts';
import { contentOf, Damage, damageAt, recordAt, type Segment } from './segment.ts';
import { openSegment, segmentName } from './segments.ts';

/** One record as it is come upon. */
interface Found {
  readonly header: RecordHeader;
  readonly segment: Segment;
  readonly offset: number;
}

export class LogFiles {
  readonly #folder: string;
  readonly #index: LogIndex;
  /** Batches of sealed segments, so that they are looked for once. */
  readonly #batches = new Map<number, Batch[]>();

  constructor(folder: string, index: LogIndex) {
    this.#folder = folder;
    this.#index = index;
  }

  /**
   * The frames that hold facts `from` to `to`, which the log is known to hold.
   * @throws {LogCorrupted} at the first thing that is not as it was written
   */
  *frames({ from, to, reuse }: { from: number; to: number; reuse: boolean }): Generator<Frame> {
    if (to < from) return;
    const decoder = new FrameDecoder();
    let next = from;
    for (const found of this.#records(from)) {
      const { kind, firstSeq, count } = found.header;
      if (kind !== 'frame' || firstSeq + count <= from) continue;
      if (firstSeq > next) throw missing(found, next);
      yield intact(found, (payload) => decoder.decode(found.header, payload, reuse));
      next = firstSeq + count;
      if (next > to) return;
    }
    const last = segmentName(Math.max(1, this.#index.segments.length));
    throw new Damage(`it ends before fact ${next}`, last, 0).toError(next - 1);
  }

  /** Seq of the last fact with `at <= time`, of those up to `position`; 0 if there is none. */
  seek(time: MarketTime, position: number): number {
    const indexed = this.#index.segmentAt(time);
    if (indexed === undefined) return 0;
    let last = indexed.firstSeq - 1;
    if (last >= position) return position;
    for (const { header } of this.#recordsIn(indexed, (segment) =>
      this.#index.offsetAt(time, indexed, segment),
    )) {
      if (header.kind !== 'frame') continue;
      if (header.at > time) break;
      last = header.firstSeq + header.count - 1;
      if (last === position) break;
    }
    return last;
  }

  /** The links of the chain over facts up to `position`. */
  *links(position: number): Generator<ChainLink> {
    for (const found of this.#records(1)) {
      const { kind, firstSeq, count } = found.header;
      const lastSeq = firstSeq + count - 1;
      if (kind === 'frame' && lastSeq >= position) return;
      if (kind !== 'link') continue;
      yield { firstSeq, lastSeq, hash: intact(found, (payload) => payload.toString('hex')) };
    }
  }

  *#records(from: number): Generator<Found> {
    const { segments } = this.#index;
    const first = this.#index.segmentOf(from);
    for (let i = (first?.number ?? 1) - 1; i < segments.length; i++) {
      const indexed = segments[i]!;
      yield* this.#recordsIn(indexed, (segment) => {
        return indexed === first ? this.#index.offsetOf(from, indexed, segment) : 0;
      });
    }
  }

  #open(number: number): Segment | null {
    const batches = this.#batches.get(number) ?? [];
    this.#batches.set(number, batches);
    return openSegment(this.#folder, number, batches);
  }

  *#recordsIn(indexed: IndexedSegment, start: (segment: Segment) => number): Generator<Found> {
    let lastSeq = indexed.firstSeq - 1;
    const segment = this.#open(indexed.number);
    if (segment === null) {
      throw new Damage('the segment is missing', segmentName(indexed.number), 0).toError(lastSeq);
    }
    try {
      for (let offset = start(segment); ; ) {
        const header = recordAt(segment, offset);
        if (header === null) return;
        yield { header, segment, offset };
        if (header.kind === 'frame') lastSeq = header.firstSeq + header.count - 1;
        offset += HEADER_BYTES + header.payloadBytes;
      }
    } catch (error) {
      throw error instanceof Damage ? error.toError(lastSeq) : error;
    } finally {
      segment.close();
    }
  }
}

/** What `decode` makes of the payload of a record. @throws {LogCorrupted} if the payload is not intact */
function intact<T>({ header, segment, offset }: Found, decode: (payload: Buffer) => T): T {
  try {
    return decode(contentOf(segment, offset, header).subarray(HEADER_BYTES));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const damage =
      error instanceof Damage
        ? error
        : damageAt(segment, offset, `${nameOf(header)} cannot be read, ${error.message}`);
    throw damage.toError(header.firstSeq - 1);
  }
}

function missing({ segment, offset }: Found, seq: number) {
  return damageAt(segment, offset, `fact ${seq} is not there`).toError(seq - 1);
}
