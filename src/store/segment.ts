/**
 * A segment opened for reading: the bytes of its records as they were first written, however it is stored.
 * Nothing is taken from it whose size and checksums were not compared.
 */
import { LogCorrupted } from '../domain/errors.ts';
import { Malformed } from './bytes.ts';
import {
  HEADER_BYTES,
  holdsHeader,
  isIntact,
  nameDamaged,
  nameOf,
  PAYLOAD_MAX,
  type RecordHeader,
  readHeader,
} from './record.ts';

export interface Segment {
  /** File name. */
  readonly name: string;
  /** Header of the first record, or of the batch that holds it; null if the segment is empty. @throws {Damage} */
  first(): RecordHeader | null;
  /** Bytes known to follow from `offset` on; 0 at the end. A record never reaches past them. */
  left(offset: number): number;
  /** Bytes at `offset`, not more than are left; valid until the next call. @throws {Damage} */
  view(offset: number, length: number): Buffer;
  /** Where in the file the byte at `offset` is, or the batch that holds it. */
  place(offset: number): number;
  close(): void;
}

/** Bytes that were changed or are missing. Who meets them adds which fact is the last good one. */
export class Damage extends Malformed {
  readonly segment: string;
  /** In the file. */
  readonly offset: number;

  constructor(what: string, segment: string, offset: number) {
    super(what);
    this.segment = segment;
    this.offset = offset;
  }

  toError(lastGoodSeq: number): LogCorrupted {
    const { segment, offset } = this;
    return new LogCorrupted(
      `the log is damaged in segment "${segment}" at byte ${offset}: ${this.message}; the last good ` +
        `fact is ${lastGoodSeq}: restore the file, or salvage the log up to there`,
      { segment, offset, lastGoodSeq },
    );
  }
}

export function damageAt(segment: Segment, offset: number, what: string): Damage {
  return new Damage(what, segment.name, segment.place(offset));
}

/** The header of the record at `offset`; null at the end. @throws {Damage} */
export function recordAt(segment: Segment, offset: number): RecordHeader | null {
  const left = segment.left(offset);
  if (left === 0) return null;
  const bytes = segment.view(offset, Math.min(left, HEADER_BYTES));
  const header = left < HEADER_BYTES ? null : readHeader(bytes);
  if (header === null) {
    const problem = left < HEADER_BYTES ? 'is cut off' : 'does not match its checksum';
    throw damageAt(segment, offset, `the header of ${nameDamaged(bytes)} ${problem}`);
  }
  if (header.payloadBytes > PAYLOAD_MAX) {
    throw damageAt(segment, offset, `${nameOf(header)} is bigger than any can be`);
  }
  if (header.payloadBytes > left - HEADER_BYTES) {
    throw damageAt(segment, offset, `${nameOf(header)} is cut off`);
  }
  return header;
}

/** Header and payload of the record at `offset`; valid until the next look at the segment. @throws {Damage} */
export function contentOf(segment: Segment, offset: number, header: RecordHeader): Buffer {
  const record = segment.view(offset, HEADER_BYTES + header.payloadBytes);
  if (isIntact(header, record.subarray(HEADER_BYTES))) return record;
  throw damageAt(segment, offset, `the payload of ${nameOf(header)} does not match its checksum`);
}

const SEARCH_BYTES = 1 << 20;

/** True if an intact record header begins anywhere after `offset`: what is there was not the end. */
export function goesOnAfter(segment: Segment, offset: number): boolean {
  let at = offset + 1;
  while (segment.left(at) >= HEADER_BYTES) {
    if (holdsHeader(segment.view(at, Math.min(segment.left(at), SEARCH_BYTES)))) return true;
    at += SEARCH_BYTES - HEADER_BYTES;
  }
  return false;
}
