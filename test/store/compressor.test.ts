import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ZstdCompressor } from '../../src/store/compressor.ts';
import { Choices } from '../choices.ts';

/** Bytes that compress a little. */
function sample(length: number, seed: number): Buffer {
  const choices = new Choices(seed);
  return Buffer.from(Array.from({ length }, () => choices.below(16)));
}

describe('a compressor', () => {
  it('makes frames that anybody takes apart, and knows what those of anybody hold', async () => {
    const compressor = new ZstdCompressor();
    const sizes = [1, 1000, 65_536, 70_000, 300_000];
    for (let round = 0; round < 3; round++) {
      for (const [i, size] of sizes.entries()) {
        const bytes = sample(size + round, 10 * round + i);
        const frame = await compressor.compress(bytes);
        expect(zstdDecompressSync(frame).equals(bytes)).toBe(true);
        for (const one of [frame, zstdCompressSync(bytes)]) {
          expect(await compressor.holds(one, bytes)).toBe(true);
        }
      }
    }
    compressor.close();
  });

  it('tells a frame that holds something else, wherever the difference is', async () => {
    const compressor = new ZstdCompressor();
    const bytes = sample(200_000, 7);
    const frame = Buffer.from(await compressor.compress(bytes));
    for (const at of [0, 65_535, 65_536, 131_071, 199_999]) {
      const other = Buffer.from(bytes);
      other[at]! ^= 1;
      expect(await compressor.holds(frame, other)).toBe(false);
    }
    for (const other of [bytes.subarray(1), bytes.subarray(0, -1), Buffer.alloc(0)]) {
      expect(await compressor.holds(frame, other)).toBe(false);
    }
    expect(await compressor.holds(frame, Buffer.concat([bytes, bytes]))).toBe(false);
    expect(await compressor.holds(frame, bytes)).toBe(true);
    compressor.close();
  });

  it('tells what comes after a frame, and a frame that is cut off', async () => {
    const bytes = sample(70_000, 3);
    const frame = zstdCompressSync(bytes);
    const others = [
      Buffer.concat([frame, Buffer.from('and more')]),
      Buffer.concat([frame, Buffer.alloc(4)]),
      Buffer.concat([frame, frame]),
      frame.subarray(0, -1),
    ];
    for (const other of others) {
      const compressor = new ZstdCompressor();
      expect(await compressor.holds(other, bytes)).toBe(false);
      compressor.close();
    }
  });

  it('fails for good', async () => {
    const compressor = new ZstdCompressor();
    const bytes = sample(1000, 1);
    await expect(compressor.holds(bytes, bytes)).rejects.toThrow('Unknown frame descriptor');
    await expect(compressor.holds(zstdCompressSync(bytes), bytes)).rejects.toThrow();
    compressor.close();
    await expect(compressor.compress(bytes)).rejects.toThrow();
  });

  it('makes one frame also where it ends with the room that there was for it', async () => {
    const half = new Choices(1).bytes(32_758);
    const compressor = new ZstdCompressor();
    for (let i = 0; i < 6; i++) {
      const frame = await compressor.compress(half);
      // As they cannot be made smaller, two fill 64 KiB.
      expect(frame.length).toBe(32_768);
      expect(await compressor.holds(frame, half)).toBe(true);
    }
    compressor.close();
  });
});
