/**
 * Files of market data as a slow or failing device gives them: a read brings less than was asked for, a write takes
 * less than it was given, and a read may break off after it has brought something.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { csvFeed } from '../../src/feeds/csv.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { parquetFeed } from '../../src/feeds/parquet.ts';
import type { Choices } from '../choices.ts';
import { csvOf, parquetOf, sourceOf } from '../feeds/barFiles.ts';
import type { TestBar } from '../support.ts';

type Read = (into: Uint8Array, offset: number, length: number, at: number) => Promise<unknown>;
type Handles = Record<'read' | 'write', Read>;

/** Most bytes that are moved at once. */
const AT_ONCE = 3000;

export class FileWorld {
  readonly #folder: string;
  readonly #type: 'csv' | 'parquet';
  /** Of what is read now: whether it breaks off, and how many reads it had. */
  readonly #now = new AsyncLocalStorage<{ readonly breaks: boolean; reads: number }>();

  constructor(
    folder: string,
    type: 'csv' | 'parquet',
    bars: Readonly<Record<string, readonly TestBar[]>>,
  ) {
    this.#folder = folder;
    this.#type = type;
    mkdirSync(folder);
    for (const [symbol, rows] of Object.entries(bars)) {
      const content = type === 'csv' ? csvOf(rows) : parquetOf(rows);
      writeFileSync(join(folder, `${symbol}.${type}`), content);
    }
  }

  feed(): Feed {
    const feedOf = this.#type === 'csv' ? csvFeed : parquetFeed;
    return feedOf(sourceOf(this.#type), this.#folder);
  }

  /** Has a feed read; if it `breaks`, some of it comes, and then an error. */
  reading<T>(read: () => Promise<T>, breaks: boolean): Promise<T> {
    return this.#now.run({ breaks, reads: 0 }, read);
  }

  /** Everything that is read and written by handles while `work` lasts comes in pieces. */
  async during<T>(choices: Choices, work: () => Promise<T>): Promise<T> {
    const handles = await handlesOf(this.#folder);
    const { read, write } = handles;
    const part = (length: number) =>
      choices.chance(0.5) ? length : Math.min(length, 1 + choices.below(AT_ONCE));
    const now = this.#now;
    handles.read = function (into, offset, length, at) {
      const reading = now.getStore();
      if (reading?.breaks !== true) return read.call(this, into, offset, part(length), at);
      reading.reads += 1;
      if (reading.reads === 1) {
        const some = Math.max(1, choices.below(length));
        return read.call(this, into, offset, some, at);
      }
      return Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
    };
    handles.write = function (from, offset, length, at) {
      return write.call(this, from, offset, part(length), at);
    };
    try {
      return await work();
    } finally {
      Object.assign(handles, { read, write });
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What every handle of a file inherits. */
async function handlesOf(folder: string): Promise<Handles> {
  const handle: FileHandle = await open(folder);
  await handle.close();
  return Object.getPrototypeOf(handle) as Handles;
}
