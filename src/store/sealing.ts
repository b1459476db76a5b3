/**
 * Sealing: a segment that will not change any more is compressed, batch by batch.
 *
 * The sealed file is made complete under another name and renamed; only then is the raw one removed. After a
 * crash in between both are there, with the same content.
 */
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { LogCorrupted } from '../domain/errors.ts';
import { ByteWriter } from './bytes.ts';
import type { Compressor } from './compressor.ts';
import { type Disk, REAL_DISK, writeAll } from './disk.ts';
import { removeQuietly, UNFINISHED, writeFileDurably } from './durableFile.ts';
import { RawSegment } from './rawSegment.ts';
import { HEADER_BYTES, type RecordHeader, seqFrom } from './record.ts';
import { type BatchContent, encodeBatch, SealedSegment } from './sealedSegment.ts';
import { contentOf, Damage, recordAt, type Segment } from './segment.ts';
import { listSegments, openSegment, sealedName, segmentName } from './segments.ts';

/** Bytes at which a batch is full: enough to compress well, few enough to be read for the sake of one frame. */
const BATCH_BYTES = 1 << 16;
/** Batches that are compressed at once: a busy program looks at what is done only now and then. */
const AT_ONCE = 2;

/** Seals one segment after another, in memory that it uses again. */
export class Sealer {
  readonly #disk: Disk;
  readonly #compressor: Compressor;
  readonly #group: BatchGroup;
  readonly #writer = new ByteWriter(AT_ONCE * BATCH_BYTES);

  constructor(disk = REAL_DISK) {
    this.#disk = disk;
    this.#compressor = disk.compressor();
    this.#group = new BatchGroup(this.#compressor);
  }

  /**
   * Seals segment `number`; one that is sealed already stays as it is.
   *
   * @param signal leaves the segment as it is when it aborts; nothing is sealed after that
   * @throws {LogCorrupted} if the segment is not intact; it then stays as it is
   */
  async seal(folder: string, number: number, signal?: AbortSignal): Promise<void> {
    const segment = openSegment(folder, number);
    if (!(segment instanceof RawSegment)) {
      segment?.close();
      return;
    }
    const disk = this.#disk;
    const path = join(folder, sealedName(number));
    const unfinished = path + UNFINISHED;
    try {
      const fd = disk.open(unfinished, 'w');
      try {
        await this.#writeBatches(segment, fd, signal);
        await disk.sync(fd);
      } finally {
        disk.close(fd);
      }
    } catch (error) {
      removeQuietly(unfinished, disk);
      throw error;
    } finally {
      segment.close();
    }
    disk.rename(unfinished, path);
    disk.syncFolder(folder);
    disk.remove(join(folder, segmentName(number)));
  }

  /** Gives back the memory. */
  close(): void {
    this.#compressor.close();
  }

  async #writeBatches(segment: Segment, fd: number, signal?: AbortSignal): Promise<void> {
    const group = this.#group;
    const writer = this.#writer;
    let position = 0;
    const write = async () => {
      writer.length = 0;
      await group.encode(writer);
      signal?.throwIfAborted();
      await writeAll(this.#disk, fd, { bytes: writer.written(), from: 0, position });
      position += writer.length;
    };
    try {
      let offset = 0;
      for (const content of batchesOf(segment)) {
        group.add(content, segment.view(offset, content.bytes));
        offset += content.bytes;
        if (group.isFull) await write();
      }
      await write();
    } finally {
      await group.clear();
    }
  }
}

/** What is done at once, a few batches of a segment; used again for the next ones. */
class BatchGroup {
  readonly #compressor: Compressor;
  readonly #copies: Buffer[] = [];
  #batches: { content: BatchContent; compressed: Promise<Uint8Array> }[] = [];

  constructor(compressor: Compressor) {
    this.#compressor = compressor;
  }

  get isFull(): boolean {
    return this.#batches.length === AT_ONCE;
  }

  /** Takes a copy of the bytes. */
  add(content: BatchContent, bytes: Buffer): void {
    const place = this.#batches.length;
    let copy = this.#copies[place];
    if (copy === undefined || copy.length < bytes.length) {
      copy = Buffer.allocUnsafeSlow(bytes.length + HEADER_BYTES);
      this.#copies[place] = copy;
    }
    copy.set(bytes);
    this.#batches.push({ content, compressed: this.#compressed(copy.subarray(0, bytes.length)) });
  }

