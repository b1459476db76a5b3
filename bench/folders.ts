/** Folders for what a scenario writes, which go when the bench is over. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

export function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
