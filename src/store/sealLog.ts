/** Seals a whole log: what `openbell seal` does. */
import { UsageError } from '../domain/errors.ts';
import { readManifest, writeManifest } from './manifest.ts';
import { finishSealing, Sealer } from './sealing.ts';
import { listSegments } from './segments.ts';
import { WriterLock } from './writerLock.ts';

/**
 * Compresses every segment of a closed log, the last one included. What is read from it stays the same.
 *
 * @returns how many segments were there
 * @throws {UsageError} if the folder holds no run, or one that is not closed
 * @throws {LogCorrupted} if a segment is damaged; it and those after it stay as they are
 */
export async function sealLog(folder: string): Promise<number> {
  const lock = WriterLock.claim(folder, readManifest(folder).epoch);
  const sealer = new Sealer();
  try {
    const manifest = readManifest(folder);
    if (manifest.closed === null) {
      throw new UsageError(`the log in "${folder}" was not closed: resume the run, then seal it`);
    }
    writeManifest(folder, { ...manifest, epoch: lock.epoch });
    finishSealing(folder);
    const segments = listSegments(folder);
    for (const segment of segments) await sealer.seal(folder, segment);
    return segments.length;
  } finally {
    sealer.close();
    lock.release();
  }
}
