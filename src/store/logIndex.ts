/**
 * Where in a log a fact or a time is found: the beginnings of its segments, and marks inside them.
 *
 * A sidecar file keeps the marks between runs. It is never the truth: it can be deleted at any time, what does
 * not fit the log is not used, and missing marks are found again by going from header to header.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MarketTime } from '../domain/time.ts';
import { countWhile } from './bisect.ts';
import type { Disk } from './disk.ts';
import { writeFileDurably } from './durableFile.ts';
import { parseJson } from './json.ts';
import { HEADER_BYTES, type RecordHeader, seqFrom } from './record.ts';
import { SealedSegment } from './sealedSegment.ts';
import { recordAt, type Segment } from './segment.ts';

const INDEX_FORMAT = 1;
const INDEX_NAME = 'index.json';
/** Bytes of a raw segment between two marks. */
const MARK_BYTES = 1 << 16;

/** At `offset` of a segment follows fact `seq`, of market time `at`; all before are older, or as old. */
export type Mark = readonly [seq: number, at: MarketTime, offset: number];

export interface IndexedSegment {
  readonly number: number;
  readonly firstSeq: number;
  /** Market time of the last fact before it; of a sealed one, of its first fact. */
  readonly at: MarketTime;
  /** Ascending; null where they are not known. */
  marks: Mark[] | null;
}

export class LogIndex {
  /** Ascending from segment 1. */
  readonly segments: IndexedSegment[] = [];

  /** Takes note of a record of the last segment, in the order in which they are in the log. */
  note(
    number: number,
    header: Pick<RecordHeader, 'kind' | 'firstSeq' | 'at'>,
    offset: number,
  ): void {
    const { kind, firstSeq, at } = header;
    if (kind === 'head') {
      if (this.segments.length < number) this.segments.push({ number, firstSeq, at, marks: [] });
      return;
    }
    const marks = this.segments.at(-1)?.marks;
    const last = marks?.at(-1)?.[2] ?? 0;
    if (kind === 'frame' && offset - last >= MARK_BYTES) marks?.push([firstSeq, at, offset]);
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
    return offsetWhere(indexed, segment, ([first]) => first <= seq);
  }

  /** The offset in `segment` from which to look for the last fact with `at <= time`. */
  offsetAt(time: MarketTime, indexed: IndexedSegment, segment: Segment): number {
    return offsetWhere(indexed, segment, ([, at]) => at <= time);
  }

  /** Takes the marks that an earlier run has saved, of segments whose beginnings are the same. */
  load(folder: string, run: string): void {
    for (const saved of readIndex(folder, run)) {
      const { number, firstSeq, at, marks } = saved ?? {};
      const known = typeof number === 'number' ? this.segments[number - 1] : undefined;
      const same = known !== undefined && known.firstSeq === firstSeq && known.at === at;
      if (same && known.marks === null && isMarks(marks)) known.marks = marks;
    }
  }

  save(folder: string, run: string, disk?: Disk): void {
    const { segments } = this;
    const text = JSON.stringify({ format: INDEX_FORMAT, run, segments });
    writeFileDurably(join(folder, INDEX_NAME), `${text}\n`, disk);
  }
}

function offsetWhere(indexed: IndexedSegment, segment: Segment, test: (mark: Mark) => boolean) {
  indexed.marks ??= findMarks(segment);
  const mark = lastWhere(indexed.marks, test);
  if (mark === undefined) return 0;
  if (fits(mark, segment)) return mark[2];
  indexed.marks = findMarks(segment);
  return lastWhere(indexed.marks, test)?.[2] ?? 0;
}

/** A mark of a sealed segment has the time of the first frame at or after it. */
function fits([seq, at, offset]: Mark, segment: Segment): boolean {
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
  if (segment instanceof SealedSegment) {
    return segment.batches().map(({ header, offset }) => [header.firstSeq, header.at, offset]);
  }
  const marks: Mark[] = [];
  let last = 0;
  for (let at = 0; ; ) {
    const header = recordAt(segment, at);
    if (header === null) return marks;
    if (header.kind === 'frame' && at - last >= MARK_BYTES) {
      marks.push([header.firstSeq, header.at, at]);
      last = at;
    }
    at += HEADER_BYTES + header.payloadBytes;
  }
}

/** The last of the items, of which the first ones pass the test; undefined if none does. */
function lastWhere<T>(items: readonly T[], test: (item: T) => boolean): T | undefined {
  return items[countWhile(items, test) - 1];
}

interface SavedIndex {
  readonly format: unknown;
  readonly run: unknown;
  readonly segments: unknown;
}

function readIndex(folder: string, run: string): (Partial<IndexedSegment> | null)[] {
  try {
    const index = parseJson(readFileSync(join(folder, INDEX_NAME), 'utf8')) as SavedIndex;
    const ours = index.format === INDEX_FORMAT && index.run === run;
    return ours && Array.isArray(index.segments) ? index.segments : [];
  } catch {
    return [];
  }
}

function isMarks(marks: unknown): marks is Mark[] {
  const isMark = (mark: unknown) =>
    Array.isArray(mark) && mark.length === 3 && mark.every((part) => Number.isSafeInteger(part));
  return Array.isArray(marks) && marks.every(isMark);
}
