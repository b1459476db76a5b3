/** The snapshots beside a log: `snapshots/000000123456.snap`, the state after fact 123456. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Malformed } from './bytes.ts';
import { type Disk, REAL_DISK } from './disk.ts';
import { writeFileSoon } from './durableFile.ts';
import type { ReadCounters } from './readCounters.ts';
import { SNAPSHOT_MAX, Snapshot } from './snapshot.ts';

const FOLDER = 'snapshots';
const NAME = /^(\d{12})\.snap$/;
/** Finished or not. */
const OURS = /^\d{12}\.snap(\.\w+)*$/;

/** Seqs of the snapshots in the folder of a run, ascending; of any that are there, good or not. */
export function listSnapshots(folder: string): number[] {
  return namesIn(folder)
    .map((name) => NAME.exec(name)?.[1])
    .filter((text) => text !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** @throws {Malformed} if there is none, or it cannot be used */
export function readSnapshot(folder: string, seq: number, counters: ReadCounters): Snapshot {
  const bytes = readWhole(join(folder, FOLDER, nameOf(seq)));
  counters.bytes += bytes.length;
  const snapshot = new Snapshot(bytes);
  if (snapshot.of.seq !== seq) throw new Malformed(`it is the one of fact ${snapshot.of.seq}`);
  return snapshot;
}

/** Writes a snapshot: whole, or not at all. */
export async function writeSnapshot(
  folder: string,
  seq: number,
  { bytes, disk = REAL_DISK }: { bytes: Buffer; disk?: Disk },
): Promise<void> {
  makeFolder(join(folder, FOLDER), disk);
  await writeFileSoon(join(folder, FOLDER, nameOf(seq)), bytes, { disk });
}

function makeFolder(path: string, disk: Disk): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) disk.makeFolder(path);
}

/** Removes all but the snapshots named. */
export function removeSnapshots(folder: string, kept: ReadonlySet<number>): void {
  const names = new Set([...kept].map(nameOf));
  for (const name of namesIn(folder)) {
    if (OURS.test(name) && !names.has(name)) rmSync(join(folder, FOLDER, name), { force: true });
  }
}

function nameOf(seq: number): string {
  return `${String(seq).padStart(12, '0')}.snap`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(join(folder, FOLDER));
  } catch {
    return [];
  }
}

function readWhole(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size > SNAPSHOT_MAX) throw new Malformed(`it has ${size} bytes`);
    const bytes = Buffer.allocUnsafe(size);
    let done = 0;
    while (done < size) {
      const read = readSync(fd, bytes, done, size - done, done);
      if (read === 0) throw new Malformed('it has become shorter');
      done += read;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}
