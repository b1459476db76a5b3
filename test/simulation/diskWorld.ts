/**
 * A disk as it is on a bad day, under a real folder: writes are short, fail, or are the last thing the computer does.
 *
 * What processes see is in the folder. What would be left after a power cut is kept beside it: of each file the
 * content as it was synced last and every page written since, and which names the synced folder has. A wreck is made
 * of that: the synced content, and any of the later pages.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Compressor, Disk, OpenFlags, Piece } from '../../src/index.ts';
import type { Choices } from '../choices.ts';

const PAGE = 4096;
const SECTOR = 512;

/** How an operation of the disk goes wrong, and at which one. */
export interface Fault {
  readonly at: number;
  /** `cut`: the power goes. `kill`: the process does. The others are errors of the system, from then on. */
  readonly kind: 'cut' | 'kill' | 'ENOSPC' | 'EIO';
}

interface Inode {
  /** What is there for certain. */
  synced: Buffer;
  seen: Buffer;
  /** Written since the last sync, in order. */
  readonly unsynced: { readonly at: number; readonly bytes: Buffer }[];
}

type Names = Map<string, Inode>;

export class DiskWorld implements Disk {
  /** Operations so far. */
  operations = 0;
  /** The fault that has happened; null if none has. */
  struck: Fault | null = null;

  readonly #folder: string;
  readonly #choices: Choices;
  readonly #fault: Fault | null;
  readonly #tell: (what: string) => void;
  readonly #names: Names = new Map();
  #syncedNames: Names = new Map();
  /** Changes of names since the folder was synced, in order. */
  #changes: ((names: Names) => void)[] = [];
  readonly #open = new Map<number, { inode: Inode; name: string; appends: boolean }>();
  /** Called at every operation: who wants to do something at any moment does it there. */
  onOperation: () => void = () => {};

  /** @param folder of the run; what is in it is taken to be synced */
  constructor(
    folder: string,
    {
      choices,
      fault,
      files,
      tell,
    }: {
      choices: Choices;
      fault: Fault | null;
      files: ReadonlyMap<string, Buffer>;
      tell: (what: string) => void;
    },
  ) {
    this.#folder = folder;
    this.#choices = choices;
    this.#fault = fault;
    this.#tell = tell;
    for (const [name, bytes] of files) {
      this.#names.set(name, { synced: bytes, seen: bytes, unsynced: [] });
    }
    this.#syncedNames = new Map(this.#names);
  }

  open(path: string, flags: OpenFlags): number {
    const name = basename(path);
    this.#step(`open ${name} (${flags})`, { needsRoom: flags === 'wx' || flags === 'w' });
    const fd = openSync(path, flags);
    let inode = this.#names.get(name);
    if (inode === undefined) {
      inode = { synced: Buffer.alloc(0), seen: Buffer.alloc(0), unsynced: [] };
      this.#rename((names) => names.set(name, inode!));
    } else if (flags === 'w')
      Object.assign(inode, { synced: Buffer.alloc(0), seen: Buffer.alloc(0) });
    this.#open.set(fd, { inode, name, appends: flags === 'a' });
    return fd;
  }

  close(fd: number): void {
    this.#open.delete(fd);
    closeSync(fd);
  }

