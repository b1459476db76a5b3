/**
 * Group commit: bytes are taken at once and written in the background, one write and one fdatasync for all
 * that has gathered meanwhile. Whoever waits for stable storage shares them.
 *
 * Files are written in order, and a file is on stable storage before the first byte of the next is written:
 * after a crash only the last one can be incomplete.
 */
import { dirname } from 'node:path';
import { LogWriteFailed, sentenceOf } from '../domain/errors.ts';
import { type Disk, type Piece, writeAll, writeAllSync } from './disk.ts';
import { writeFailure } from './writeFailure.ts';

/** Bytes that are worth a commit of their own. */
const COMMIT_BYTES = 1 << 18;
/** What one write takes at most, but for a longer record: each takes a turn of the event loop. */
const CHUNK_BYTES = 1 << 20;
/** Fewer bytes wait at most this long, host time. */
const COMMIT_MS = 50;

interface OutputFile {
  readonly path: string;
  /** Null while it is not made: not before all of the file before it is on stable storage. */
  fd: number | null;
  /** Where the next byte goes. */
  size: number;
  /** True until the folder is known to keep its name. */
  isNew: boolean;
}

/** Consecutive bytes of one file. */
interface Chunk {
  readonly file: OutputFile;
  readonly position: number;
  readonly bytes: Buffer<ArrayBuffer>;
  length: number;
  written: boolean;
}

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class CommitQueue {
  readonly #disk: Disk;
  readonly #onSynced: (path: string, bytes: number) => void;
  #file: OutputFile | null = null;
  /** The file of the last chunk written. */
  #written: OutputFile | null = null;
  #pending: Chunk[] = [];
  #writing: Chunk[] = [];
  /** One is enough to write from one chunk while the next fills; what a slow disk takes more is not kept. */
  #spare: Buffer<ArrayBuffer> | null = null;
  #appended = 0;
  #durable = 0;
  #taken = 0;
  #waiters: Waiter[] = [];
  /** The commits under way; null while there are none. */
  #run: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #failure: LogWriteFailed | null = null;

  /** @param onSynced told how far the last file is on stable storage, whenever that has changed */
  constructor(disk: Disk, onSynced: (path: string, bytes: number) => void = () => {}) {
    this.#disk = disk;
    this.#onSynced = onSynced;
  }

  /** Bytes appended and not yet on stable storage. */
  get backlog(): number {
    return this.#appended - this.#durable;
  }

  /** Bytes taken so far. */
  get appended(): number {
    return this.#appended;
  }

  /** Bytes of the present file, written or not. */
  get fileSize(): number {
    return this.#file?.size ?? 0;
  }

  /** What has gone wrong, if anything has. Nothing is taken after that. */
  get failure(): LogWriteFailed | null {
    return this.#failure;
  }

  /** From now on bytes go to the end of the file at `path`, which has `size` bytes; 0: it is new. */
  openFile(path: string, size = 0): void {
    this.#file = { path, fd: null, size, isNew: size === 0 };
    if (size === 0) return;
    try {
      // What another writer has left may be in the memory of the system only.
      this.#disk.syncSync(this.#opened(this.#file));
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Takes a copy of `bytes`. @throws {LogWriteFailed} once anything has failed */
  append(bytes: Buffer): void {
    if (this.#failure !== null) throw this.#failure;
    const chunk = this.#chunkFor(bytes.length);
    chunk.bytes.set(bytes, chunk.length);
    chunk.length += bytes.length;
    chunk.file.size += bytes.length;
    this.#appended += bytes.length;
    if (this.#appended - this.#taken >= COMMIT_BYTES) this.#start();
    else this.#startSoon();
  }

  /** Resolves when everything appended so far is on stable storage. */
  durable(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.backlog === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ upTo: this.#appended, resolve, reject });
      this.#start();
    });
  }

  /** Hands everything to the operating system at once, so that it can be read back. Blocks. */
  flush(): void {
    if (this.#failure !== null) throw this.#failure;
    try {
      let before = this.#written;
      // What is just being written is written again, the same bytes in the same place: no reader may see
      // later bytes before earlier ones.
      const chunks = [...this.#writing, ...this.#pending].filter((chunk) => !chunk.written);
      for (const chunk of chunks) {
        if (before !== null && before !== chunk.file) this.#disk.syncSync(this.#opened(before));
        before = chunk.file;
        writeAllSync(this.#disk, this.#opened(before), pieceOf(chunk));
        chunk.written = true;
      }
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Waits for stable storage and closes the files. @throws {LogWriteFailed} */
  async close(): Promise<void> {
    try {
      await this.durable();
    } finally {
      await this.letGo();
    }
  }

  /** Closes the files as they are, once nothing is being written any more. */
  async letGo(): Promise<void> {
    this.#stopTimer();
    await this.#run;
    this.#stopTimer();
    for (const file of new Set([this.#written, this.#file]))
      if (file !== null && file.fd !== null) this.#disk.close(file.fd);
    this.#written = null;
    this.#file = null;
  }

  #chunkFor(length: number): Chunk {
    const last = this.#pending.at(-1);
    const file = this.#file!;
    const fits =
      last !== undefined &&
      last.file === file &&
      !last.written &&
      last.length + length <= last.bytes.length;
    if (fits) return last;
    const spare = length > CHUNK_BYTES ? null : this.#spare;
    if (spare !== null) this.#spare = null;
    const bytes = spare ?? Buffer.allocUnsafeSlow(Math.max(length, CHUNK_BYTES));
    const chunk = { file, position: file.size, bytes, length: 0, written: false };
    this.#pending.push(chunk);
    return chunk;
  }

  #start(): void {
    this.#stopTimer();
    this.#run ??= this.#commitAll();
  }

  async #commitAll(): Promise<void> {
    try {
      do await this.#commit();
      while (this.#waiters.length > 0 || this.#appended - this.#taken >= COMMIT_BYTES);
    } catch (error) {
      this.fail(error);
    }
    this.#run = null;
    if (this.#failure === null && this.#pending.length > 0) this.#startSoon();
  }

  async #commit(): Promise<void> {
    const chunks = this.#pending;
    this.#writing = chunks;
    this.#pending = [];
    const upTo = this.#appended;
    this.#taken = upTo;
    for (const chunk of chunks) {
      if (this.#written !== chunk.file) await this.#moveTo(chunk.file);
      if (!chunk.written) await writeAll(this.#disk, this.#opened(chunk.file), pieceOf(chunk));
      chunk.written = true;
    }
    const file = this.#written;
    if (file !== null) await this.#disk.sync(this.#opened(file));
    if (file?.isNew === true) {
      this.#disk.syncFolder(dirname(file.path));
      file.isNew = false;
    }
    const last = chunks.at(-1);
    if (last !== undefined) this.#onSynced(last.file.path, last.position + last.length);
    this.#writing = [];
    this.#recycle(chunks);
    this.#settle(upTo);
  }

  async #moveTo(file: OutputFile): Promise<void> {
    const before = this.#written;
    if (before !== null) {
      const fd = this.#opened(before);
      await this.#disk.sync(fd);
      before.fd = null;
      this.#disk.close(fd);
    }
    this.#written = file;
  }

  /** The descriptor of a file, which is made if need be. */
  #opened(file: OutputFile): number {
    file.fd ??= this.#disk.open(file.path, file.isNew ? 'wx' : 'r+');
    return file.fd;
  }

  #recycle(chunks: readonly Chunk[]): void {
    for (const { bytes } of chunks) {
      if (bytes.length === CHUNK_BYTES && this.#spare === null) this.#spare = bytes;
      // Given back at once: a collection that frees so much may be a hundred sessions away.
      else bytes.buffer.transfer(0);
    }
  }

  #settle(upTo: number): void {
    this.#durable = upTo;
    const done = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    for (const { resolve } of done) resolve();
  }

  /** Takes nothing any more, for that reason. */
  fail(cause: unknown): LogWriteFailed {
    const path = this.#file?.path ?? 'a segment';
    this.#failure ??= failureOf(path, cause);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(this.#failure);
    return this.#failure;
  }

  #startSoon(): void {
    this.#cancelTimer ??= this.#disk.later(COMMIT_MS, () => this.#start());
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}

function failureOf(path: string, cause: unknown): LogWriteFailed {
  const failure = writeFailure(path, cause);
  if (failure instanceof LogWriteFailed) return failure;
  return new LogWriteFailed(`the log cannot be written, ${sentenceOf(cause)}`, { cause });
}

function pieceOf({ bytes, length, position }: Chunk): Piece {
  return { bytes: bytes.subarray(0, length), from: 0, position };
}
