import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Bar, BarColumns, emptyBar } from '../../src/domain/bars.ts';
import { readRow, Scratch } from '../../src/feeds/scratch.ts';

const FDS = '/proc/self/fd';

/** Scratch files that this process holds open, where the system tells. */
function heldOpen(): string[] {
  if (!existsSync(FDS)) return [];
  const targets = readdirSync(FDS).map((fd) => {
    try {
      return readlinkSync(`${FDS}/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => /openbell-[0-9a-f-]{36}/.test(target));
}

const barAt = (opened: number): Bar => ({ ...emptyBar(), opened, close: opened / 4, volume: 7 });

function barsOf(...times: number[]): BarColumns {
  const bars = new BarColumns();
  for (const time of times) bars.push(barAt(time));
  return bars;
}

describe('a scratch file', () => {
  it('gives back any range of what was set aside', async () => {
    const scratch = new Scratch();
    await scratch.append(barsOf(1, 2, 3));
    await scratch.append(barsOf(4, 5));
    const block = await scratch.read(2, 4);
    const bars = [0, 1].map((i) => {
      const bar = emptyBar();
      readRow(block, i, bar);
      return bar;
    });
    expect(bars).toEqual([barAt(3), barAt(4)]);
    await scratch.close();
    expect(heldOpen()).toEqual([]);
  });

  it('is closed also while it is being made', async () => {
    const scratch = new Scratch();
    const appending = scratch.append(barsOf(1)).catch((error: Error) => error.message);
    await scratch.close();
    await appending;
    expect(heldOpen()).toEqual([]);
  });

  it('takes nothing once it is closed, and has nothing', async () => {
    const scratch = new Scratch();
    await scratch.append(barsOf(1));
    await scratch.close();
    await expect(scratch.append(barsOf(2))).rejects.toThrow('was closed while it was read');
    await expect(scratch.read(0, 1)).rejects.toThrow('are gone; run again');
    expect(heldOpen()).toEqual([]);
  });
});
