/** Small files that are there whole or not at all: temporary file, fsync where it is to outlive a crash, rename. */
import { dirname } from 'node:path';
import { type Disk, REAL_DISK, writeAll, writeAllSync } from './disk.ts';

/** Ending of files that were not finished; they mean nothing. */
export const UNFINISHED = '.tmp';

/** Of those that are written in the background: beside that the file may be replaced at once. */
const SOON = `.soon${UNFINISHED}`;

/** Replaces the file at `path`. On return it is on stable storage. */
export function writeFileDurably(
  path: string,
  content: string | Uint8Array,
  disk: Disk = REAL_DISK,
): void {
  replaceFile(path, content, { disk, isSynced: true });
  disk.syncFolder(dirname(path));
}

/**
 * Replaces the file at `path`, which is whole as long as the machine goes on: for what carries a checksum of its own
 * and can be made anew, so that nobody waits for the disk.
 */
export function writeFileWhole(path: string, content: string, disk: Disk = REAL_DISK): void {
  replaceFile(path, content, { disk, isSynced: false });
}

/**
 * Replaces the file at `path` without making the program wait for the disk, unless it is not `wanted` any more when it
 * has been written. When it resolves what is there is on stable storage and whole; only which of both it is after a
 * power cut is up to the disk.
 */
export async function writeFileSoon(
  path: string,
  bytes: Uint8Array,
  { disk = REAL_DISK, wanted = () => true }: { disk?: Disk; wanted?: () => boolean } = {},
): Promise<void> {
  const unfinished = path + SOON;
  const fd = disk.open(unfinished, 'w');
  try {
    await writeAll(disk, fd, { bytes, from: 0, position: 0 });
    await disk.sync(fd);
  } catch (error) {
    disk.close(fd);
    removeQuietly(unfinished, disk);
    throw error;
  }
  disk.close(fd);
  if (wanted()) disk.rename(unfinished, path);
  else removeQuietly(unfinished, disk);
}

function replaceFile(
  path: string,
  content: string | Uint8Array,
  { disk, isSynced }: { disk: Disk; isSynced: boolean },
): void {
  const unfinished = path + UNFINISHED;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const fd = disk.open(unfinished, 'w');
  try {
    writeAllSync(disk, fd, { bytes, from: 0, position: 0 });
    if (isSynced) disk.syncSync(fd);
  } catch (error) {
    disk.close(fd);
    removeQuietly(unfinished, disk);
    throw error;
  }
  disk.close(fd);
  disk.rename(unfinished, path);
}

/** Half a file on a full disk would only be in the way. */
export function removeQuietly(path: string, disk: Disk): void {
  try {
    disk.remove(path);
  } catch {
    // Whoever writes the log next removes it.
  }
}
