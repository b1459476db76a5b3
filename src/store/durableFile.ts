/** Small files that are there whole or not at all, also after a crash: temporary file, fsync, rename. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Ending of files that were not finished; they mean nothing. */
export const UNFINISHED = '.tmp';

/** Replaces the file at `path`. On return it is on stable storage. */
export function writeFileDurably(path: string, content: string | Uint8Array): void {
  const unfinished = path + UNFINISHED;
  const fd = openSync(unfinished, 'w');
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(unfinished, path);
  syncFolder(dirname(path));
}

/** Makes sure that what was written to the file at `path` is there after a crash. */
export function syncFile(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes sure that the files made or renamed in `folder` are there after a crash. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // Folders cannot be opened there; renames are journalled.
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
