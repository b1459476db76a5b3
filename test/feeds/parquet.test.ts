import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FileSource } from '../../src/domain/config/data.ts';
import { parquetFeed } from '../../src/feeds/parquet.ts';
import {
  folderOf,
  MINUTE,
  minutesOf,
  parquetOf,
  readAll,
  rowsOf,
  sourceOf,
  type TestBar,
  xnys,
} from './market.ts';

type Element = Parameters<typeof parquetWriteBuffer>[0]['schema'] extends (infer E)[] | undefined
  ? Omit<E & object, 'name'>
  : never;

const CODECS = ['SNAPPY', 'UNCOMPRESSED', 'GZIP', 'ZSTD', 'BROTLI'] as const;

const open = Date.parse('2024-01-02T14:30:00Z');
const bar = { open: 10, high: 12, low: 9, close: 11, volume: 100 };

async function feedOf(content: Uint8Array, more: Partial<FileSource> = {}) {
  const folder = folderOf({ 'bars/AAPL.parquet': content });
  const feed = parquetFeed(sourceOf('parquet', { path: 'bars/{symbol}.parquet', ...more }), folder);
  onTestFinished(() => feed.close());
  await feed.index({ symbols: ['AAPL'], calendar: xnys });
  return feed;
}

async function rowsIn(content: Uint8Array, more: Partial<FileSource> = {}) {
  const feed = await feedOf(content, more);
  return rowsOf((await readAll(feed, 'AAPL', String(more.interval ?? '1m'))).bars);
}

/** A file of rows that differ only in the columns given here, each with its type. */
function fileOf(
  columns: Readonly<Record<string, readonly [data: readonly unknown[], type: Element]>>,
  { rows = 2, codec = 'SNAPPY' as (typeof CODECS)[number] } = {},
): Uint8Array {
  const usual = Object.entries(bar).map(
    ([name, value]) => [name, [new Array(rows).fill(value), DOUBLE]] as const,
  );
  const all = new Map<string, readonly [readonly unknown[], Element]>([
    ...usual,
    ...Object.entries(columns),
  ]);
  return new Uint8Array(
    parquetWriteBuffer({
      codec,
      compressors: { GZIP: gzipSync, ZSTD: zstdCompressSync, BROTLI: brotliCompressSync },
      rowGroupSize: 250,
      columnData: [...all].map(([name, [data]]) => ({ name, data: [...data] })),
      schema: [
        { name: 'root', num_children: all.size },
        ...[...all].map(([name, [, type]]) => ({ name, ...type })),
      ],
    }),
  );
}

const DOUBLE: Element = { type: 'DOUBLE', repetition_type: 'REQUIRED' };
const INT64: Element = { type: 'INT64', repetition_type: 'REQUIRED' };
const MILLIS: Element = { ...INT64, converted_type: 'TIMESTAMP_MILLIS' };

const twoMinutes = [new Date(open), new Date(open + MINUTE)];
const time = [twoMinutes, MILLIS] as const;
const expected = [
  { opened: open, ...bar },
  { opened: open + MINUTE, ...bar },
];

