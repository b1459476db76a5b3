/** Names for the folders of runs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../domain/errors.ts';

/** `runs/NAME-N` with the number after the highest one there is: no run is ever written over. */
export function nextRunFolder(sessionName: string, parent = 'runs'): string {
  const name = slugOf(sessionName);
  const numbers = namesIn(parent)
    .filter((entry) => entry.startsWith(`${name}-`))
    .map((entry) => entry.slice(name.length + 1))
    .filter((rest) => /^[1-9]\d{0,8}$/.test(rest));
  return join(parent, `${name}-${Math.max(0, ...numbers.map(Number)) + 1}`);
}

/** @throws {UsageError} if the folder holds anything but a run, over which the log itself watches */
export function refuseForeignFolder(folder: string): void {
  // A lock alone is of a run that was killed before it began; the log asks whether its owner lives.
  const names = namesIn(folder).filter((name) => !/^lock\.\d/.test(name));
  if (names.length === 0 || names.includes('manifest.json')) return;
  throw new UsageError(
    `"${folder}" is not empty and holds no run: choose another folder with --log`,
  );
}

/** Lower case letters, digits and single dashes. */
function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return slug === '' ? 'run' : slug;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
