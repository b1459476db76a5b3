/** The folder of a run that begins: made, and let go where it could not begin. */
import { readdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Disk } from './disk.ts';

/** One level at a time: Node's recursive way never returns where a parent refuses to have children, as in /proc. */
export function makeFolder(folder: string, disk: Disk): void {
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
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was not there, or is not empty.
  }
}
