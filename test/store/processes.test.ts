/** Logs that several processes deal with, and processes that die over one. `KILLS=50` kills more of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { checkLog } from '../../src/store/checkLog.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { chainOf, contentIn, RUN, runFolder, sampleContent } from './runFolders.ts';
import { sampleFrames } from './sampleFrames.ts';

const PROGRAM = join(import.meta.dirname, 'writerProcess.ts');
const KILLS = Number(process.env.KILLS ?? 20);
const ENDLESS = 1_000_000;

function startWriter(folder: string, frames: number, segmentBytes = 60_000): ChildProcess {
  const program = [PROGRAM, folder, String(segmentBytes), String(frames)];
  return spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Lines a process prints, as they come. */
async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  yield* createInterface({ input: child.stdout! });
}

async function kill(child: ChildProcess): Promise<void> {
  const running = child.exitCode === null && child.signalCode === null;
  if (running && child.kill('SIGKILL')) await once(child, 'exit');
}

/** All lines of a process, once it is no more. */
async function allLines(child: ChildProcess): Promise<string[]> {
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of linesOf(child)) lines.push(line);
  await exited;
  return lines;
}

/** Starts a writer and kills it some milliseconds after its first acknowledgement. @returns the last one */
async function killWriter(folder: string, afterMs: number): Promise<number> {
  const child = startWriter(folder, ENDLESS);
  const exited = once(child, 'exit');
  let acknowledged = 0;
  for await (const line of linesOf(child)) {
    if (acknowledged === 0) setTimeout(() => child.kill('SIGKILL'), afterMs);
    acknowledged = Number(line);
  }
  await exited;
  return acknowledged;
}

describe('a writer that is killed', () => {
  it(
    `leaves everything it acknowledged, ${KILLS} times in a row on one log`,
    async () => {
      const folder = runFolder();
      let position = 0;
      for (let i = 0; i < KILLS; i++) {
        const acknowledged = await killWriter(folder, (i * 7) % 23);
        const { damage, position: found, tornBytes } = checkLog(folder);
        expect(damage).toBeNull();
        expect(acknowledged).toBeGreaterThan(position);
        expect(found).toBeGreaterThanOrEqual(acknowledged);
        if (i % 4 === 0) {
          const log = await FileLog.open(folder);
          expect(log.position).toBe(found);
          expect(log.recovered?.bytesCut ?? 0).toBe(tornBytes);
          await log.close();
        }
        position = found;
      }
      expect(readManifest(folder).epoch).toBeGreaterThanOrEqual(KILLS);
      const log = await FileLog.open(folder);
      const content = contentIn(log);
      await log.close();
      expect(content).toEqual(sampleContent(content.length));
      expect(log.chainHash()).toBe(chainOf(content.length));
    },
    KILLS * 10_000,
  );

  it('is followed by one that ends with the log of a run never killed', async () => {
    const folder = runFolder();
    await killWriter(folder, 5);
    const already = [...(await FileLog.read(folder)).read()].length;
    const child = startWriter(folder, already + 200);
    const lines = await allLines(child);
    expect(lines.at(-1)).toBe('done');
    const log = await FileLog.read(folder);
    expect(log.chainHash()).toBe(chainOf(already + 200));
    expect(log.manifest).toMatchObject({ status: 'completed', epoch: 2 });
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('a writer beside another process', () => {
  it('keeps that from writing, and not from reading as it goes', async () => {
    const folder = runFolder();
    const child = startWriter(folder, ENDLESS);
    const lines = linesOf(child);
    await lines.next();
    await expect(FileLog.open(folder)).rejects.toThrow(`is being written by process ${child.pid}`);
    const reader = await FileLog.read(folder);
    const seen: string[] = [];
    const expected = sampleContent(600);
    for await (const frame of reader.tail()) {
      seen.push(String(frame.firstSeq));
      if (seen.length === expected.length) break;
    }
    expect(seen).toEqual(expected.map((line) => line.split(' ')[0]));
    expect(contentIn(reader).slice(0, 600)).toEqual(expected);
    await kill(child);
    const log = await FileLog.open(folder);
    expect(log.manifest.epoch).toBe(2);
    await log.close();
  });

  it('is told to others by its lock when it comes second', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    const [line] = await allLines(startWriter(folder, 10));
    expect(line).toMatch(/^UsageError: the log in ".*" is being written by process \d+ /);
    await log.close();
  });
});

describe('several writers at once', () => {
  it('are at most one, also when they find the lock of a dead one', async () => {
    const folder = runFolder();
    await killWriter(folder, 0);
    const children = Array.from({ length: 4 }, () => startWriter(folder, ENDLESS));
    const first = await Promise.all(
      children.map(async (child) => (await linesOf(child).next()).value as string),
    );
    await Promise.all(children.map(kill));
    const refused = first.filter((line) => line.startsWith('UsageError: the log in'));
    expect(refused.length).toBeGreaterThanOrEqual(3);
    expect(first.filter((line) => /^\d+$/.test(line)).length).toBe(4 - refused.length);
    expect(checkLog(folder).damage).toBeNull();
  });
});

describe('a disk that is full', () => {
  it('is an error for whoever waits, and for every later append; what was acknowledged stays', async () => {
    const folder = runFolder();
    // No file may grow beyond 200 blocks: the system refuses writes as it does on a full disk.
    const limited = `ulimit -f 200; exec "${process.execPath}" "${PROGRAM}" "${folder}" 100000000 ${ENDLESS}`;
    const child = spawn('sh', ['-c', limited], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = await allLines(child);
    expect(lines.at(-1)).toMatch(
      /^LogWriteFailed: the log cannot be written, ".*00000001\.log": EFBIG: .*: make room, then resume the run$/,
    );
    const acknowledged = Number(lines.at(-2));
    const log = await FileLog.open(folder);
    expect(log.position).toBeGreaterThanOrEqual(acknowledged);
    for (const frame of sampleFrames(1000)) if (frame.firstSeq > log.position) log.append(frame);
    await log.close();
    expect((await FileLog.read(folder)).chainHash()).toBe(chainOf(1000));
  });

  it('stops a log from the moment it is noticed, also in this process', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN, { segmentBytes: 1 });
    // A folder where the next segment belongs.
    mkdirSync(join(folder, '00000002.log'));
    const append = (frames: number) => {
      for (const frame of sampleFrames(frames))
        if (frame.firstSeq > log.position) log.append(frame);
    };
    append(300);
    await expect(log.durable()).rejects.toThrow('the log cannot be written');
    expect(() => append(600)).toThrow('the log cannot be written');
    expect(() => append(600)).toThrow('the log cannot be written');
    await expect(log.durable()).rejects.toThrow('the log cannot be written');
    await expect(log.close()).rejects.toThrow('the log cannot be written');
    expect(readManifest(folder).closed).toBeNull();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});
