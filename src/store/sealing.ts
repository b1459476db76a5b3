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
import { RawSegment, WINDOW_MAX } from './rawSegment.ts';
import { HEADER_BYTES, type RecordHeader, seqFrom } from './record.ts';
import { type BatchContent, encodeBatch, SealedSegment } from './sealedSegment.ts';
import { contentOf, Damage, recordAt, type Segment } from './segment.ts';
import { listSegments, openSegment, sealedName, segmentName } from './segments.ts';

/** Bytes at which a batch is full: enough to compress well, few enough to be read for the sake of one frame. */
const BATCH_BYTES = 1 << 16;
/** Batches that are compressed at once: a busy program looks at what is done only now and then. */
const AT_ONCE = 2;
/** Bytes that are worth a write of their own. */
const WRITE_BYTES = 1 << 16;

/** Seals one segment after another, in memory that it uses again. */
export class Sealer {
  readonly #disk: Disk;
  readonly #presses: readonly Press[];
  readonly #room = Buffer.allocUnsafeSlow(WINDOW_MAX);
  readonly #writers: Writers = [new ByteWriter(2 * WRITE_BYTES), new ByteWriter(2 * WRITE_BYTES)];

  constructor(disk = REAL_DISK) {
    this.#disk = disk;
    this.#presses = Array.from({ length: AT_ONCE }, () => new Press(disk.compressor()));
  }

  /**
   * Seals segment `number`; one that is sealed already stays as it is.
   *
   * @param signal leaves the segment as it is when it aborts; nothing is sealed after that
   * @throws {LogCorrupted} if the segment is not intact; it then stays as it is
   */
  async seal(folder: string, number: number, signal?: AbortSignal): Promise<void> {
    const segment = openSegment(folder, number, { room: this.#room });
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
    for (const press of this.#presses) press.close();
  }

  /** A batch begins to be compressed as soon as the oldest of those under way is done, and while others are written. */
  async #writeBatches(segment: Segment, fd: number, signal?: AbortSignal): Promise<void> {
    const output = new Output(this.#disk, fd, this.#writers);
    const idle = [...this.#presses];
    const busy: { press: Press; content: BatchContent; frame: Promise<Uint8Array> }[] = [];
    const next = async (): Promise<Press> => {
      const { press, content, frame } = busy.shift()!;
      await output.add(content, await frame);
      signal?.throwIfAborted();
      return press;
    };
    try {
      let offset = 0;
      for (const content of batchesOf(segment)) {
        const press = idle.pop() ?? (await next());
        const frame = press.press(segment.view(offset, content.bytes));
        // It is waited for in its turn: until then it may fail while nobody does.
        frame.catch(() => {});
        busy.push({ press, content, frame });
        offset += content.bytes;
      }
      while (busy.length > 0) await next();
      await output.end();
    } finally {
      // Nobody is to work on it any more once this is over, however it ends.
      await Promise.allSettled([...busy.map(({ frame }) => frame), output.written]);
    }
  }
}

/** Compresses one batch at a time. */
class Press {
  readonly #compressor: Compressor;
  #copy = Buffer.alloc(0);

  constructor(compressor: Compressor) {
    this.#compressor = compressor;
  }

  /** A copy of the bytes as a frame of zstd; there until the next one is asked for. */
  async press(bytes: Buffer): Promise<Uint8Array> {
    const { length } = bytes;
    if (this.#copy.length < length) this.#copy = Buffer.allocUnsafeSlow(length + HEADER_BYTES);
    this.#copy.set(bytes);
    const copy = this.#copy.subarray(0, length);
    const frame = await this.#compressor.compress(copy);
    // The raw segment is removed for these: what cannot be got back from them must not take its place.
    if (await this.#compressor.holds(frame, copy)) return frame;
    throw new Error('what was compressed does not come back as it was');
  }

  close(): void {
    this.#compressor.close();
  }
}

type Writers = [ByteWriter, ByteWriter];

/** Writes batches one after another; while some are written, others gather. */
class Output {
  /** What is under way; the rest waits for it. */
  written: Promise<void> = Promise.resolve();
  readonly #disk: Disk;
  readonly #fd: number;
  readonly #writers: Writers;
  #position = 0;

  constructor(disk: Disk, fd: number, writers: Writers) {
    this.#disk = disk;
    this.#fd = fd;
    this.#writers = writers;
    for (const writer of writers) writer.length = 0;
  }

  /** Resolves when there is room for the next one. */
  async add(content: BatchContent, compressed: Uint8Array): Promise<void> {
    const [gathering] = this.#writers;
    encodeBatch(gathering, compressed, content);
    if (gathering.length >= WRITE_BYTES) await this.#write();
  }

  async end(): Promise<void> {
    await this.#write();
    await this.written;
  }

  async #write(): Promise<void> {
    const [gathered, other] = this.#writers;
    await this.written;
    const piece = { bytes: gathered.written(), from: 0, position: this.#position };
    this.written = writeAll(this.#disk, this.#fd, piece);
    this.written.catch(() => {});
    this.#position += gathered.length;
    other.length = 0;
    this.#writers.reverse();
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
