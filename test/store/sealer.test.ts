import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Compressor } from '../../src/store/compressor.ts';
import { type Disk, type Piece, REAL_DISK } from '../../src/store/disk.ts';
import { SealedSegment } from '../../src/store/sealedSegment.ts';
import { Sealer } from '../../src/store/sealing.ts';
import { openSegment } from '../../src/store/segments.ts';
import { Choices } from '../choices.ts';
import { completedRun } from './runFolders.ts';

/** A disk whose writes take a while and seldom all of what they are given; it counts what goes on. */
class SlowDisk {
  writes = 0;
  compressed = 0;
  /** Writes under way; of those that began beside another one, and files closed in the middle of one. */
  pending = 0;
  overlapping = 0;
  closedEarly = 0;
  readonly open = new Set<number>();
  /** Called as each write begins. */
  onWrite: (count: number) => void = () => {};
  readonly #choices = new Choices(5);

  readonly disk: Disk = {
    ...REAL_DISK,
    open: (path, flags) => {
      const fd = REAL_DISK.open(path, flags);
      this.open.add(fd);
      return fd;
    },
    close: (fd) => {
      if (this.pending > 0) this.closedEarly += 1;
      this.open.delete(fd);
      REAL_DISK.close(fd);
    },
    write: async (fd, piece) => {
      this.pending += 1;
      if (this.pending > 1) this.overlapping += 1;
      try {
        this.onWrite(++this.writes);
        await setTimeout(1 + this.#choices.below(5));
        return await REAL_DISK.write(fd, this.#someOf(piece));
      } finally {
        this.pending -= 1;
      }
    },
    compressor: () => {
      const real = REAL_DISK.compressor();
      const compress: Compressor['compress'] = (bytes) => {
        this.compressed += 1;
        return real.compress(bytes);
      };
      return { compress, holds: real.holds.bind(real), close: () => real.close() };
    },
  };

  get state() {
    const { pending, overlapping, closedEarly, open } = this;
    return { pending, overlapping, closedEarly, open: open.size };
  }

  #someOf({ bytes, from, position }: Piece): Piece {
    const some = 1 + this.#choices.below(bytes.length - from);
    return { bytes: bytes.subarray(0, from + some), from, position };
  }
}

const NOTHING_LEFT = { pending: 0, overlapping: 0, closedEarly: 0, open: 0 };

/** What was in a segment before it was sealed. */
function contentOf(folder: string, number: number): Buffer {
  const segment = openSegment(folder, number);
  if (!(segment instanceof SealedSegment)) throw new Error(`segment ${number} is not sealed`);
  const parts = segment
    .batches()
    .map(({ header, offset }) => Buffer.from(segment.view(offset, header.contents)));
  segment.close();
  return Buffer.concat(parts);
}

describe('a sealer', () => {
  it('writes one piece after another, whatever a write takes of it, segment after segment', async () => {
    const folder = await completedRun(9000, { segmentBytes: 900_000 });
    const raw = readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFileSync(join(folder, name)));
    expect(raw).toHaveLength(3);
    const slow = new SlowDisk();
    const sealer = new Sealer(slow.disk);
    for (const [i, bytes] of raw.entries()) {
      await sealer.seal(folder, i + 1);
      expect(contentOf(folder, i + 1).equals(bytes)).toBe(true);
    }
    sealer.close();
    expect(slow.writes).toBeGreaterThan(30);
    expect(slow.state).toEqual(NOTHING_LEFT);
  });

  it('leaves the segment as it is where a write fails or it is called off, and seals it afterwards', async () => {
    const folder = await completedRun(9000, { segmentBytes: 5_000_000 });
    const raw = readFileSync(join(folder, '00000001.log'));
    const before = readdirSync(folder);
    const slow = new SlowDisk();
    const sealer = new Sealer(slow.disk);
    const isUntouched = () => {
      expect(slow.state).toEqual(NOTHING_LEFT);
      expect(readdirSync(folder)).toEqual(before);
      expect(readFileSync(join(folder, '00000001.log')).equals(raw)).toBe(true);
    };
    for (const at of [1, 2, 5]) {
      slow.writes = 0;
      slow.onWrite = (count) => {
        if (count === at) throw new Error('the disk is gone');
      };
      await expect(sealer.seal(folder, 1)).rejects.toThrow('the disk is gone');
      isUntouched();
    }
    for (const at of [1, 2, 5]) {
      const off = new AbortController();
      slow.writes = 0;
      slow.onWrite = (count) => {
        if (count !== at) return;
        off.abort(new Error('called off'));
        slow.compressed = 0;
      };
      await expect(sealer.seal(folder, 1, off.signal)).rejects.toThrow('called off');
      // No batch is begun any more but those for which there was room already.
      expect(slow.compressed).toBeLessThanOrEqual(2);
      isUntouched();
    }
    slow.onWrite = () => {};
    await sealer.seal(folder, 1);
    sealer.close();
    expect(contentOf(folder, 1).equals(raw)).toBe(true);
    expect(slow.state).toEqual(NOTHING_LEFT);
  });
});
