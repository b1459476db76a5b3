/** Reads frames, links and times from the files of a log. What is not asked for is passed over by its header. */
import { LogCorrupted } from '../domain/errors.ts';
import type { Fields } from '../domain/facts.ts';
import type { Frame } from '../domain/frame.ts';
import type { MarketTime } from '../domain/time.ts';
import { Malformed } from './bytes.ts';
import type { ChainLink, ChainPoint } from './chain.ts';
import type { ReadRange } from './eventLog.ts';
import { FrameDecoder } from './frameCodec.ts';
import { FrameSieve } from './frameSieve.ts';
import { fits, type IndexedSegment, type LogIndex } from './logIndex.ts';
import type { Manifest } from './manifest.ts';
import type { ReadCounters } from './readCounters.ts';
import { HEADER_BYTES, nameOf, type RecordHeader, seqFrom } from './record.ts';
import { KnownBatches } from './sealedSegment.ts';
import { contentOf, Damage, damageAt, recordAt, type Segment } from './segment.ts';
import { decodeHead } from './segmentHead.ts';
import { openSegment, segmentName } from './segments.ts';
import { upcasterFrom } from './upcast.ts';

/** As `ReadRange`, settled. */
interface FrameRange {
  readonly from: number;
  readonly to: number;
  readonly reuse: boolean;
  readonly types: ReadRange['types'];
}

/** One record as it is come upon. */
interface Found {
  readonly header: RecordHeader;
  readonly segment: Segment;
  readonly offset: number;
}

export class LogFiles {
  readonly #folder: string;
  readonly #index: LogIndex;
  /** By segment, of sealed ones. */
  readonly #known = new Map<number, KnownBatches>();
  /** Of the segment last opened. */
  #last = new KnownBatches();

  readonly #counters: ReadCounters;

  readonly #upcast: ((frame: Frame) => Frame) | null;
  #streams: Fields<'StreamsValidated'> | null = null;

