/**
 * What the writer of a log does to files: the seam between the log and the disk, at which a test puts a world that
 * fails. Reading is none of it: who reads looks at the files themselves.
 */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  write,
  writeSync,
} from 'node:fs';
import { type Compressor, ZstdCompressor } from './compressor.ts';

/** `wx`: it must be new. `r+`: it must be there. `w`: it is emptied. `a`: every write goes to its end. */
export type OpenFlags = 'wx' | 'r+' | 'w' | 'a';

/** Some bytes, and where in a file they go. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Bytes before this one are not to be written. */
  readonly from: number;
  /** Not needed in a file that was opened to append. */
  readonly position: number | null;
}

export interface Disk {
  open(path: string, flags: OpenFlags): number;
  close(fd: number): void;
  /** Writes some of a piece, maybe not all. @returns how many bytes */
  writeSync(fd: number, piece: Piece): number;
  write(fd: number, piece: Piece): Promise<number>;
  /** On return what was written to the file is on stable storage. */
  syncSync(fd: number): void;
  sync(fd: number): Promise<void>;
  /** On return it is shorter, also after a crash. */
  truncate(path: string, bytes: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  makeFolder(path: string): void;
  /** On return the files made, renamed and removed in the folder are so after a crash. */
  syncFolder(folder: string): void;
  /** A new one of what makes bytes smaller, beside the program; closed by who asked for it. */
  compressor(): Compressor;
  /** Has `act` called once, after some milliseconds of host time. @returns how to call it off */
  later(ms: number, act: () => void): () => void;
}

export const REAL_DISK: Disk = {
  open: (path, flags) => openSync(path, flags),
  close: closeSync,
  writeSync: (fd, { bytes, from, position }) =>
    writeSync(fd, bytes, from, bytes.length - from, position),
  write: (fd, { bytes, from, position }) =>
    new Promise((resolve, reject) => {
      write(fd, bytes, from, bytes.length - from, position, (error, written) =>
        error === null ? resolve(written) : reject(error),
      );
    }),
  syncSync: fdatasyncSync,
  sync: (fd) =>
    new Promise((resolve, reject) => {
      fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
    }),
  truncate: (path, bytes) => {
    truncateSync(path, bytes);
    withFile(path, 'r+', fsyncSync);
  },
  rename: renameSync,
  remove: (path) => rmSync(path),
  makeFolder: (path) => mkdirSync(path),
  syncFolder: (folder) => {
    // Folders cannot be opened on Windows; renames are journalled there.
    if (process.platform !== 'win32') withFile(folder, 'r', fsyncSync);
  },
  compressor: () => new ZstdCompressor(),
  later: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Writes a piece to its end, however many writes that takes. */
export async function writeAll(disk: Disk, fd: number, piece: Piece): Promise<void> {
  const { bytes, position } = piece;
  for (let from = piece.from; from < bytes.length; ) {
    const at = position === null ? null : position + from - piece.from;
    from += await disk.write(fd, { bytes, from, position: at });
  }
}

export function writeAllSync(disk: Disk, fd: number, piece: Piece): void {
  const { bytes, position } = piece;
  for (let from = piece.from; from < bytes.length; ) {
    const at = position === null ? null : position + from - piece.from;
    from += disk.writeSync(fd, { bytes, from, position: at });
  }
}

function withFile(path: string, flags: string, use: (fd: number) => void): void {
  const fd = openSync(path, flags);
  try {
    use(fd);
  } finally {
    closeSync(fd);
  }
}
