/**
 * Group commit: bytes are taken at once and written in the background, one write and one fdatasync for all
 * that has gathered meanwhile. Whoever waits for stable storage shares them.
 *
 * Files are written in order, and a file is on stable storage before the first byte of the next is written:
 * after a crash only the last one can be incomplete.
 */
import { closeSync, fdatasync, fdatasyncSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { LogWriteFailed } from '../domain/errors.ts';
import { syncFolder } from './durableFile.ts';

const writeBytes = promisify(write);
const sync = promisify(fdatasync);

/** Bytes that are worth a commit of their own; also the size of a chunk. */
const COMMIT_BYTES = 1 << 18;
/** Fewer bytes wait at most this long, host time. */
const COMMIT_MS = 50;
const SPARE_CHUNKS = 8;

interface OutputFile {
  readonly path: string;
  readonly fd: number;
  /** Where the next byte goes. */
  size: number;
  /** True until the folder is known to keep its name. */
  isNew: boolean;
}

/** Consecutive bytes of one file. */
interface Chunk {
  readonly file: OutputFile;
  readonly position: number;
  readonly bytes: Buffer;
  length: number;
  written: boolean;
}

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class CommitQueue {
  #file: OutputFile | null = null;
  /** The file of the last chunk written. */
  #written: OutputFile | null = null;
  #pending: Chunk[] = [];
  #writing: Chunk[] = [];
  readonly #spare: Buffer[] = [];
  #appended = 0;
  #durable = 0;
  #taken = 0;
  #waiters: Waiter[] = [];
  /** The commits under way; null while there are none. */
  #run: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failure: LogWriteFailed | null = null;

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
    try {
      const fd = openSync(path, size === 0 ? 'wx' : 'r+');
      this.#file = { path, fd, size, isNew: size === 0 };
    } catch (error) {
      throw this.#fail(error);
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
        if (before !== null && before !== chunk.file) fdatasyncSync(before.fd);
        before = chunk.file;
        writeAllSync(chunk);
        chunk.written = true;
      }
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Waits for stable storage and closes the files. @throws {LogWriteFailed} */
  async close(): Promise<void> {
    try {
      await this.durable();
    } finally {
      this.#stopTimer();
      await this.#run;
      for (const file of new Set([this.#written, this.#file]))
        if (file !== null) closeSync(file.fd);
      this.#written = null;
      this.#file = null;
    }
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
    const bytes =
      length > COMMIT_BYTES
        ? Buffer.allocUnsafeSlow(length)
        : (this.#spare.pop() ?? Buffer.allocUnsafeSlow(COMMIT_BYTES));
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
      this.#fail(error);
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
      if (!chunk.written) await writeAll(chunk);
      chunk.written = true;
    }
    const file = this.#written;
    if (file !== null) await sync(file.fd);
    if (file?.isNew === true) {
      syncFolder(dirname(file.path));
      file.isNew = false;
    }
    this.#writing = [];
    this.#recycle(chunks);
    this.#settle(upTo);
  }

  async #moveTo(file: OutputFile): Promise<void> {
    const before = this.#written;
    this.#written = file;
    if (before === null) return;
    await sync(before.fd);
    closeSync(before.fd);
  }

  #recycle(chunks: readonly Chunk[]): void {
    for (const { bytes } of chunks) {
      const isSpare = bytes.length === COMMIT_BYTES && this.#spare.length < SPARE_CHUNKS;
      if (isSpare) this.#spare.push(bytes);
    }
  }

  #settle(upTo: number): void {
    this.#durable = upTo;
    const done = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    for (const { resolve } of done) resolve();
  }

  #fail(cause: unknown): LogWriteFailed {
    const path = this.#file?.path ?? 'a segment';
    const reason = (cause as Error).message;
    const message = `the log cannot be written, "${path}": ${reason}: make room, then run it again`;
    this.#failure ??= new LogWriteFailed(message, { cause });
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(this.#failure);
    return this.#failure;
  }

  #startSoon(): void {
    this.#timer ??= setTimeout(() => this.#start(), COMMIT_MS);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

async function writeAll({ file, bytes, length, position }: Chunk): Promise<void> {
  for (let done = 0; done < length; ) {
    const { bytesWritten } = await writeBytes(file.fd, bytes, done, length - done, position + done);
    done += bytesWritten;
  }
}

function writeAllSync({ file, bytes, length, position }: Chunk): void {
  for (let done = 0; done < length; ) {
    done += writeSync(file.fd, bytes, done, length - done, position + done);
  }
}
