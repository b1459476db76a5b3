/**
 * Sealed segments: batches of records, each compressed with zstd after a header of its own.
 *
 * The header lies in a skippable frame of the zstd format, so that any zstd tool turns the file back into the
 * segment as it was. Records never reach from one batch into the next.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2 skippable frames
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { MarketTime } from '../domain/time.ts';
import type { ByteWriter } from './bytes.ts';
import { ReadCounters } from './readCounters.ts';
import {
  HEADER_BYTES,
  isIntact,
  nameDamaged,
  nameOf,
  PAYLOAD_MAX,
  type RecordHeader,
  readHeader,
  writeHeader,
} from './record.ts';
import { Damage, type Segment } from './segment.ts';

const SKIPPABLE_MAGIC = 0x184d2a5b;
const PREFIX_BYTES = 8;
const LEAD_BYTES = PREFIX_BYTES + HEADER_BYTES;
/** Bytes of a batch before compression: less than a full one, and a record. */
const BATCH_MAX = PAYLOAD_MAX + (1 << 20);
/** What a batch may make zlib allocate before it has decompressed anything. */
const CHUNK_MAX = 1 << 20;

/** Where a batch is, in the file and in the bytes first written. */
export interface Batch {
  readonly header: RecordHeader;
  readonly place: number;
  readonly offset: number;
}

/** What a batch holds besides its compressed bytes. */
export interface BatchContent {
  /** Bytes before compression. */
  readonly bytes: number;
  readonly firstSeq: number;
  readonly count: number;
  /** Of its first frame. */
  readonly at: MarketTime;
}

/** Appends a batch. */
export function encodeBatch(
  writer: ByteWriter,
  compressed: Uint8Array,
  content: BatchContent,
): void {
  const start = writer.length;
  writer.reserve(LEAD_BYTES + compressed.length);
  writer.view.setUint32(start, SKIPPABLE_MAGIC, true);
  writer.view.setUint32(start + 4, HEADER_BYTES, true);
  writer.bytes.set(compressed, start + LEAD_BYTES);
  writer.length += LEAD_BYTES + compressed.length;
  const { bytes, ...rest } = content;
  writeHeader(writer, start + PREFIX_BYTES, { kind: 'batch', contents: bytes, ...rest });
}

export class SealedSegment implements Segment {
  readonly name: string;
  readonly #fd: number;
  readonly #size: number;
  /** Those found so far, and where the next one begins. */
  readonly #batches: Batch[];
  #end = 0;
  #endPlace = 0;
  /** The batch last looked at and its bytes. */
  #open: { batch: Batch; bytes: Buffer } | null = null;

  readonly #counters: ReadCounters;

  /** @param known `batches` found when the segment was open before; more are added as they are found */
  constructor(
    name: string,
    fd: number,
    { batches = [], counters }: { batches?: Batch[]; counters?: ReadCounters | undefined } = {},
  ) {
    this.name = name;
    this.#counters = counters ?? new ReadCounters();
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    this.#batches = batches;
    const last = batches.at(-1);
    if (last !== undefined) this.#moveEnd(last);
  }

  first(): RecordHeader | null {
    return this.#batchAt(0)?.header ?? null;
  }

  left(offset: number): number {
    const batch = this.#batchAt(offset);
    return batch === null ? 0 : batch.offset + batch.header.contents - offset;
  }

  view(offset: number, length: number): Buffer {
    const batch = this.#batchAt(offset)!;
    if (this.#open?.batch !== batch) this.#open = { batch, bytes: this.#decompress(batch) };
    const from = offset - batch.offset;
    return this.#open.bytes.subarray(from, from + length);
  }

  place(offset: number): number {
    return this.#batchAt(offset)?.place ?? this.#endPlace;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** All batches, by their headers only. @throws {Damage} */
  batches(): readonly Batch[] {
    while (this.#addBatch());
    return this.#batches;
  }

  #batchAt(offset: number): Batch | null {
    while (offset >= this.#end) if (!this.#addBatch()) return null;
    if (this.#open !== null && holds(this.#open.batch, offset)) return this.#open.batch;
    let low = 0;
    let high = this.#batches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#batches[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#batches[low]!;
  }

  #addBatch(): boolean {
    const place = this.#endPlace;
    if (place === this.#size) return false;
    const lead = this.#read(place, Math.min(LEAD_BYTES, this.#size - place));
    const bytes = lead.subarray(PREFIX_BYTES);
    const header = lead.length < LEAD_BYTES ? null : readHeader(bytes);
    const framed =
      lead.length === LEAD_BYTES &&
      lead.readUInt32LE(0) === SKIPPABLE_MAGIC &&
      lead.readUInt32LE(4) === HEADER_BYTES;
    if (!framed || header?.kind !== 'batch' || header.contents > BATCH_MAX) {
      throw new Damage(`the header of ${nameDamaged(bytes)} is damaged`, this.name, place);
    }
    if (header.payloadBytes > Math.min(this.#size - place - LEAD_BYTES, BATCH_MAX)) {
      throw new Damage(`${nameOf(header)} is cut off`, this.name, place);
    }
    const batch = { header, place, offset: this.#end };
    this.#batches.push(batch);
    this.#moveEnd(batch);
    return true;
  }

  #moveEnd({ header, place, offset }: Batch): void {
    this.#end = offset + header.contents;
    this.#endPlace = place + LEAD_BYTES + header.payloadBytes;
  }

  #decompress({ header, place }: Batch): Buffer {
    const payload = this.#read(place + LEAD_BYTES, header.payloadBytes);
    if (!isIntact(header, payload)) {
      const what = `the payload of ${nameOf(header)} does not match its checksum`;
      throw new Damage(what, this.name, place);
    }
    try {
      const size = header.contents;
      // With a byte to spare zlib knows that it is done, and does not make room for more.
      const chunkSize = Math.min(Math.max(size + 1, 64), CHUNK_MAX);
      const bytes = zstdDecompressSync(payload, { maxOutputLength: size, chunkSize });
      if (bytes.length === header.contents) return bytes;
    } catch {
      // Told below: what it was that zstd did not like says nothing to a reader.
    }
    throw new Damage(`${nameOf(header)} cannot be decompressed`, this.name, place);
  }

  #read(place: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    this.#counters.bytes += length;
    if (readSync(this.#fd, bytes, 0, length, place) === length) return bytes;
    throw new Damage('the file has become shorter', this.name, place);
  }
}

function holds({ header, offset }: Batch, at: number): boolean {
  return at >= offset && at < offset + header.contents;
}
