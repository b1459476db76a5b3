/**
 * `data.ndjson`: what the data of a run had, one symbol a line, in the order looked at. Beside the log and never part
 * of it: only who executes the run again without its data needs it.
 */
import { join } from 'node:path';
import { type Disk, REAL_DISK, writeAllSync } from './disk.ts';
import { readLines } from './lineFile.ts';

const KNOWN_DATA_NAME = 'data.ndjson';

/** Appends lines at once. What cannot be written is not there; the log itself says that the disk is full. */
export function noteKnownData(
  folder: string,
  lines: readonly { readonly symbol: string }[],
  disk: Disk = REAL_DISK,
): void {
  if (lines.length === 0) return;
  const path = join(folder, KNOWN_DATA_NAME);
  // A line that a crash has cut off ends where the next one begins.
  const text = lines.map((line) => `\n${JSON.stringify(line)}`).join('');
  try {
    const fd = disk.open(path, 'a');
    try {
      writeAllSync(disk, fd, { bytes: Buffer.from(text), from: 0, position: null });
    } finally {
      disk.close(fd);
    }
  } catch {
    // Nobody is to fail for it.
  }
}

/** The last line of each symbol; what is no such line is left out. */
export function readKnownData<T extends { readonly symbol: string }>(
  folder: string,
  isLine: (value: unknown) => value is T,
): Map<string, T> {
  const lines = readLines(join(folder, KNOWN_DATA_NAME), isLine);
  return new Map(lines.map((line) => [line.symbol, line]));
}

/** Copies what is there into the folder of a run that has the same past. */
export function copyKnownData(folder: string, into: string): void {
  const lines = [...readKnownData(folder, isNamed).values()];
  if (lines.length > 0) noteKnownData(into, lines);
}

function isNamed(value: unknown): value is { readonly symbol: string } {
  return typeof (value as { symbol?: unknown } | null)?.symbol === 'string';
}
