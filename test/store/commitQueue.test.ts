import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/index.ts';
import { CommitQueue } from '../../src/store/commitQueue.ts';
import { REAL_DISK } from '../../src/store/disk.ts';
import { runFolder } from './runFolders.ts';

const MEBIBYTE = 2 ** 20;

describe('a commit queue', () => {
  it('gives back at once what it held while the disk stood still', async () => {
    let go = () => {};
    const stands = new Promise<void>((resolve) => {
      go = resolve;
    });
    const disk: Disk = { ...REAL_DISK, sync: (fd) => stands.then(() => REAL_DISK.sync(fd)) };
    const folder = runFolder();
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'segment');
    const queue = new CommitQueue(disk);
    queue.openFile(path);
    const before = process.memoryUsage().arrayBuffers;
    const part = Buffer.alloc(MEBIBYTE / 4, 7);
    for (let i = 0; i < 128; i++) queue.append(part);
    const held = process.memoryUsage().arrayBuffers;
    go();
    await queue.close();
    const kept = process.memoryUsage().arrayBuffers;
    expect((held - before) / MEBIBYTE).toBeGreaterThanOrEqual(32);
    expect((kept - before) / MEBIBYTE).toBeLessThan(6);
    expect(readFileSync(path).equals(Buffer.alloc(32 * MEBIBYTE, 7))).toBe(true);
  });
});
