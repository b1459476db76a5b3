import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { checksum } from '../../src/store/checksum.ts';

it('sums up as zlib does, any stretch of any bytes', () => {
  const bytes = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 167 + (i >> 3)) & 255));
  for (let from = 0; from < 260; from += 7) {
    const to = from + 36;
    expect(checksum(bytes, from, to)).toBe(crc32(bytes.subarray(from, to)));
  }
  expect(checksum(bytes, 5, 5)).toBe(0);
});
