/** Makes the sidecars of a log anew: its index, and snapshots close enough to reach any fact at once. */
import { checkClosing } from './closing.ts';
import { FileLogReader } from './fileLogReader.ts';
import { LogScan } from './logScan.ts';
import { isDue } from './logStates.ts';
import { readManifest } from './manifest.ts';
import { RunState } from './runState.ts';
import { encodeState, snapshotBytes } from './snapshot.ts';
import { removeSnapshots, writeSnapshot } from './snapshotFiles.ts';
import { WriterLock } from './writerLock.ts';

export interface Indexed {
  /** Seq of the last fact. */
  readonly position: number;
  readonly snapshots: number;
  /** What the snapshots take up. */
  readonly bytes: number;
}

/**
 * Replaces index and snapshots of a log that nobody writes. Reads all of it twice.
 *
 * @throws {UsageError} if the folder holds no run, or one that is being written
 * @throws {LogCorrupted} if the log is damaged
 */
export async function indexLog(folder: string): Promise<Indexed> {
  const manifest = readManifest(folder);
  const { run, epoch } = manifest;
  const lock = WriterLock.claim(folder, epoch);
  try {
    const scan = new LogScan(folder);
    scan.advance();
    checkClosing(manifest, scan);
    scan.index.save(folder, run);
    const log = new FileLogReader(folder);
    const made = await makeSnapshots(log, run);
    removeSnapshots(folder, new Set(made.keys()));
    const bytes = [...made.values()].reduce((sum, size) => sum + size, 0);
    return { position: log.position, snapshots: made.size, bytes };
  } finally {
    lock.release();
  }
}

/** @returns the size of each, by its seq */
async function makeSnapshots(log: FileLogReader, run: string): Promise<Map<number, number>> {
  const made = new Map<number, number>();
  const state = new RunState();
  let last = 0;
  for (const frame of log.read({ reuse: true })) {
    if (isDue(state, frame, last)) {
      const { seq } = state.data;
      const link = log.linkFrom(seq);
      if (link !== null) {
        const bytes = snapshotBytes(encodeState(state), { run, link });
        await writeSnapshot(log.folder, seq, { bytes });
        made.set(seq, bytes.length);
      }
      last = seq;
    }
    state.fold(frame, log.table, log.position);
  }
  return made;
}
