import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, Malformed } from '../../src/store/bytes.ts';
import { ColumnDecoder } from '../../src/store/columnDecoder.ts';
import { ColumnEncoder } from '../../src/store/columnEncoder.ts';
import { anyColumn } from './anyFrames.ts';

function encoded(columns: readonly (readonly number[])[]): Buffer {
  const writer = new ByteWriter(8);
  const encoder = new ColumnEncoder();
  encoder.begin();
  for (const column of columns) encoder.encode(writer, Float64Array.from(column), column.length);
  return Buffer.from(writer.written());
}

function decoded(bytes: Buffer, lengths: readonly number[]): number[][] {
  const reader = new ByteReader(bytes);
  const decoder = new ColumnDecoder();
  decoder.begin();
  return lengths.map((length) => {
    const into = new Float64Array(length);
    decoder.decode(reader, into, length);
    return Array.from(into);
  });
}

const bytesOf = (...columns: readonly (readonly number[])[]) => encoded(columns).length;
const times = (rows: number, value: (i: number) => number) =>
  Array.from({ length: rows }, (_, i) => value(i));

describe('a column', () => {
  it('comes back to the bit, whatever it holds and follows', () => {
    const columns = fc.nat(40).chain((rows) => fc.array(anyColumn(rows), { maxLength: 6 }));
    fc.assert(
      fc.property(columns, (given) => {
        const lengths = given.map((column) => column.length);
        expect(decoded(encoded(given), lengths)).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same bytes for the same values, whatever was encoded before', () => {
    const encoder = new ColumnEncoder();
    const bytes = (column: number[]) => {
      const writer = new ByteWriter();
      encoder.begin();
      encoder.encode(writer, Float64Array.from(column), column.length);
      return writer.written().toString('hex');
    };
    const cents = [10.25, 10.5, 9.75, 12.1];
    const first = bytes(cents);
    bytes([1.12345678, 2, 3, 4]);
    bytes([0.1 + 0.2, Number.NaN]);
    expect(bytes(cents)).toBe(first);
  });

  it('takes no byte per row where its values are regular', () => {
    expect(bytesOf(times(500, () => 0))).toBe(2);
    expect(bytesOf(times(500, () => 1_704_205_800_000))).toBe(7);
    expect(bytesOf(times(500, (i) => 7 + 3 * i))).toBe(6);
    expect(bytesOf(times(500, (i) => 1000 + 20 * Math.floor(i / 4) + (i % 4)))).toBe(6);
    expect(bytesOf(times(500, () => 101.25))).toBe(4);
  });

  it('takes as few bytes per row as the spread of its values needs', () => {
    const cents = (spread: number) =>
      times(100, (i) => (10_000 + ((i * 1_234_577) % spread)) / 100);
    expect(bytesOf(cents(251))).toBe(104);
    expect(bytesOf(cents(65_521))).toBe(204);
    expect(bytesOf(cents(16_700_000))).toBe(304);
    expect(bytesOf(cents(1_000_000_000))).toBe(404);
    expect(bytesOf(times(100, (i) => (2 ** 32 - 1) * (i % 2) + (i % 3 === 0 ? 1 : 0)))).toBe(801);
    expect(bytesOf(times(100, (i) => i / 3))).toBe(801);
  });

  it('is counted from the column before where that is shorter', () => {
    const open = times(100, (i) => (5000 + ((i * 7919) % 60_000)) / 100);
    const high = open.map((price, i) => Math.round(price * 100 + ((i * i) % 60)) / 100);
    expect(bytesOf(open, high) - bytesOf(open)).toBe(102);
    expect(decoded(encoded([open, high]), [100, 100])).toEqual([open, high]);
  });

  it('is a few bytes if it has one row or none', () => {
    expect(bytesOf([])).toBe(1);
    expect(bytesOf([187.25])).toBe(4);
    expect(bytesOf([187.25], [187.31])).toBe(6);
    expect(bytesOf([Number.NaN])).toBe(9);
  });

  it('has every NaN as the same one', () => {
    const bits = [0x7ff8000000000000n, 0xfff8000000000000n, 0x7ff80000deadbeefn];
    const bytes = bits.map((nan) => encoded([[...new Float64Array(BigInt64Array.of(nan).buffer)]]));
    expect(bytes.map((column) => column.toString('hex'))).toEqual(
      Array(3).fill('01000000000000f87f'),
    );
  });

  it('is refused in words if its bytes are no column', () => {
    const refused: [number[], number, string][] = [
      [[], 1, '1 bytes are announced where 0 are left'],
      [[1, 0, 0], 1, '8 bytes are announced where 2 are left'],
      [[255], 1, 'a column has the unknown form 255'],
      [[0, 0, 0, 0, 0], 3, 'a grid has runs of no rows'],
      [[47, 0], 1, 'a column is counted from one that is not there'],
      [[3, 255, 255, 255, 255, 255, 255, 255, 255], 1, 'a number is too big'],
      [[3, 0, 1, 2], 3, '3 bytes are announced where 2 are left'],
    ];
    for (const [bytes, rows, message] of refused) {
      expect(() => decoded(Buffer.from(bytes), [rows])).toThrow(new Malformed(message));
    }
  });
});
