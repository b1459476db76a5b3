/**
 * `synced.json`: how far a log that is being written is known to be on stable storage. After a power cut the pages
 * written later may be there in any combination, so that intact records can follow torn ones; what was synced
 * cannot be torn, and if it is not intact that is damage.
 *
 * Written in place after each sync and not synced itself: an older mark is as true as a newer one. Gone once the log
 * is closed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, writeAllSync } from './disk.ts';
import { writeFileDurably } from './durableFile.ts';
import { parseJson } from './json.ts';

const NAME = 'synced.json';
/** Always as long, and within one sector: a disk writes it whole or not at all. */
const BYTES = 64;

/** The bytes of the segment before `bytes`, and all of earlier segments, are on stable storage. */
interface Synced {
  /** File name. */
  readonly segment: string;
  readonly bytes: number;
}

export class SyncedMark {
  readonly #path: string;
  readonly #disk: Disk;
  #fd: number;

  /** On return the mark is on stable storage. */
  constructor(folder: string, disk: Disk, synced: Synced) {
    this.#path = join(folder, NAME);
    this.#disk = disk;
    writeFileDurably(this.#path, textOf(synced), disk);
    this.#fd = disk.open(this.#path, 'r+');
  }

  move(synced: Synced): void {
    writeAllSync(this.#disk, this.#fd, {
      bytes: Buffer.from(textOf(synced)),
      from: 0,
      position: 0,
    });
  }

  close(): void {
    if (this.#fd !== -1) this.#disk.close(this.#fd);
    this.#fd = -1;
  }

  /** For a log that is closed: all of it is on stable storage. */
  remove(): void {
    this.close();
    this.#disk.remove(this.#path);
  }
}

function textOf(synced: Synced): string {
  return `${JSON.stringify(synced).padEnd(BYTES - 1)}\n`;
}

/** True unless a mark says that the byte at `offset` of a segment, by file name, was not yet synced. */
export function wasSynced(folder: string, segment: string, offset: number): boolean {
  const synced = readMark(folder);
  if (synced === null || synced.segment > segment) return true;
  return synced.segment === segment && offset < synced.bytes;
}

function readMark(folder: string): Synced | null {
  try {
    const mark = parseJson(readFileSync(join(folder, NAME), 'utf8')) as Partial<Synced> | null;
    const { segment, bytes } = mark ?? {};
    return typeof segment === 'string' && Number.isSafeInteger(bytes) ? (mark as Synced) : null;
  } catch {
    return null;
  }
}
