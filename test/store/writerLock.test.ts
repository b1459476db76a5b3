import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileLog } from '../../src/store/fileLog.ts';
import { WriterLock } from '../../src/store/writerLock.ts';
import { completedRun, RUN, runFolder } from './runFolders.ts';
import { sampleFrames } from './sampleFrames.ts';

describe('the lock of a log', () => {
  it('keeps a second writer out, and lets readers in', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    log.append([...sampleFrames(1)][0]!);
    await log.durable();
    const message = `the log in "${folder}" is being written by this process (lock file "${join(folder, 'lock.1')}")`;
    await expect(FileLog.open(folder)).rejects.toThrow(message);
    expect((await FileLog.read(folder)).position).toBe(2);
    await log.close();
    const again = await FileLog.open(folder);
    expect(again.manifest.epoch).toBe(2);
    await again.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('is let go of once: a later one of the same name is not its own', () => {
    const folder = runFolder();
    mkdirSync(folder);
    const first = WriterLock.claim(folder, 0);
    first.release();
    const second = WriterLock.claim(folder, 0);
    first.release();
    expect(readdirSync(folder)).toEqual(['lock.1']);
    second.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a process that is no more', async () => {
    const folder = await completedRun(3);
    const stale = [
      { pid: 2 ** 22 + 1, started: null },
      { pid: process.pid, started: 'another boot/1' },
      { pid: 'none' },
    ];
    for (const [i, owner] of stale.entries()) {
      writeFileSync(join(folder, `lock.${10 + 2 * i}`), JSON.stringify(owner));
      const log = await FileLog.open(folder);
      expect(log.manifest.epoch).toBe(11 + 2 * i);
      expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([
        `lock.${11 + 2 * i}`,
      ]);
      await log.close();
    }
  });

  it('is given back when opening fails', async () => {
    const folder = await completedRun(30);
    truncateSync(join(folder, '00000001.log'), 500);
    await expect(FileLog.open(folder)).rejects.toThrow('the log was closed with fact 278');
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});
