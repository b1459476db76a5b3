/** Checked bars set aside on disk, where any range of them is one read away. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bar, BarColumns } from '../domain/bars.ts';
import { FeedError } from '../domain/errors.ts';
import { readWhole, writeWhole } from './wholeReads.ts';

/** A row is these numbers as doubles. */
const FIELDS = ['opened', 'open', 'high', 'low', 'close', 'volume'] as const;
const ROW_BYTES = FIELDS.length * Float64Array.BYTES_PER_ELEMENT;

/** Rows that are written at once: 1.5 MiB. */
const BLOCK_ROWS = 1 << 15;

/** A file without a name in the system's temporary folder; it is gone with the process at the latest. */
export class Scratch {
  /** Made with the first row; null before. */
  #file: Promise<FileHandle> | null = null;
  #isClosed = false;
  #length = 0;

  /** Rows written so far; the next one has this number. */
  get length(): number {
    return this.#length;
  }

  async append(bars: BarColumns): Promise<void> {
    const handle = await this.#opened();
    for (let from = 0; from < bars.length; from += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, bars.length - from);
      const block = new Float64Array(rows * FIELDS.length);
      for (const [column, field] of FIELDS.entries()) {
        const values = bars[field];
        for (let i = 0; i < rows; i++) block[i * FIELDS.length + column] = values[from + i]!;
      }
      await writeWhole(handle, block, this.#length * ROW_BYTES).catch(refuse);
      this.#length += rows;
    }
  }

  /** Rows `[start, end)`, to be taken apart with {@link readRow}. */
  async read(start: number, end: number): Promise<Float64Array> {
    const block = new Float64Array((end - start) * FIELDS.length);
    const handle = await this.#file;
    const read = handle === null ? 0 : await readWhole(handle, block, start * ROW_BYTES);
    if (read === block.byteLength) return block;
    throw new FeedError(`rows ${start} to ${end} of a scratch file are gone; run again`);
  }

  /** For good: a file that was made after that would never be closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // One that is just being made is closed as well; one that could not be made needs no closing.
    const handle = await this.#file?.catch(() => null);
    this.#file = null;
    this.#length = 0;
    await handle?.close();
  }

  #opened(): Promise<FileHandle> {
    if (this.#isClosed) throw new FeedError('the data was closed while it was read; run again');
    this.#file ??= unnamedFile().catch((error: unknown) => {
      this.#file = null;
      throw error;
    });
    return this.#file;
  }
}

/** A file that nobody else can open, and that is gone once it is closed. */
async function unnamedFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `openbell-${randomUUID()}`);
  const handle = await open(path, 'wx+').catch(refuse);
  try {
    await unlink(path);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}

function refuse(cause: NodeJS.ErrnoException): never {
  throw new FeedError(
    `bars cannot be set aside in the temporary folder (${cause.code}); make room there or set TMPDIR`,
    { cause },
  );
}

/** Writes row `i` of a block into `bar`. */
export function readRow(block: Float64Array, i: number, bar: Bar): void {
  const at = i * FIELDS.length;
  bar.opened = block[at]!;
  bar.open = block[at + 1]!;
  bar.high = block[at + 2]!;
  bar.low = block[at + 3]!;
  bar.close = block[at + 4]!;
  bar.volume = block[at + 5]!;
}