  writeSync(fd: number, piece: Piece): number {
    const { inode, name, appends } = this.#open.get(fd)!;
    const wanted = piece.bytes.subarray(piece.from);
    const isShort = wanted.length > 1 && this.#choices.chance(0.1);
    const length = isShort ? 1 + this.#choices.below(wanted.length - 1) : wanted.length;
    const at = appends ? inode.seen.length : piece.position!;
    const bytes = Buffer.from(wanted.subarray(0, length));
    const write = (part: Buffer) => {
      inode.unsynced.push({ at, bytes: part });
      inode.seen = patched(inode.seen, at, part);
      writeSync(fd, part, 0, part.length, appends ? null : at);
    };
    const what = `write ${name} ${at}+${length}${isShort ? ` of ${wanted.length}` : ''}`;
    // Whatever ends it ends it in the middle.
    const partly = () => write(bytes.subarray(0, this.#choices.below(length + 1)));
    this.#step(what, { partly, needsRoom: true });
    write(bytes);
    return length;
  }

  async write(fd: number, piece: Piece): Promise<number> {
    await this.#aWhile();
    return this.writeSync(fd, piece);
  }

  syncSync(fd: number): void {
    const { inode, name } = this.#open.get(fd)!;
    this.#step(`sync ${name}`);
    inode.synced = inode.seen;
    inode.unsynced.length = 0;
  }

  async sync(fd: number): Promise<void> {
    const { inode, name } = this.#open.get(fd)!;
    // What is written while it goes on may or may not be part of it.
    const before = inode.seen;
    const count = inode.unsynced.length;
    await this.#aWhile();
    this.#step(`sync ${name}`);
    inode.synced = before;
    inode.unsynced.splice(0, count);
  }

  truncate(path: string, bytes: number): void {
    const inode = this.#names.get(basename(path))!;
    this.#step(`truncate ${basename(path)} to ${bytes}`);
    truncateSync(path, bytes);
    inode.seen = inode.seen.subarray(0, bytes);
    inode.synced = inode.seen;
    inode.unsynced.length = 0;
  }

  rename(from: string, to: string): void {
    const [a, b] = [basename(from), basename(to)];
    this.#step(`rename ${a} to ${b}`);
    renameSync(from, to);
    const inode = this.#names.get(a)!;
    this.#rename((names) => names.set(b, inode).delete(a));
  }

  remove(path: string): void {
    const name = basename(path);
    this.#step(`remove ${name}`);
    rmSync(path);
    this.#rename((names) => names.delete(name));
  }

  makeFolder(path: string): void {
    this.#step(`make the folder ${basename(path)}`);
    mkdirSync(path);
  }

  syncFolder(folder: string): void {
    this.#step(`sync the folder ${basename(folder)}`);
    if (folder !== this.#folder) return;
    this.#syncedNames = new Map(this.#names);
    this.#changes = [];
  }

  compressor(): Compressor {
    return {
      compress: async (bytes) => {
        await this.#aWhile();
        return zstdCompressSync(bytes);
      },
      holds: async (frame, bytes) => {
        await this.#aWhile();
        return zstdDecompressSync(frame).equals(bytes);
      },
      close() {},
    };
  }

  /** A turn of the program stands for a millisecond. */
  later(ms: number, act: () => void): () => void {
    let off = false;
    const turn = (left: number) => {
      if (off) return;
      if (left === 0) act();
      else setImmediate(turn, left - 1);
    };
    turn(1 + this.#choices.below(ms));
    return () => {
      off = true;
    };
  }

  /** What is found in the folder afterwards. */
  wreck(): Map<string, Buffer> {
    const kept = (names: Names, contentOf: (inode: Inode) => Buffer) =>
      new Map(Array.from(names, ([name, inode]) => [name, contentOf(inode)]));
    if (this.struck?.kind !== 'cut') return kept(this.#names, ({ seen }) => seen);
    const names = new Map(this.#syncedNames);
    for (const change of this.#changes.slice(0, this.#choices.below(this.#changes.length + 1))) {
      change(names);
    }
    const share = this.#choices.of([0, 0.3, 0.7, 0.95, 1]);
    return kept(names, (inode) => this.#contentAfterCut(inode, share));
  }

  #contentAfterCut({ synced, seen, unsynced }: Inode, share: number): Buffer {
    let content: Buffer = synced;
    for (const { at, bytes } of unsynced) {
      for (const [from, to] of pagesOf(at, bytes.length)) {
        if (!this.#choices.chance(share)) continue;
        const isTorn = this.#choices.chance(0.1);
        const end = isTorn ? Math.min(to, from + SECTOR * this.#choices.below(PAGE / SECTOR)) : to;
        content = patched(content, from, bytes.subarray(from - at, Math.max(from, end) - at));
      }
    }
    // Some file systems grow a file before its pages are there.
    const grows = content.length < seen.length && this.#choices.chance(0.3);
    return grows ? patched(content, seen.length, Buffer.alloc(0)) : content;
  }

  #rename(change: (names: Names) => unknown): void {
    change(this.#names);
    this.#changes.push(change);
  }

  /** Before every operation: this may be the one that fails. */
  #step(what: string, { partly, needsRoom = false }: Step = {}): void {
    if (this.#fault?.kind === 'ENOSPC' && !needsRoom) return;
    if (this.struck === null) {
      this.operations += 1;
      this.onOperation();
      if (this.#fault === null || this.operations < this.#fault.at) return;
      this.struck = this.#fault;
      this.#tell(`operation ${this.operations}, ${what}: ${this.#fault.kind}`);
      partly?.();
    }
    const { kind } = this.struck;
    const code = kind === 'cut' || kind === 'kill' ? 'EIO' : kind;
    throw Object.assign(new Error(`${code}: ${kind} at operation ${this.struck.at}`), { code });
  }

  async #aWhile(): Promise<void> {
    for (let turns = this.#choices.below(4); turns > 0; turns--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

interface Step {
  /** Does a part of it, where it ends in the middle. */
  readonly partly?: () => void;
  /** True if a full disk is in its way. */
  readonly needsRoom?: boolean;
}

/** `content` with `bytes` at a place; what is between is zeros. */
function patched(content: Buffer, at: number, bytes: Buffer): Buffer {
  const length = Math.max(content.length, at + bytes.length);
  const whole = Buffer.alloc(length);
  content.copy(whole);
  bytes.copy(whole, at);
  return whole;
}

/** The parts of `[at, at + length)` that lie on different pages. */
function* pagesOf(at: number, length: number): Generator<[from: number, to: number]> {
  for (let from = at; from < at + length; ) {
    const to = Math.min(at + length, (Math.floor(from / PAGE) + 1) * PAGE);
    yield [from, to];
    from = to;
  }
}

/** Makes the folder hold these files and no others. */
export function layOut(folder: string, files: ReadonlyMap<string, Buffer>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}