describe('a Parquet file', () => {
  it('is read back as it was written, across row groups', async () => {
    const bars = minutesOf(['2024-01-02', '2024-01-03', '2024-01-04']);
    const column = (field: keyof TestBar) => [bars.map((b) => b[field]), DOUBLE] as const;
    const content = fileOf({
      Date: [bars.map(({ opened }) => new Date(opened)), MILLIS],
      open: column('open'),
      high: column('high'),
      low: column('low'),
      close: column('close'),
      volume: column('volume'),
    });
    const feed = await feedOf(content);
    expect(rowsOf((await readAll(feed, 'AAPL')).bars)).toEqual(bars);
    const { open: from, close: to } = xnys.session('2024-01-03')!;
    const { bars: day, provenance } = await feed.read({ symbol: 'AAPL', interval: '1m', from, to });
    expect(rowsOf(day)).toEqual(bars.slice(390, 780));
    expect(provenance).toMatchObject([
      { source: 'parquet', file: 'AAPL.parquet', firstLine: 391, bars: 390 },
    ]);
  });

  it('is fingerprinted by its bytes', async () => {
    const content = parquetOf(minutesOf(['2024-01-02'], 3));
    const hash = await crypto.subtle.digest('SHA-256', content.slice());
    expect((await feedOf(content)).fingerprint('AAPL')).toBe(Buffer.from(hash).toString('hex'));
  });

  it.each(CODECS)('may be compressed as %s', async (codec) => {
    expect(await rowsIn(fileOf({ time }, { codec }))).toEqual(expected);
  });

  it.each([
    ['seconds', [1704205800n, 1704205860n]],
    ['milliseconds', [1704205800000n, 1704205860000n]],
    ['microseconds', [1704205800000000n, 1704205860000000n]],
    ['nanoseconds', [1704205800000000000n, 1704205860000000000n]],
  ] as const)('may hold times as INT64 epoch %s', async (_, data) => {
    expect(await rowsIn(fileOf({ ts: [data, INT64] }))).toEqual(expected);
  });

  it.each([
    ['MILLIS', 1n],
    ['MICROS', 1000n],
    ['NANOS', 1_000_000n],
  ] as const)('may hold timestamps in %s', async (unit, perMs) => {
    const at = (times: readonly number[]) => times.map((ms) => BigInt(ms) * perMs);
    const instants = at([open, open + MINUTE]);
    const inUtc: Element = {
      ...INT64,
      logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC: true },
    };
    expect(await rowsIn(fileOf({ time: [instants, inUtc] }))).toEqual(expected);

    const onTheWall = at([Date.parse('2024-01-02T09:30Z'), Date.parse('2024-01-02T09:31Z')]);
    const local: Element = {
      ...INT64,
      logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC: false },
    };
    expect(await rowsIn(fileOf({ time: [onTheWall, local] }))).toEqual(expected);
  });

  it('may hold dates, for daily bars only', async () => {
    const date: Element = { type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'DATE' };
    const content = fileOf({ date: [[19724, 19725], date] });
    expect((await rowsIn(content, { interval: '1d' })).map(({ opened }) => opened)).toEqual([
      Date.parse('2024-01-02T14:30:00Z'),
      Date.parse('2024-01-03T14:30:00Z'),
    ]);
    await expect(feedOf(content)).rejects.toThrow('has no time of day, which a "1m" bar needs');
  });

  it('may hold integers', async () => {
    expect(await rowsIn(fileOf({ time, volume: [[100n, 100n], INT64] }))).toEqual(expected);
  });

  it('may hold decimals, which keep their value to the last bit', async () => {
    const decimal: Element = { ...INT64, converted_type: 'DECIMAL', scale: 4, precision: 18 };
    const data = [100_002n, 100_011n];
    const rows = await rowsIn(fileOf({ time, close: [data, decimal] }));
    expect(rows.map(({ close }) => close)).toEqual([10.0002, 10.0011]);
  });

  it('may be stamped at the ends of its bars', async () => {
    const rows = await rowsIn(fileOf({ time }), { stamp: 'close' });
    expect(rows.map(({ opened }) => opened)).toEqual([open - MINUTE, open]);
  });

  it('is refused with file and row if a row is bad, which may be left out instead', async () => {
    const content = fileOf({ time, close: [[11, Number.NaN], DOUBLE] });
    await expect(feedOf(content)).rejects.toThrow(
      'bars/AAPL.parquet row 2: close is not a number; mend the row or set on_bad_row: "skip"',
    );
    const feed = await feedOf(content, { on_bad_row: 'skip' });
    expect([...feed.skipped('AAPL', '1m')]).toEqual([
      ['2024-01-02', [{ file: 'AAPL.parquet', line: 2, reason: 'close is not a number' }]],
    ]);
    expect((await readAll(feed, 'AAPL')).bars).toHaveLength(1);
  });

  it('is refused if a value is missing', async () => {
    const volume = [[null, 100], { ...DOUBLE, repetition_type: 'OPTIONAL' }] as const;
    const someTimes = [[twoMinutes[0], null], { ...MILLIS, repetition_type: 'OPTIONAL' }] as const;
    await expect(feedOf(fileOf({ time, volume }))).rejects.toThrow('row 1: volume is not a number');
    await expect(feedOf(fileOf({ time: someTimes }))).rejects.toThrow('row 2: time is missing');
  });

  it('is refused if a column is missing or holds text', async () => {
    const utf8: Element = {
      type: 'BYTE_ARRAY',
      repetition_type: 'REQUIRED',
      converted_type: 'UTF8',
    };
    const text = [['2024-01-02 09:30', '2024-01-02 09:31'], utf8] as const;
    await expect(feedOf(fileOf({}))).rejects.toThrow('bars/AAPL.parquet has no column "time"');
    await expect(feedOf(fileOf({ time: text }))).rejects.toThrow(
      'bars/AAPL.parquet holds BYTE_ARRAY in the column "time"; TIMESTAMP, DATE or INT64 are needed there',
    );
  });

  it('is refused if it is no Parquet file, or empty', async () => {
    const text = new TextEncoder().encode('time,open,high,low,close,volume\n');
    await expect(feedOf(text)).rejects.toThrow('bars/AAPL.parquet cannot be read as Parquet: ');
    await expect(feedOf(new Uint8Array())).rejects.toThrow(
      'bars/AAPL.parquet cannot be read as Parquet: ',
    );
    await expect(feedOf(parquetOf([]))).rejects.toThrow('bars/AAPL.parquet has no rows');
  });
});