  /**
   * @param manifest says how the facts of the log are shaped
   * @throws {UsageError} if they are of a later engine
   */
  constructor(
    { folder, manifest }: { folder: string; manifest: Manifest },
    index: LogIndex,
    counters: ReadCounters,
  ) {
    this.#upcast = upcasterFrom(manifest.versions.events, {
      streams: () => {
        this.#streams ??= this.#firstStreams();
        return this.#streams;
      },
    });
    this.#counters = counters;
    this.#folder = folder;
    this.#index = index;
  }

  /**
   * The frames that hold facts `from` to `to`, which the log is known to hold.
   * @throws {LogCorrupted} at the first thing that is not as it was written
   */
  *frames({ from, to, reuse, types }: FrameRange): Generator<Frame> {
    if (to < from) return;
    const decoder = new FrameDecoder();
    const sieve = new FrameSieve(types);
    let next = from;
    if (types !== undefined) this.#index.prove((link) => this.#isOurs(link));
    for (const found of this.#records(from, types)) {
      const { kind, firstSeq, count } = found.header;
      if (kind !== 'frame' || firstSeq + count <= from) continue;
      if (firstSeq > to) return;
      next = firstSeq + count;
      if (sieve.mayHold(found.header)) {
        const frame = intact(found, (payload) =>
          sieve.holds(found.header, payload) ? decoder.decode(found.header, payload, reuse) : null,
        );
        if (frame !== null) {
          this.#counters.frames += 1;
          yield this.#upcast === null ? frame : this.#upcast(frame);
        }
      }
      if (next > to) return;
    }
    if (types !== undefined) return;
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
      yield { firstSeq, lastSeq, hash: intact(found, hex) };
    }
  }

  /**
   * The first link of the chain over facts up to `seq` and maybe some more; null if there is none yet.
   * @param position the last fact: what comes after it may be torn
   */
  linkFrom(seq: number, position: number): ChainPoint | null {
    for (const found of this.#records(seq)) {
      const { kind, firstSeq, count } = found.header;
      const lastSeq = firstSeq + count - 1;
      if (kind === 'link' && lastSeq >= seq) return { lastSeq, hash: intact(found, hex) };
      if (kind === 'frame' && lastSeq >= position) return null;
    }
    return null;
  }

  /** The last value of the chain over facts up to `seq`; null before the first one. @param position as above */
  linkUpTo(seq: number, position: number): ChainPoint | null {
    const indexed = this.#index.segmentOf(seq + 1);
    if (indexed === undefined) return null;
    // Between two marks there may be no link: then from the mark before, at the latest from the head.
    for (let from = seq + 1; ; ) {
      let point: ChainPoint | null = null;
      let first = 0;
      for (const found of this.#recordsIn(indexed, (segment) =>
        this.#index.offsetOf(from, indexed, segment),
      )) {
        const { kind, firstSeq, count } = found.header;
        const lastSeq = firstSeq + count - 1;
        first ||= seqFrom(found.header);
        if (kind === 'head') point = { lastSeq, hash: intact(found, headLink(found.header)) };
        else if (lastSeq > seq) break;
        else if (kind === 'link') point = { lastSeq, hash: intact(found, hex) };
        else if (lastSeq >= position) break;
      }
      if (point !== null) return point.lastSeq === 0 ? null : point;
      if (first === 0) return null;
      from = first - 1;
    }
  }

  #firstStreams(): Fields<'StreamsValidated'> | null {
    const types = new Set(['StreamsValidated']);
    const to = Number.MAX_SAFE_INTEGER;
    for (const { sections } of this.frames({ from: 1, to, reuse: false, types })) {
      for (const section of sections) {
        const facts = section.kind === 'control' ? section.facts : [];
        for (const fact of facts) if (fact.type === 'StreamsValidated') return fact;
      }
    }
    return null;
  }

  #isOurs({ lastSeq, hash }: ChainPoint): boolean {
    try {
      const found = this.linkUpTo(lastSeq, Number.POSITIVE_INFINITY);
      return found !== null && found.lastSeq === lastSeq && found.hash === hash;
    } catch (error) {
      // An index of a log that went on further: where this one ends, nothing can be proven.
      if (error instanceof LogCorrupted) return false;
      throw error;
    }
  }

  /** Records that may hold facts from `from` on, of some types if they are given. */
  *#records(from: number, types?: ReadRange['types']): Generator<Found> {
    const { segments } = this.#index;
    const first = this.#index.segmentOf(from);
    for (let i = (first?.number ?? 1) - 1; i < segments.length; i++) {
      const indexed = segments[i]!;
      const start = (segment: Segment) =>
        indexed === first ? this.#index.offsetOf(from, indexed, segment) : 0;
      yield* this.#recordsIn(indexed, start, types);
    }
  }

  #open(number: number): Segment | null {
    const known = this.#known.get(number) ?? new KnownBatches();
    this.#known.set(number, known);
    // The bytes of one batch are kept, whatever the number of segments.
    if (known !== this.#last) this.#last.open = null;
    this.#last = known;
    return openSegment(this.#folder, number, { known, counters: this.#counters });
  }

  /** The records of a segment, which must follow one another and lead to the next segment. */
  *#recordsIn(
    indexed: IndexedSegment,
    start: (segment: Segment) => number,
    types?: ReadRange['types'],
  ): Generator<Found> {
    let lastSeq = indexed.firstSeq - 1;
    const segment = this.#open(indexed.number);
    if (segment === null) {
      throw new Damage('the segment is missing', segmentName(indexed.number), 0).toError(lastSeq);
    }
    try {
      let offset = start(segment);
      let known = false;
      let ended = false;
      for (const { from, to, mark } of this.#index.stretches(indexed, types, offset)) {
        const canSkip = mark === null || fits(mark, segment);
        if (canSkip && from > offset) {
          offset = from;
          known = false;
        }
        const until = canSkip ? to : Number.POSITIVE_INFINITY;
        while (offset < until) {
          const header = recordAt(segment, offset);
          ended = header === null;
          if (header === null) break;
          if (!known) lastSeq = seqFrom(header) - 1;
          known = true;
          const found = { header, segment, offset };
          follow(found, lastSeq);
          yield found;
          if (header.kind === 'frame') lastSeq += header.count;
          offset += HEADER_BYTES + header.payloadBytes;
        }
        if (ended) break;
      }
      if (!ended) return;
      const next = this.#index.segments[indexed.number];
      if (next === undefined || next.firstSeq === lastSeq + 1) return;
      throw new Damage(`fact ${lastSeq + 1} is not there`, segmentName(next.number), 0);
    } catch (error) {
      throw error instanceof Damage ? error.toError(lastSeq) : error;
    } finally {
      segment.close();
    }
  }
}

function hex(payload: Buffer): string {
  return payload.toString('hex');
}

/** Reads the link that a segment goes on from. */
function headLink(header: RecordHeader): (payload: Buffer) => string {
  return (payload) => Buffer.from(decodeHead(header, payload).link).toString('hex');
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

/** @throws {Damage} if the record does not stand where `lastSeq` is the last fact before it */
function follow({ header, segment, offset }: Found, lastSeq: number): void {
  const { kind, firstSeq } = header;
  const isHead = kind === 'head';
  if ((offset === 0) !== isHead)
    throw damageAt(segment, offset, `${nameOf(header)} is out of place`);
  if (kind === 'link' || firstSeq === lastSeq + 1) return;
  const what = `${nameOf(header)} does not belong here: it begins with fact ${firstSeq}`;
  throw damageAt(segment, offset, `${what}, not ${lastSeq + 1}`);
}