  /** Encodes them, and begins the next ones. */
  async encode(writer: ByteWriter): Promise<void> {
    const done = await Promise.all(this.#batches.map(({ compressed }) => compressed));
    for (const [i, { content }] of this.#batches.entries()) encodeBatch(writer, done[i]!, content);
    this.#batches = [];
  }

  /** Lets go of what is on its way, once nobody works on it any more. */
  async clear(): Promise<void> {
    const left = this.#batches;
    this.#batches = [];
    await Promise.allSettled(left.map(({ compressed }) => compressed));
  }

  async #compressed(bytes: Buffer): Promise<Uint8Array> {
    const frame = await this.#compressor.compress(bytes);
    // The raw segment is removed for these: what cannot be got back from them must not take its place.
    if (bytes.equals(await this.#compressor.decompress(frame))) return frame;
    throw new Error('what was compressed does not come back as it was');
  }
}

/** Cuts a segment into batches, in order and without gaps. Every record is checked on the way. */
function* batchesOf(segment: Segment): Generator<BatchContent> {
  let batch: BatchContent | null = null;
  let lastSeq = 0;
  try {
    for (let offset = 0; ; ) {
      const header = recordAt(segment, offset);
      if (header === null) break;
      contentOf(segment, offset, header);
      batch = extended(batch, header);
      lastSeq = batch.firstSeq + batch.count - 1;
      offset += HEADER_BYTES + header.payloadBytes;
      if (batch.bytes < BATCH_BYTES) continue;
      yield batch;
      batch = null;
    }
  } catch (error) {
    throw error instanceof Damage ? error.toError(lastSeq) : error;
  }
  if (batch !== null) yield batch;
}

function extended(batch: BatchContent | null, header: RecordHeader): BatchContent {
  const bytes = (batch?.bytes ?? 0) + HEADER_BYTES + header.payloadBytes;
  const firstSeq = batch?.firstSeq ?? seqFrom(header);
  if (header.kind !== 'frame') return { at: header.at, count: 0, ...batch, firstSeq, bytes };
  const count = (batch?.count ?? 0) + header.count;
  return { firstSeq, bytes, count, at: batch !== null && batch.count > 0 ? batch.at : header.at };
}

/** Makes a sealed segment raw again, so that it can be written on. @throws {LogCorrupted} */
export function unsealSegment(folder: string, number: number, disk: Disk): void {
  const segment = openSegment(folder, number);
  if (!(segment instanceof SealedSegment)) {
    segment?.close();
    return;
  }
  try {
    const parts = segment
      .batches()
      .map(({ header, offset }) => Buffer.from(segment.view(offset, header.contents)));
    writeFileDurably(join(folder, segmentName(number)), Buffer.concat(parts), disk);
  } catch (error) {
    throw error instanceof Damage ? error.toError(0) : error;
  } finally {
    segment.close();
  }
  disk.remove(join(folder, sealedName(number)));
  // Should the sealed one come back after a crash, it would hold less than the raw one that was written on.
  disk.syncFolder(folder);
}

/**
 * Finishes what a crash has left undone: raw segments whose sealed form is complete are removed.
 * @throws {LogCorrupted} if a sealed one beside its raw one holds something else; both stay
 */
export function finishSealing(folder: string, disk: Disk = REAL_DISK): void {
  for (const number of listSegments(folder)) {
    const [raw, sealed] = [segmentName(number), sealedName(number)];
    if (!existsSync(join(folder, sealed)) || !existsSync(join(folder, raw))) continue;
    if (!holdTheSame(folder, raw, sealed)) {
      throw new LogCorrupted(
        `"${raw}" and "${sealed}" in "${folder}" are not the same segment: remove the one that is damaged`,
        { segment: sealed, offset: 0, lastGoodSeq: 0 },
      );
    }
    disk.remove(join(folder, raw));
  }
}

function holdTheSame(folder: string, raw: string, sealed: string): boolean {
  const one = new RawSegment(raw, openSync(join(folder, raw), 'r'));
  const other = new SealedSegment(sealed, openSync(join(folder, sealed), 'r'));
  try {
    let size = 0;
    for (const { header, offset } of other.batches()) {
      size = offset + header.contents;
      if (one.left(0) < size) return false;
      if (!one.view(offset, header.contents).equals(other.view(offset, header.contents)))
        return false;
    }
    return one.left(0) === size;
  } catch (error) {
    if (error instanceof Damage) return false;
    throw error;
  } finally {
    one.close();
    other.close();
  }
}
