/**
 * Where in a log a fact or a time is found, and where facts of some types are not: the beginnings of its segments,
 * and marks inside them.
 *
 * A sidecar file keeps the marks between runs. It is never the truth: it can be deleted at any time, what does
 * not fit the log is not used, and missing marks are found again by going from header to header.
 */

import { countWhile } from '../domain/bisect.ts';
import type { MarketTime } from '../domain/time.ts';
import type { ChainPoint } from './chain.ts';
import type { Disk } from './disk.ts';
import type { Checkpoint } from './logState.ts';
import { HEADER_BYTES, type RecordHeader, seqFrom } from './record.ts';
import { addTypes } from './recordTypes.ts';
import { type Mark, readIndex, type SavedIndex, writeIndex } from './savedIndex.ts';
import { SealedSegment } from './sealedSegment.ts';
import { recordAt, type Segment } from './segment.ts';

/** Bytes of a raw segment between two marks. */
const MARK_BYTES = 1 << 16;

export interface IndexedSegment {
  readonly number: number;
  readonly firstSeq: number;
  /** Market time of the last fact before it; of a sealed one, of its first fact. */
  readonly at: MarketTime;
  /** Ascending; null where they are not known. */
  marks: Mark[] | null;
}

/** Bytes of a segment that may hold what is looked for; `mark` says what is there if they do not begin it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly mark: Mark | null;
}

export class LogIndex {
  /** Ascending from segment 1. */
  readonly segments: IndexedSegment[] = [];
  /** The last place from which the log can be followed. */
  checkpoint: Checkpoint | null = null;

  /** Of the last mark, to which types are added. */
  #types: Set<string> = new Set();
  /** Of the marks before it, each once: most hold the same. */
  readonly #sets: ReadonlySet<string>[] = [];
  /** The link that proves what was loaded; null once that is proven. */
  #claim: ChainPoint | null = null;
  #loaded: IndexedSegment[] = [];

  /** Takes note of a record of the last segment, in the order in which they are in the log. */
  note(
    number: number,
    header: Pick<RecordHeader, 'kind' | 'firstSeq' | 'at' | 'contents'>,
    offset: number,
    record: Buffer,
  ): void {
    const { kind, firstSeq, at } = header;
    if (kind === 'head' && this.segments.length < number) {
      this.segments.push({ number, firstSeq, at, marks: [] });
      this.#mark({ seq: firstSeq, at, offset });
    }
    if (kind !== 'frame') return;
    const last = this.segments.at(-1)?.marks?.at(-1);
    if (last !== undefined && offset - last.offset >= MARK_BYTES) {
      this.#mark({ seq: firstSeq, at, offset });
    }
    addTypes(this.#types, header, record);
  }

  #mark(mark: Omit<Mark, 'types'>): void {
    const { marks } = this.segments.at(-1)!;
    this.#share(marks?.at(-1));
    this.#types = new Set();
    marks?.push({ ...mark, types: this.#types });
  }

  /** A mark to which nothing is added any more has its types in common with those that hold the same. */
  #share(mark: Mark | undefined): void {
    if (mark?.types !== this.#types) return;
    const types = this.#types;
    const known = this.#sets.find((set) => holdSame(set, types));
    if (known === undefined) this.#sets.push(types);
    else mark.types = known;
  }

  /** The segment that holds fact `seq`; undefined in an empty log. */
  segmentOf(seq: number): IndexedSegment | undefined {
    return lastWhere(this.segments, (segment) => segment.firstSeq <= seq) ?? this.segments[0];
  }

  /** The segment that holds the last fact with `at <= time`, or ends before one that does. */
  segmentAt(time: MarketTime): IndexedSegment | undefined {
    return lastWhere(this.segments, (segment) => segment.at <= time) ?? this.segments[0];
  }

  /** The offset in `segment` from which to look for fact `seq`. */
  offsetOf(seq: number, indexed: IndexedSegment, segment: Segment): number {
    return offsetWhere(indexed, segment, (mark) => mark.seq <= seq);
  }

  /** The offset in `segment` from which to look for the last fact with `at <= time`. */
  offsetAt(time: MarketTime, indexed: IndexedSegment, segment: Segment): number {
    return offsetWhere(indexed, segment, ({ at }) => at <= time);
  }

  /** Where from `start` on a segment may hold facts of `types`, in order. All of it where nothing is known. */
  stretches(
    { marks }: IndexedSegment,
    types: ReadonlySet<string> | undefined,
    start: number,
  ): Stretch[] {
    const whole = [{ from: start, to: Number.POSITIVE_INFINITY, mark: null }];
    if (types === undefined || marks === null) return whole;
    const first = countWhile(marks, ({ offset }) => offset <= start) - 1;
    if (first < 0) return whole;
    const found: Stretch[] = [];
    for (let i = first; i < marks.length; i++) {
      const mark = marks[i]!;
      if (!mayHold(mark, types)) continue;
      const from = Math.max(start, mark.offset);
      const to = marks[i + 1]?.offset ?? Number.POSITIVE_INFINITY;
      const last = found.at(-1);
      if (last?.to === from) found[found.length - 1] = { ...last, to };
      else found.push({ from, to, mark: i === first ? null : mark });
    }
    return found;
  }

  /** Takes the marks that an earlier run has saved, of segments whose beginnings are the same. */
  load(saved: SavedIndex): void {
    const { checkpoint } = saved;
    const claim = checkpoint && { lastSeq: checkpoint.firstSeq - 1, hash: checkpoint.link };
    this.#claim = claim;
    for (const { number, firstSeq, marks } of saved.segments) {
      const known = this.segments[number - 1];
      if (known === undefined || known.firstSeq !== firstSeq || known.marks !== null) continue;
      known.marks = claim === null ? withoutTypes(marks) : [...marks];
      this.#loaded.push(known);
    }
  }

  /** Lets go of what was loaded and is not of this log. @param isOurs says of a value whether its chain has it */
  prove(isOurs: (link: ChainPoint) => boolean): void {
    const claim = this.#claim;
    if (claim === null) return;
    this.#claim = null;
    if (claim.lastSeq === 0 || isOurs(claim)) return;
    for (const segment of this.#loaded) segment.marks &&= withoutTypes(segment.marks);
  }

  static read(folder: string, run: string): SavedIndex | null {
    return readIndex(folder, run);
  }

  save(folder: string, run: string, disk?: Disk): void {
    const { segments, checkpoint } = this;
    const marked = segments.filter((segment) => segment.marks !== null);
    const saved = {
      checkpoint,
      segments: marked.map(({ number, firstSeq, marks }) => ({ number, firstSeq, marks: marks! })),
    };
    writeIndex(folder, run, saved, disk);
  }
}

function mayHold(mark: Mark, types: ReadonlySet<string>): boolean {
  if (mark.types === null) return true;
  for (const type of types) if (mark.types.has(type)) return true;
  return false;
}

function holdSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false;
  for (const type of one) if (!other.has(type)) return false;
  return true;
}

function withoutTypes(marks: readonly Mark[]): Mark[] {
  return marks.map((mark) => ({ ...mark, types: null }));
}

function offsetWhere(indexed: IndexedSegment, segment: Segment, test: (mark: Mark) => boolean) {
  indexed.marks ??= findMarks(segment);
  const mark = lastWhere(indexed.marks, test);
  if (mark === undefined) return 0;
  if (fits(mark, segment)) return mark.offset;
  indexed.marks = findMarks(segment);
  return lastWhere(indexed.marks, test)?.offset ?? 0;
}

/** True if a mark is of the segment. One of a sealed segment has the time of the first frame at or after it. */
export function fits({ seq, at, offset }: Mark, segment: Segment): boolean {
  try {
    const header = recordAt(segment, offset);
    if (header === null || seqFrom(header) !== seq) return false;
    return header.kind === 'frame' ? header.at === at : header.at <= at;
  } catch {
    return false;
  }
}

/** @throws {Damage} */
function findMarks(segment: Segment): Mark[] {
  const types = null;
  if (segment instanceof SealedSegment) {
    const batches = segment.batches();
    return batches.map(({ header: { firstSeq: seq, at }, offset }) => ({ seq, at, offset, types }));
  }
  const marks: Mark[] = [];
  let last = 0;
  for (let offset = 0; ; ) {
    const header = recordAt(segment, offset);
    if (header === null) return marks;
    const { kind, firstSeq: seq, at } = header;
    if (kind === 'frame' && offset - last >= MARK_BYTES) {
      marks.push({ seq, at, offset, types });
      last = offset;
    }
    offset += HEADER_BYTES + header.payloadBytes;
  }
}

/** The last of the items, of which the first ones pass the test; undefined if none does. */
function lastWhere<T>(items: readonly T[], test: (item: T) => boolean): T | undefined {
  return items[countWhile(items, test) - 1];
}
