import { describe, expect, it } from 'vitest';
import type { FileSource } from '../../src/domain/config/data.ts';
import { FeedError } from '../../src/domain/errors.ts';
import { csvFeed } from '../../src/feeds/csv.ts';
import { folderOf, HEADER, readAll, rowsOf, sourceOf, xnys } from './market.ts';

const row = (time: string) => `${time},10,12,9,11,100`;

/** A feed of AAPL's one file, indexed. */
async function feedOf(content: string | Uint8Array, more: Partial<FileSource> = {}) {
  const folder = folderOf({ 'bars/AAPL.csv': content });
  const feed = csvFeed(sourceOf('csv', { path: 'bars/{symbol}.csv', ...more }), folder);
  await feed.index({ symbols: ['AAPL'], calendar: xnys });
  return feed;
}

/** Rows 2 and 4 of a file are good; the row between them is the one in question. */
const withRow = (bad: string) =>
  [HEADER, row('2024-01-02 09:30'), bad, row('2024-01-02 09:35'), ''].join('\n');

const badRows: readonly (readonly [name: string, row: string, reason: string])[] = [
  ['a price that is no number', '2024-01-02 09:31,10,12,9,abc,100', 'close "abc" is not a number'],
  ['an empty price', '2024-01-02 09:31,,12,9,11,100', 'open "" is not a number'],
  [
    'a price in another notation',
    '2024-01-02 09:31,0x10,12,9,11,100',
    'open "0x10" is not a number',
  ],
  [
    'a price with thousands separators',
    '2024-01-02 09:31,"1,000",12,9,11,1',
    'open "1,000" is not a number',
  ],
  ['NaN', '2024-01-02 09:31,10,NaN,9,11,100', 'high "NaN" is not a number'],
  ['Infinity', '2024-01-02 09:31,10,Infinity,9,11,100', 'high "Infinity" is not a number'],
  [
    'a price beyond all numbers',
    '2024-01-02 09:31,10,1e999,9,11,100',
    'high "Infinity" is not finite',
  ],
  ['a price of zero', '2024-01-02 09:31,10,12,0,11,100', 'low "0" is not positive'],
  ['a negative price', '2024-01-02 09:31,-10,12,9,11,100', 'open "-10" is not positive'],
  ['high < low', '2024-01-02 09:31,10,8,9,11,100', 'high "8" is below low "9"'],
  ['high < open', '2024-01-02 09:31,13,12,9,11,100', 'high "12" is below open "13"'],
  ['high < close', '2024-01-02 09:31,10,12,9,12.5,100', 'high "12" is below close "12.5"'],
  ['low > open', '2024-01-02 09:31,8,12,9,11,100', 'low "9" is above open "8"'],
  ['low > close', '2024-01-02 09:31,10,12,9,8.5,100', 'low "9" is above close "8.5"'],
  ['a negative volume', '2024-01-02 09:31,10,12,9,11,-1', 'volume "-1" is negative'],
  ['a volume that is no number', '2024-01-02 09:31,10,12,9,11,n/a', 'volume "n/a" is not a number'],
  [
    'a time that repeats',
    '2024-01-02 09:30,10,12,9,11,100',
    'its time repeats that of the row before it',
  ],
  [
    'a time out of order',
    '2024-01-02 09:29,10,12,9,11,100',
    'its time is before that of the row before it: rows must ascend',
  ],
  [
    'a bar that overlaps',
    '2024-01-02 09:30:30,10,12,9,11,100',
    'its bar begins inside the "1m" bar before it',
  ],
  ['a field too few', '2024-01-02 09:31,10,12,9,11', 'has 5 fields, the header 6'],
  ['a field too many', '2024-01-02 09:31,10,12,9,11,100,1', 'has 7 fields, the header 6'],
  [
    'a quote that does not close',
    '2024-01-02 09:31,"10,12,9,11,100',
    'has quotes that do not match on the line',
  ],
  [
    'text after a quote',
    '2024-01-02 09:31,"10"0,12,9,11,100',
    'has quotes that do not match on the line',
  ],
  [
    'a time that is none',
    'yesterday,10,12,9,11,100',
    'time "yesterday" is not a time: write ISO 8601 such as "2024-01-02 09:30", or epoch seconds or milliseconds',
  ],
  [
    'a time in another form',
    '1704205860,10,12,9,11,100',
    'time "1704205860" is epoch seconds, unlike the rows before it: a time without offset',
  ],
  [
    'a date without time of day',
    '2024-01-02,10,12,9,11,100',
    'time "2024-01-02" is a date, unlike the rows before it: a time without offset',
  ],
];

