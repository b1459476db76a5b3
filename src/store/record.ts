/**
 * Records: what a segment is made of. Each has a header with a checksum of its own and one of its payload,
 * so that any changed byte is noticed, and the kind of record it is in can still be told.
 *
 *   head   what a reader needs to begin at this segment (`segmentHead.ts`)
 *   frame  the facts of one instant (`frameCodec.ts`)
 *   link   a value of the hash chain (`chain.ts`)
 *   batch  compressed records of a sealed segment (`sealedSegment.ts`)
 *
 * Header, 40 bytes: tag (4 characters), payload bytes (u32), facts (u32), contents (u32), payload CRC-32
 * (u32), first seq (f64), market time (f64), CRC-32 of all that (u32).
 */
import { crc32 } from 'node:zlib';
import { InvariantViolated } from '../domain/errors.ts';
import type { ByteWriter } from './bytes.ts';
import { checksum } from './checksum.ts';

export const HEADER_BYTES = 40;
const CHECKED_BYTES = HEADER_BYTES - 4;

/** A bigger record is refused when written and taken for damage when read. */
export const PAYLOAD_MAX = 1 << 30;

export type RecordKind = 'head' | 'frame' | 'link' | 'batch';

/** Any two differ in three characters, so that a damaged one is still nearest to what it was. */
const TAGS: Readonly<Record<RecordKind, string>> = {
  head: 'HED1',
  frame: 'FRM1',
  link: 'LNK1',
  batch: 'BAT1',
};
const KINDS = Object.keys(TAGS) as RecordKind[];
const TAG_CODES = Object.fromEntries(
  KINDS.map((kind) => [kind, Buffer.from(TAGS[kind]).readUInt32LE()]),
) as Record<RecordKind, number>;
const KIND_OF_CODE = new Map(KINDS.map((kind) => [TAG_CODES[kind], kind]));

const NAMES: Readonly<Record<RecordKind, string>> = {
  head: 'the segment head',
  frame: 'a frame',
  link: 'a chain link',
  batch: 'a batch of a sealed segment',
};

/** What the payload of a frame holds, as bits of `contents`; section kinds from 8 on. */
export const CONTENTS = {
  series: 1,
  id: 2,
  phaseEntered: 4,
  control: 8,
  BarAppended: 16,
  BarDerived: 32,
  IndicatorUpdated: 64,
  HistoricalBarsLoaded: 128,
} as const;

export interface RecordHeader {
  readonly kind: RecordKind;
  readonly payloadBytes: number;
  /** Facts in the record; of a link, those it covers. */
  readonly count: number;
  /** Bits of `CONTENTS`; of a batch, its bytes before compression. */
  readonly contents: number;
  readonly payloadCrc: number;
  /** Of the first fact in the record, or of the next one if it holds none. */
  readonly firstSeq: number;
  /** Of its facts; of the last fact before it if it holds none. */
  readonly at: number;
}

/**
 * Fills in the header of a record whose payload has been written behind it, from `start` on.
 * @throws {InvariantViolated} if the payload is bigger than `PAYLOAD_MAX`
 */
export function writeHeader(
  writer: ByteWriter,
  start: number,
  header: Pick<RecordHeader, 'kind' | 'count' | 'contents' | 'firstSeq' | 'at'>,
): void {
  const { bytes, view } = writer;
  const from = start + HEADER_BYTES;
  const payloadBytes = writer.length - from;
  if (payloadBytes > PAYLOAD_MAX) {
    const { kind, firstSeq } = header;
    throw new InvariantViolated(firstSeq, `a ${kind} of ${payloadBytes} bytes is too big`);
  }
  view.setUint32(start, TAG_CODES[header.kind], true);
  view.setUint32(start + 4, payloadBytes, true);
  view.setUint32(start + 8, header.count, true);
  view.setUint32(start + 12, header.contents, true);
  view.setUint32(start + 16, crc32(bytes.subarray(from, writer.length)), true);
  view.setFloat64(start + 20, header.firstSeq, true);
  view.setFloat64(start + 28, header.at, true);
  const crc = checksum(bytes, start, start + CHECKED_BYTES);
  view.setUint32(start + CHECKED_BYTES, crc, true);
}

/** The header at the start of `bytes`; null if it is damaged, none, or says what none can. */
export function readHeader(bytes: Buffer): RecordHeader | null {
  const kind = KIND_OF_CODE.get(bytes.readUInt32LE(0));
  if (kind === undefined) return null;
  if (checksum(bytes, 0, CHECKED_BYTES) !== bytes.readUInt32LE(CHECKED_BYTES)) return null;
  const firstSeq = bytes.readDoubleLE(20);
  const at = bytes.readDoubleLE(28);
  if (!Number.isSafeInteger(firstSeq) || firstSeq < 1 || !Number.isFinite(at)) return null;
  return {
    kind,
    payloadBytes: bytes.readUInt32LE(4),
    count: bytes.readUInt32LE(8),
    contents: bytes.readUInt32LE(12),
    payloadCrc: bytes.readUInt32LE(16),
    firstSeq,
    at,
  };
}

/** The seq of the first fact at or after the start of the record. */
export function seqFrom({ kind, firstSeq, count }: RecordHeader): number {
  return kind === 'link' ? firstSeq + count : firstSeq;
}

export function isIntact(header: RecordHeader, payload: Buffer): boolean {
  return crc32(payload) === header.payloadCrc;
}

/** Words for a record, such as `a frame of BarAppended and IndicatorUpdated facts`. */
export function nameOf(header: RecordHeader): string {
  if (header.kind !== 'frame') return NAMES[header.kind];
  const held = Object.entries(CONTENTS)
    .filter(([, bit]) => bit >= CONTENTS.control && (header.contents & bit) !== 0)
    .map(([name]) => name);
  return `a frame of ${held.join(' and ')} facts`;
}

/** Words for a record whose header is damaged: its kind by the nearest tag. */
export function nameDamaged(bytes: Buffer): string {
  const tag = bytes.toString('latin1', 0, 4);
  const nearest = KINDS.find((kind) => differences(TAGS[kind], tag) <= 1);
  return nearest === undefined ? 'what should be a record' : NAMES[nearest];
}

function differences(a: string, b: string): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}

/** True if an intact header begins anywhere in `bytes`. Payloads are not looked at. */
export function holdsHeader(bytes: Buffer): boolean {
  return KINDS.some((kind) => {
    const tag = TAGS[kind];
    for (let at = bytes.indexOf(tag); at !== -1; at = bytes.indexOf(tag, at + 1)) {
      const header = bytes.subarray(at, at + HEADER_BYTES);
      if (header.length === HEADER_BYTES && readHeader(header) !== null) return true;
    }
    return false;
  });
}
