/** What a writer does before it goes on with a log: finish what a crash has left, check everything, cut the end. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkClosing } from './closing.ts';
import type { Disk } from './disk.ts';
import { UNFINISHED } from './durableFile.ts';
import { LogScan } from './logScan.ts';
import type { Manifest } from './manifest.ts';
import { finishSealing, unsealSegment } from './sealing.ts';
import { listSegments, segmentName } from './segments.ts';

/** The torn tail that was cut. */
export interface Recovery {
  readonly bytesCut: number;
  /** Seq of the last fact, after which it was cut. */
  readonly atSeq: number;
}

/**
 * Makes the log in `folder` ready to be written on. The caller holds its lock.
 *
 * @returns the log gone through to its end, and what was cut there
 * @throws {LogCorrupted} if it is damaged; nothing is cut then
 */
export function recover(
  folder: string,
  manifest: Manifest,
  disk: Disk,
): { scan: LogScan; recovered: Recovery | null } {
  removeUnfinished(folder, disk);
  finishSealing(folder, disk);
  const scan = new LogScan(folder);
  scan.advance();
  checkClosing(manifest, scan);
  const bytesCut = cutTail(folder, scan, disk);
  if (scan.lastSegment > 0) unsealSegment(folder, scan.lastSegment, disk);
  return { scan, recovered: bytesCut === 0 ? null : { bytesCut, atSeq: scan.state.position } };
}

/** Removes what comes after the last whole record. @returns how many bytes that were */
function cutTail(folder: string, { torn }: LogScan, disk: Disk): number {
  if (torn === null) return 0;
  let bytesCut = 0;
  for (const number of listSegments(folder)
    .slice(torn.segment - 1)
    .reverse()) {
    const path = join(folder, segmentName(number));
    const kept = number === torn.segment ? torn.offset : 0;
    bytesCut += statSync(path).size - kept;
    if (kept === 0) disk.remove(path);
    else disk.truncate(path, kept);
  }
  disk.syncFolder(folder);
  return bytesCut;
}

/** Locks of others are theirs to remove. */
function removeUnfinished(folder: string, disk: Disk): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith(UNFINISHED) && !name.startsWith('lock.')) disk.remove(join(folder, name));
  }
}