describe('a bad row', () => {
  it.each(badRows)('that has %s is refused with file and line', async (_, bad, reason) => {
    const refusal = await feedOf(withRow(bad)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(FeedError);
    expect(refusal).toHaveProperty(
      'message',
      `bars/AAPL.csv line 3: ${reason}; mend the row or set on_bad_row: "skip"`,
    );
  });

  it.each(badRows)(
    'that has %s is left out and listed, if the user wants it so',
    async (_, bad, reason) => {
      const feed = await feedOf(withRow(bad), { on_bad_row: 'skip' });
      expect([...feed.skipped('AAPL', '1m')]).toEqual([
        ['2024-01-02', [{ file: 'AAPL.csv', line: 3, reason }]],
      ]);
      const { bars, provenance } = await readAll(feed, 'AAPL');
      expect(rowsOf(bars).map(({ opened }) => opened)).toEqual([1704205800000, 1704206100000]);
      expect(provenance.map(({ firstLine, bars: count }) => [firstLine, count])).toEqual([
        [2, 1],
        [4, 1],
      ]);
    },
  );

  it('is one of at most ten that a refusal names, and all are counted', async () => {
    const bad = Array.from({ length: 12 }, (_, i) => `2024-01-02 09:${40 + i},10,12,9,x${i},100`);
    const content = [HEADER, row('2024-01-02 09:30'), ...bad, ''].join('\n');
    const lines = await feedOf(content).catch((error: Error) => error.message.split('\n'));
    expect(lines).toEqual([
      'bars/AAPL.csv has 12 bad rows; mend them or set on_bad_row: "skip"',
      ...Array.from({ length: 10 }, (_, i) => `  line ${3 + i}: close "x${i}" is not a number`),
      '  and 2 more',
    ]);
  });

  it('takes the date it has, else that of the row before it, else that of the first good row', async () => {
    const feed = await feedOf(
      [
        HEADER,
        'bad,10,12,9,11,100',
        '2024-01-02 09:30,10,12,9,11,-1',
        row('2024-01-03 09:30'),
        'bad,10,12,9,11,100',
        row('2024-01-02 09:31'),
        row('2024-01-04 09:30'),
        '',
      ].join('\n'),
      { on_bad_row: 'skip' },
    );
    const skipped = [...feed.skipped('AAPL', '1m')].map(([date, rows]) => [
      date,
      rows.map(({ line }) => line),
    ]);
    expect(Object.fromEntries(skipped)).toEqual({
      '2024-01-02': [3, 6],
      '2024-01-03': [2, 5],
    });
    expect([...feed.availability('AAPL')[0]!.dates]).toEqual([
      ['2024-01-03', 1],
      ['2024-01-04', 1],
    ]);
  });

  it('may not be every row, even where bad ones are left out', async () => {
    const bad = [HEADER, 'a,1,1,1,1,1', 'b,1,1,1,1,1', ''].join('\n');
    await expect(feedOf(bad, { on_bad_row: 'skip' })).rejects.toThrow(
      'none of the 2 lines of bars/AAPL.csv is a bar: line 2: time "a" is not a time',
    );
  });

  it('is no oversight any more where there are a hundred thousand', async () => {
    const bad = `${HEADER}\n${row('2024-01-02 09:30')}\n${'x,1,1,1,1,1\n'.repeat(100_001)}`;
    await expect(feedOf(bad, { on_bad_row: 'skip' })).rejects.toThrow(
      'bars/AAPL.csv has more than 100000 bad rows, the first in line 3',
    );
  });
});

describe('a CSV file that is none', () => {
  it('is refused if it is empty', async () => {
    await expect(feedOf('')).rejects.toThrow('AAPL.csv is empty; give a file with bars');
  });

  it('is refused if it has a header and no rows', async () => {
    await expect(feedOf(`${HEADER}\n`)).rejects.toThrow(
      'AAPL.csv has no rows; give a file with bars',
    );
  });

  it('is refused if a column is missing, saying what there is and how to name it', async () => {
    await expect(feedOf('time,open,high,low,last\n1,2,3,4,5\n')).rejects.toThrow(
      'AAPL.csv has no column "close", "volume", only "time", "open", "high", "low", "last"',
    );
    await expect(feedOf('2024-01-02 09:30,10,12,9,11,100\n')).rejects.toThrow('"2024-01-02 09:30"');
  });

  it('is refused if a column that the config names is missing', async () => {
    await expect(feedOf(`${HEADER}\n${row('1')}\n`, { columns: { time: 'when' } })).rejects.toThrow(
      'has no column "when"',
    );
  });

  it('is refused if two columns may hold the time', async () => {
    await expect(feedOf('date,time,open,high,low,close,volume\n')).rejects.toThrow(
      'several columns for "time": "date", "time"; name one with columns: {"time": "date"}',
    );
  });

  it('is refused if it is UTF-16', async () => {
    await expect(feedOf(Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'))).rejects.toThrow('UTF-16');
  });

  it('is refused if a line never ends', async () => {
    await expect(feedOf('x'.repeat(3_000_000))).rejects.toThrow('is it a CSV file?');
  });
});
