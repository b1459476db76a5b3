/**
 * Goes through the records of a log as its writer went, checking every byte on the way: checksums, order,
 * chain. What it comes to is the state from which a writer goes on.
 *
 * A record of the last segment that is cut off or does not match its checksums is a torn tail, the trace of a
 * writer that stopped in the middle, if nothing intact comes after it or it was not yet synced. Anything else is
 * damage.
 */
import { Malformed } from './bytes.ts';
import { LogIndex } from './logIndex.ts';
import { type Checkpoint, LogState } from './logState.ts';
import { RawSegment } from './rawSegment.ts';
import { HEADER_BYTES, nameOf, type RecordHeader } from './record.ts';
import type { SealedOptions } from './sealedSegment.ts';
import { contentOf, Damage, damageAt, goesOnAfter, recordAt, type Segment } from './segment.ts';
import { decodeHead } from './segmentHead.ts';
import { listSegments, openSegment, segmentName } from './segments.ts';
import { wasSynced } from './syncedMark.ts';

/** The unfinished end of a log. */
export interface TornTail {
  /** Number of the segment. */
  readonly segment: number;
  /** Where the last intact record ends. 0: the segment has not even a head. */
  readonly offset: number;
  readonly bytes: number;
  /** In words, what is there instead of a record. */
  readonly what: string;
}

export class LogScan {
  readonly state = new LogState();
  readonly index = new LogIndex();
  /** Set if the log ends in the middle of a record. */
  torn: TornTail | null = null;

  readonly #folder: string;
  readonly #options: SealedOptions;
  readonly #onFrame: (header: RecordHeader, record: Buffer) => void;
  /** Where to go on: the segment and the end of the last record in it. */
  #segment = 1;
  #offset = 0;
  /** True before the first record, if that is not the first one of the log. */
  #startsInside = false;

  /** @param onFrame called for every frame once it is checked; throws `Malformed` to refuse it */
  constructor(
    folder: string,
    onFrame: (header: RecordHeader, record: Buffer) => void = () => {},
    options: Omit<SealedOptions, 'known'> = {},
  ) {
    this.#folder = folder;
    this.#options = options;
    this.#onFrame = onFrame;
  }

  /** Number of the last segment; 0 if there is none. */
  get lastSegment(): number {
    return this.index.segments.length;
  }

  /** Bytes of the last segment up to the end of its last record. */
  get lastSegmentBytes(): number {
    return this.#offset;
  }

