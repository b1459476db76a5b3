/** The folder of a run that begins: made, and let go where it could not begin. */
import { readdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Disk } from './disk.ts';
import { writeFailure } from './writeFailure.ts';
import { WriterLock } from './writerLock.ts';

/**
 * Makes the folder if need be and claims it.
 * @throws {UsageError} if a living process writes it
 * @throws {LogWriteFailed} if it cannot be written; it is then as it was
 */
export function claimNew(folder: string, disk: Disk): WriterLock {
  try {
    makeFolder(resolve(folder), disk);
    return WriterLock.claim(folder, 0);
  } catch (error) {
    removeEmpty(folder);
    throw writeFailure(folder, error, false);
  }
}

/** One level at a time: Node's recursive way never returns where a parent refuses to have children, as in /proc. */
function makeFolder(folder: string, disk: Disk): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (folder !== dirname(folder)) makeFolder(dirname(folder), disk);
  disk.makeFolder(folder);
}

const MADE = /^(manifest\.json|synced\.json|journal\.ndjson|\d{8}\.log)(\.tmp)?$/;

/** Removes what there is of a run that did not begin, as far as that can be done, so that it can be tried again. */
export function abandonFolder(folder: string, disk: Disk): void {
  try {
    for (const name of readdirSync(folder)) {
      if (MADE.test(name)) disk.remove(join(folder, name));
    }
  } catch {
    // What was wrong before is told.
  }
  removeEmpty(folder);
}

/** What is in the folder stays, and the folder with it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was not there, or is not empty.
  }
}
