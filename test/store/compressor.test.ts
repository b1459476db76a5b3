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

  it('refuses what is no frame', async () => {
    const compressor = new ZstdCompressor();
    await expect(compressor.decompress(sample(1000, 1))).rejects.toThrow(
      'Unknown frame descriptor',
    );
    compressor.close();
  });
});