  /**
   * Passes over all segments but the last one; their heads only are looked at.
   * @throws {LogCorrupted}
   */
  skipToLast(): void {
    const last = this.#lastBegun();
    for (let number = 1; number < last; number++) {
      this.#open(number, (segment) => {
        const header = segment.first();
        if (header === null) throw damageAt(segment, 0, 'the segment is empty');
        const { kind, firstSeq, at } = header;
        const isBegun = kind === 'head' || kind === 'batch';
        const why = isBegun ? this.#misplacedHead(firstSeq) : 'it is out of place';
        if (why !== null) {
          throw damageAt(segment, 0, `${nameOf(header)} does not belong here: ${why}`);
        }
        this.index.segments.push({ number, firstSeq, at, marks: null });
      });
    }
    this.#segment = Math.max(1, last);
    this.#startsInside = last > 1;
  }

  /**
   * Begins at a place in the last segment, of which `skipToLast` was not asked yet: what is before it is not looked at.
   *
   * @returns false if it is not in the last segment
   * @throws {LogCorrupted}
   */
  skipTo(checkpoint: Checkpoint): boolean {
    this.skipToLast();
    const { segment, offset, link } = checkpoint;
    if (segment !== this.#segment || !Number.isSafeInteger(offset)) return false;
    this.#open(segment, (opened) => {
      const header = opened.first();
      const head = recordAt(opened, 0);
      if (header === null || head === null) throw damageAt(opened, 0, 'the segment is empty');
      // Nothing of it is needed here; but who opens the log without an index is told if it is damaged.
      contentOf(opened, 0, head);
      const { firstSeq, at } = header;
      this.index.segments.push({ number: segment, firstSeq, at, marks: null });
    });
    this.state.restart({ ...checkpoint, link: Buffer.from(link, 'hex') });
    this.index.checkpoint = checkpoint;
    this.#startsInside = false;
    this.#offset = offset;
    return true;
  }

  /**
   * Goes on to the present end of the log.
   * @throws {LogCorrupted}
   */
  advance(): void {
    this.torn = null;
    const last = this.#lastBegun();
    for (; this.#segment <= last; this.#segment++) {
      this.#open(this.#segment, (segment) => this.#follow(segment, this.#segment === last));
      if (this.#segment === last) return;
      this.#offset = 0;
    }
  }

  /** The last segment that has a head; a later one, not yet begun, is a torn tail. */
  #lastBegun(): number {
    const last = listSegments(this.#folder).length;
    if (last === 0 || (last === this.#segment && this.#offset > 0)) return last;
    const segment = openSegment(this.#folder, last);
    if (!(segment instanceof RawSegment)) {
      segment?.close();
      return last;
    }
    try {
      if (hasHead(segment) || !this.#canBeTorn(segment, 0)) return last;
      const what = 'a segment has no head';
      this.torn = { segment: last, offset: 0, bytes: segment.size, what };
      return last - 1;
    } finally {
      segment.close();
    }
  }

  #open(number: number, look: (segment: Segment) => void): void {
    const segment = openSegment(this.#folder, number, this.#options);
    if (segment === null) {
      const damage = new Damage('the segment is missing', segmentName(number), 0);
      throw damage.toError(this.state.position);
    }
    try {
      look(segment);
    } catch (error) {
      throw error instanceof Damage ? error.toError(this.state.position) : error;
    } finally {
      segment.close();
    }
  }

  #follow(segment: Segment, isLast: boolean): void {
    for (;;) {
      const header = this.#next(segment, isLast);
      if (header === null) return;
      this.#offset += HEADER_BYTES + header.payloadBytes;
    }
  }

  /** Follows the next record; null at the end. */
  #next(segment: Segment, isLast: boolean): RecordHeader | null {
    const offset = this.#offset;
    let header: RecordHeader | null = null;
    let record: Buffer;
    try {
      header = recordAt(segment, offset);
      if (header === null) return null;
      record = contentOf(segment, offset, header);
    } catch (error) {
      const isTorn = isLast && segment instanceof RawSegment && error instanceof Damage;
      if (!isTorn || !this.#canBeTorn(segment, offset)) throw error;
      const { message: what } = error;
      this.torn = { segment: this.#segment, offset, bytes: segment.left(offset), what };
      return null;
    }
    this.#take(segment, header, record);
    return header;
  }

  /** True if what is at `offset` of the last segment can be the trace of a writer that stopped there. */
  #canBeTorn(segment: Segment, offset: number): boolean {
    return !goesOnAfter(segment, offset) || !wasSynced(this.#folder, segment.name, offset);
  }

  #take(segment: Segment, header: RecordHeader, record: Buffer): void {
    const offset = this.#offset;
    try {
      if ((offset === 0) !== (header.kind === 'head')) throw new Malformed('it is out of place');
      if (header.kind === 'head') this.#takeHead(header, record);
      else this.state.follow(header, record);
      if (header.kind === 'frame') this.#onFrame(header, record);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw damageAt(segment, offset, `${nameOf(header)} does not belong here: ${error.message}`);
    }
    this.index.note(this.#segment, header, offset, record);
    if (header.kind === 'frame') return;
    const end = offset + HEADER_BYTES + header.payloadBytes;
    this.state.mark(this.#segment, end);
    this.index.checkpoint = this.state.checkpoint;
  }

  /** Why no segment after those so far begins with fact `firstSeq`; null if one can. */
  #misplacedHead(firstSeq: number): string | null {
    const before = this.index.segments.at(-1);
    const fits = before === undefined ? firstSeq === 1 : firstSeq > before.firstSeq;
    return fits ? null : `it begins with fact ${firstSeq}`;
  }

  #takeHead(header: RecordHeader, record: Buffer): void {
    const head = decodeHead(header, record.subarray(HEADER_BYTES));
    if (head.segment !== this.#segment) throw new Malformed(`it is that of ${head.segment}`);
    const why = this.#startsInside ? this.#misplacedHead(head.firstSeq) : null;
    if (why !== null) throw new Malformed(why);
    if (this.#startsInside) this.state.restart(head);
    else this.state.follow(header, record);
    this.#startsInside = false;
  }
}

function hasHead(segment: Segment): boolean {
  try {
    const header = recordAt(segment, 0);
    if (header === null) return false;
    contentOf(segment, 0, header);
    return true;
  } catch {
    return false;
  }
}
