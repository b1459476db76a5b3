/** Runs that never came to an end: their log was not closed, and no process writes it any more. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileLogReader } from '../store/fileLogReader.ts';
import { counted, plural } from './table.ts';

/** Looks for the writer first: one that ends meanwhile has closed the log by then. */
export function wasCutOff(log: FileLogReader): boolean {
  return !hasWriter(log.folder) && log.manifest.closed === null;
}

/** What to know before reading such a run. */
export function cutOffNote({ position, tornBytes }: FileLogReader): string {
  if (tornBytes === 0) return `note: the run was interrupted after fact ${counted(position)}`;
  const [bytes, verb] = tornBytes === 1 ? ['byte', 'is'] : [plural(tornBytes, 'byte'), 'are'];
  return (
    `note: the run was interrupted: its last ${bytes} ${verb} an unfinished frame; ` +
    `everything up to fact ${counted(position)} is whole`
  );
}

/** True if a lock of the folder names a process that lives. */
function hasWriter(folder: string): boolean {
  return readdirSync(folder)
    .filter((name) => /^lock\.\d+$/.test(name))
    .some((name) => isAlive(writerIn(join(folder, name))));
}

/** The process that a lock names; 0 if it was released meanwhile, or cannot be read. */
function writerIn(lock: string): number {
  try {
    const { pid } = JSON.parse(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) ? pid : 0;
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
