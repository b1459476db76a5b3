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
  it('makes frames that anybody takes apart, and takes apart those of anybody, several at once', async () => {
    const compressor = new ZstdCompressor();
    const sizes = [1, 1000, 65_536, 70_000, 300_000];
    for (let round = 0; round < 3; round++) {
      const all = sizes.map((size, i) => sample(size + round, 10 * round + i));
      const frames = await Promise.all(all.map((bytes) => compressor.compress(bytes)));
      expect(frames.map((frame) => zstdDecompressSync(frame))).toEqual(all);
      const back = await Promise.all(
        all.map((bytes) => compressor.decompress(zstdCompressSync(bytes))),
      );
      expect(back.map((bytes) => Buffer.from(bytes))).toEqual(all);
    }
    compressor.close();
  });

  it('makes one frame also where it ends with the room that there was for it', async () => {
    const half = new Choices(1).bytes(32_758);
    const compressor = new ZstdCompressor();
    for (let i = 0; i < 6; i++) {
      const frame = await compressor.compress(half);
      // As they cannot be made smaller, two fill 64 KiB.
      expect(frame.length).toBe(32_768);
      expect(half.equals(await compressor.decompress(frame))).toBe(true);
    }
    compressor.close();
  });

  it('refuses what is no frame', async () => {
    const compressor = new ZstdCompressor();
    await expect(compressor.decompress(sample(1000, 1))).rejects.toThrow(
      'Unknown frame descriptor',
    );
    compressor.close();
  });
});
