/** Folders for what a scenario writes, which go when the bench is over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOfSegments } from '../src/store/segments.ts';

const made = mkdtempSync(join(tmpdir(), 'openbell-bench-'));
let count = 0;
process.on('exit', () => rmSync(made, { recursive: true, force: true }));

/** A path that nothing is at yet. */
export function freshPath(): string {
  count += 1;
  return join(made, String(count));
}

export function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Of a run's log: its segments, not what lies beside them and can be made anew. */
export function bytesIn(folder: string): number {
  return bytesOfSegments(folder);
}
