/** Which files a path with placeholders stands for. */
import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import { FeedError } from '../domain/errors.ts';
import type { Interval } from '../domain/interval.ts';

/** A file to read. Only `shown` and `name` may appear in messages and facts. */
export interface DataFile {
  readonly path: string;
  /** As the user wrote it; of an absolute path only the end. */
  readonly shown: string;
  /** Without its folder. */
  readonly name: string;
}

/** `bars/{symbol}.csv`, or a path for each symbol. */
export type DataPath = string | Readonly<Record<string, string>>;

interface Wanted {
  readonly symbol: string;
  readonly interval: Interval;
}

const DATE = '{date}';

/** The files of one source, relative to `folder`. */
export class DataFiles {
  readonly #path: DataPath;
  readonly #folder: string;

  constructor(path: DataPath, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  /** The path, as messages name it, if it is one file for whatever symbol; `null` otherwise. */
  get single(): string | null {
    const path = this.#path;
    return typeof path === 'string' && !path.includes('{symbol}') ? shown(path) : null;
  }

  /**
   * The files of `symbol`, ascending by date; none, and why, where a symbol is simply not there.
   *
   * @throws {FeedError} if a path that was written for this very symbol leads nowhere
   */
  async find(wanted: Wanted): Promise<{ files: readonly DataFile[]; missing?: string }> {
    const { symbol } = wanted;
    const template = this.#templateOf(symbol);
    if (template === undefined) return { files: [], missing: `no path is given for "${symbol}"` };
    if (template.includes('{symbol}') && !isFileName(symbol)) {
      const missing = `"${symbol}" cannot be part of a file name: map it to a path of its own`;
      return { files: [], missing };
    }
    const path = template
      .replaceAll('{symbol}', () => symbol)
      .replaceAll('{interval}', wanted.interval);
    const paths = path.includes(DATE) ? await this.#dated(path) : [path];
    const files = [];
    for (const file of paths) {
      if (await isFile(this.#resolve(file), shown(file))) files.push(this.#file(file));
    }
    if (files.length > 0) return { files };
    const missing = `there is no file "${shown(path)}" for "${symbol}"`;
    if (template.includes('{symbol}')) return { files, missing };
    throw new FeedError(`${missing}; correct the path or name a file that exists`);
  }

  #templateOf(symbol: string): string | undefined {
    const path = this.#path;
    if (typeof path === 'string') return path;
    return Object.hasOwn(path, symbol) ? path[symbol] : undefined;
  }

  /** The paths that a listing of the folder shows to be there, one for each date. */
  async #dated(path: string): Promise<string[]> {
    const segments = path.split('/');
    const at = segments.findIndex((segment) => segment.includes(DATE));
    const pattern = segments[at]!;
    const start = pattern.indexOf(DATE);
    const names = await entriesOf(this.#resolve(segments.slice(0, at).join('/') || '.'));
    const dates = names
      .filter((name) => {
        const date = name.slice(start, start + 8);
        return /^\d{8}$/.test(date) && name === pattern.replaceAll(DATE, date);
      })
      .map((name) => name.slice(start, start + 8));
    return dates.toSorted().map((date) => path.replaceAll(DATE, date));
  }

  #file(path: string): DataFile {
    return { path: this.#resolve(path), shown: shown(path), name: basename(path) };
  }

  #resolve(path: string): string {
    return resolve(this.#folder, path);
  }
}

/** Facts are the same on every machine, so no message tells where a file lies on this one. */
function shown(path: string): string {
  if (!isAbsolute(path)) return path;
  return `…/${path.split(/[\\/]/).slice(-2).join('/')}`;
}

/** A symbol comes from outside; it must not lead out of the folder. */
function isFileName(symbol: string): boolean {
  return !/[\\/]/.test(symbol) && symbol !== '.' && symbol !== '..';
}

async function isFile(path: string, as: string): Promise<boolean> {
  try {
    if ((await stat(path)).isFile()) return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw unreadable(as, error);
  }
  throw new FeedError(`"${as}" is no file; name the file itself`);
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unreadable(shown(folder), error);
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** What an operating system's refusal is to the user; its own message holds the whole path. */
export function unreadable(as: string, error: unknown): FeedError {
  return new FeedError(`"${as}" cannot be read (${codeOf(error)}); check that it may be opened`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
