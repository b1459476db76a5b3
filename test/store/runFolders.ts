/** Folders with runs in them, for tests; gone after each. */
import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Frame } from '../../src/domain/frame.ts';
import type { LogReader } from '../../src/store/eventLog.ts';
import { FileLog, type FileLogOptions } from '../../src/store/fileLog.ts';
import { MemoryLog } from '../../src/store/memoryLog.ts';
import { contentOf, sampleFrames, sampleTable } from './sampleFrames.ts';

export const RUN = {
  run: 'run-1',
  config: { session_name: 'test', symbols: ['AAPL'] },
  versions: { engine: '0.1.0', chart: 1, events: 2, behaviour: 2 },
  seed: 7,
  data: { AAPL: 'ab12' },
  parent: null,
};

/** A folder for one run, which does not exist yet. */
export function runFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'openbell-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'run');
}

/** Writes the first `frames` of `sampleFrames` into a new run, raw, which is then closed as completed. */
export async function completedRun(frames: number, options: FileLogOptions = {}): Promise<string> {
  const folder = runFolder();
  const log = await FileLog.create(folder, RUN, { seals: false, ...options });
  for (const frame of sampleFrames(frames)) log.append(frame);
  await log.close('completed');
  return folder;
}

/** Chain over the first `frames` of `sampleFrames`. */
export function chainOf(frames: number): string {
  const log = new MemoryLog();
  for (const frame of sampleFrames(frames)) log.append(frame);
  return log.chainHash();
}

const table = sampleTable();

/** What the log holds, a line per frame, to be compared with `sampleContent`. */
export function contentIn(log: LogReader, from = 1): string[] {
  return Array.from(log.read({ from }), digestOf);
}

export function sampleContent(frames: number): string[] {
  return Array.from(sampleFrames(frames), digestOf);
}

function digestOf(frame: Frame): string {
  return `${frame.firstSeq} ${hash('sha256', JSON.stringify(contentOf(frame, table)))}`;
}

/** Every file of a folder with its content and time of change. */
export function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      return [name, `${statSync(path).mtimeMs} ${readFileSync(path, 'latin1')}`];
    }),
  );
}
