/**
 * Sealed segments: batches of records, each compressed with zstd after a header of its own.
 *
 * The header lies in a skippable frame of the zstd format, so that any zstd tool turns the file back into the
 * segment as it was. Records never reach from one batch into the next.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2 skippable frames
 */
import { closeSync, fstatSync, readSync, type Stats } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { MarketTime } from '../domain/time.ts';
import type { ByteWriter } from './bytes.ts';
import type { KeptBatches } from './keptBatches.ts';
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

/** What is known of a segment that was open before, so that it is looked for once. */
export class KnownBatches {
  /** All up to some place. */
  readonly found: Batch[] = [];
  /** The one last looked at and its bytes: who looks for one fact is likely to look for its neighbours. */
  open: { readonly batch: Batch; readonly bytes: Buffer } | null = null;
  #file = '';

  /** Says which file it is of: of another one nothing is known. */
  settle(file: string): void {
    if (file === this.#file) return;
    this.#file = file;
    this.found.length = 0;
    this.open = null;
  }
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

/** Tells a file, as it is, from any other. */
function identityOf({ ino, mtimeMs, size }: Stats): string {
  return `${ino} ${mtimeMs} ${size}`;
}

export interface SealedOptions {
  /** Of the segment from when it was open before; more is added as it is found. */
  readonly known?: KnownBatches | undefined;
  /** Used, and added to. */
  readonly kept?: KeptBatches | undefined;
  readonly counters?: ReadCounters | undefined;
}

export class SealedSegment implements Segment {
  readonly name: string;
  readonly #fd: number;
  readonly #file: string;
  readonly #size: number;
  readonly #kept: KeptBatches | undefined;
  readonly #known: KnownBatches;
  /** Where the batch after those found begins. */
  #end = 0;
  #endPlace = 0;
  /** Room for the compressed bytes of one batch after another. */
  #room = Buffer.alloc(0);

  readonly #counters: ReadCounters;

  constructor(name: string, fd: number, options: SealedOptions = {}) {
    this.name = name;
    this.#counters = options.counters ?? new ReadCounters();
    this.#fd = fd;
    const stats = fstatSync(fd);
    this.#size = stats.size;
    this.#file = identityOf(stats);
    this.#kept = options.kept;
    this.#known = options.known ?? new KnownBatches();
    this.#known.settle(this.#file);
    const last = this.#known.found.at(-1);
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
    let { open } = this.#known;
    if (open?.batch !== batch) open = { batch, bytes: this.#bytesOf(batch) };
    this.#known.open = open;
    const from = offset - batch.offset;
    return open.bytes.subarray(from, from + length);
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
    return this.#known.found;
  }

  #batchAt(offset: number): Batch | null {
    while (offset >= this.#end) if (!this.#addBatch()) return null;
    const { open, found } = this.#known;
    if (open !== null && holds(open.batch, offset)) return open.batch;
    let low = 0;
    let high = found.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (found[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return found[low]!;
  }

  #addBatch(): boolean {
    const place = this.#endPlace;
    if (place === this.#size) return false;
    const leadBytes = Math.min(LEAD_BYTES, this.#size - place);
    const lead = this.#read(place, Buffer.allocUnsafe(leadBytes));
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
    this.#known.found.push(batch);
    this.#moveEnd(batch);
    return true;
  }

  #moveEnd({ header, place, offset }: Batch): void {
    this.#end = offset + header.contents;
    this.#endPlace = place + LEAD_BYTES + header.payloadBytes;
  }

  #bytesOf(batch: Batch): Buffer {
    const kept = this.#kept?.get(this.#file, batch.place);
    if (kept) return kept;
    const bytes = this.#decompress(batch);
    this.#kept?.keep(this.#file, batch.place, bytes);
    return bytes;
  }

  #decompress({ header, place }: Batch): Buffer {
    const { payloadBytes } = header;
    if (this.#room.length < payloadBytes) this.#room = Buffer.allocUnsafeSlow(payloadBytes);
    const payload = this.#read(place + LEAD_BYTES, this.#room.subarray(0, payloadBytes));
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

  /** Fills `into`. */
  #read(place: number, into: Buffer): Buffer {
    const { length } = into;
    this.#counters.bytes += length;
    if (readSync(this.#fd, into, 0, length, place) === length) return into;
    throw new Damage('the file has become shorter', this.name, place);
  }
}

function holds({ header, offset }: Batch, at: number): boolean {
  return at >= offset && at < offset + header.contents;
}
