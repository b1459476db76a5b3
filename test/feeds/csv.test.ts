import { hash } from 'node:crypto';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileSource } from '../../src/domain/config/data.ts';
import { csvFeed } from '../../src/feeds/csv.ts';
import {
  csvOf,
  folderOf,
  HEADER,
  inNewYork,
  MINUTE,
  minutesOf,
  readAll,
  rowsOf,
  sourceOf,
  xnys,
} from './market.ts';

const gold = new URL('../../../shared/gold/indicators/', import.meta.url);
const hasGold = existsSync(gold);
if (!hasGold) process.stderr.write('gold: 2 checks could not be made (reading of real files)\n');

const open = Date.parse('2024-01-02T14:30:00Z');

/** A feed of AAPL's one file, indexed. */
async function feedOf(content: string | Uint8Array, more: Partial<FileSource> = {}) {
  const folder = folderOf({ 'AAPL.csv': content });
  const feed = csvFeed(sourceOf('csv', more), folder);
  await feed.index({ symbols: ['AAPL'], calendar: xnys });
  return { feed, file: join(folder, 'AAPL.csv') };
}

async function rowsIn(content: string | Uint8Array, more: Partial<FileSource> = {}) {
  const { feed } = await feedOf(content, more);
  return rowsOf((await readAll(feed, 'AAPL', String(more.interval ?? '1m'))).bars);
}

const row = (time: string) => `${time},10,12,9,11,100`;
const bar = { open: 10, high: 12, low: 9, close: 11, volume: 100 };
const one = [{ opened: open, ...bar }];

describe('a CSV file', () => {
  it('is read back as it was written, whatever the numbers', async () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 }).map((n) => n / 100);
    const anyPrice = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    const price = fc.oneof(cents, anyPrice);
    const volume = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e12, noNaN: true }));
    const rows = fc.array(
      fc.record({
        step: fc.integer({ min: 1, max: 900 }),
        prices: fc.tuple(price, price, price, price),
        volume,
      }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), async (given, local) => {
        let opened = open;
        const bars = given.map(({ step, prices, volume }) => {
          const [low, first, last, high] = prices.toSorted((a, b) => a - b);
          opened += step * MINUTE;
          return { opened, open: first!, high: high!, low: low!, close: last!, volume };
        });
        const content = csvOf(bars, local ? inNewYork : undefined);
        expect(await rowsIn(content)).toEqual(bars);
      }),
      { numRuns: 60 },
    );
  });

  it('may begin with a byte-order mark', async () => {
    expect(await rowsIn(`\ufeff${HEADER}\n${row('2024-01-02 09:30')}\n`)).toEqual(one);
  });

  it('may end its lines as Windows does, and lack the last line end', async () => {
    expect(await rowsIn(`${HEADER}\r\n${row('2024-01-02 09:30')}\r\n`)).toEqual(one);
    expect(await rowsIn(`${HEADER}\r\n${row('2024-01-02 09:30')}`)).toEqual(one);
    expect(await rowsIn(`${HEADER}\n${row('2024-01-02 09:30')}`)).toEqual(one);
  });

  it('may quote fields, those of the header too', async () => {
    const header = '"time","open",high,low,"close",volume,"note, ""of"" it"';
    const quoted = '"2024-01-02 09:30","10",12,9, "11" ,100,"a ""b"", c"';
    expect(await rowsIn(`${header}\n${quoted}\n${row('2024-01-02 09:31')},plain\n`)).toEqual([
      ...one,
      { opened: open + MINUTE, ...bar },
    ]);
  });

  it.each([';', '\t', '|'])('may separate fields by %j', async (delimiter) => {
    const content = `${HEADER}\n${row('2024-01-02 09:30')}\n`.replaceAll(',', delimiter);
    expect(await rowsIn(content)).toEqual(one);
  });

  it('may have blanks around fields and blank lines', async () => {
    const spaced = ' 2024-01-02 09:30 , 10, 12 ,9 , 11,100 ';
    const { feed } = await feedOf(`${HEADER}\n\n${spaced}\n\n${row('2024-01-02 09:31')}\n\n`);
    const { bars, provenance } = await readAll(feed, 'AAPL');
    expect(bars).toHaveLength(2);
    expect(provenance.map(({ firstLine }) => firstLine)).toEqual([3, 5]);
  });

  it('may have its columns in any order and case, among others', async () => {
    const content =
      'Volume,Adj Close,CLOSE,Low,High,Open,DateTime\n100,1,11,9,12,10,2024-01-02 09:30\n';
    expect(await rowsIn(content)).toEqual(one);
  });

  it.each(['time', 'Date', 'DATETIME', 'timestamp', 'ts'])(
    'may call its time "%s"',
    async (name) => {
      const header = HEADER.replace('time', name);
      expect(await rowsIn(`${header}\n${row('2024-01-02 09:30')}\n`)).toEqual(one);
    },
  );

  it('may have columns with names of its own, which the config gives', async () => {
    const content = `when,date,o,h,l,c,v\n2024-01-02 09:30,x,10,12,9,11,100\n`;
    const columns = { time: 'when', open: 'o', high: 'h', low: 'l', close: 'C', volume: 'v' };
    expect(await rowsIn(content, { columns })).toEqual(one);
  });

  it('is read past the size of a chunk, to the right lines', async () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
    const bars = minutesOf([...dates, '2024-01-09', '2024-01-10', '2024-01-11']);
    for (const [i, minute] of bars.entries()) Object.assign(minute, { volume: 1000 + i });
    const note = 'x'.repeat(700);
    const lines = csvOf(bars)
      .trimEnd()
      .split('\n')
      .map((line, i) => (i === 0 ? `${line},note` : `${line},${note}`));
    const content = `${lines.join('\n')}\n`;
    const { feed } = await feedOf(content);
    expect(feed.fingerprint('AAPL')).toBe(hash('sha256', content));
    const { open: from, close: to } = xnys.session('2024-01-08')!;
    const { bars: read, provenance } = await feed.read({
      symbol: 'AAPL',
      interval: '1m',
      from,
      to,
    });
    expect(provenance).toMatchObject([{ firstLine: 2 + 4 * 390, bars: 390, file: 'AAPL.csv' }]);
    expect(lines[provenance[0]!.firstLine - 1]).toMatch(`,${read.volume[0]},x`);
    expect(rowsOf((await readAll(feed, 'AAPL')).bars)).toEqual(bars);
  });

  it('is fingerprinted by its bytes', async () => {
    const { feed } = await feedOf(`${HEADER}\n${row('2024-01-02 09:30')}\n`);
    expect(feed.fingerprint('AAPL')).toBe(
      '9fe7d175cee3399a0e5c98da99260e71259b5501dcc8c550fb3b91415cd3385d',
    );
  });

  it('is refused on reading if it has changed since it was indexed', async () => {
    const content = `${HEADER}\n${row('2024-01-02 09:30')}\n`;
    const { feed, file } = await feedOf(content);
    writeFileSync(file, content.replace('11', '10'));
    utimesSync(file, 1, 1);
    await expect(readAll(feed, 'AAPL')).rejects.toThrow(
      'AAPL.csv has changed since it was indexed; run again',
    );
  });

  it('tells how far its index has come', async () => {
    const content = csvOf(minutesOf(['2024-01-02']));
    const folder = folderOf({ 'AAPL.csv': content });
    const told: unknown[] = [];
    await csvFeed(sourceOf('csv'), folder).index({
      symbols: ['AAPL'],
      calendar: xnys,
      onProgress: (progress) => told.push(progress),
    });
    const size = content.length;
    expect(told.at(-1)).toEqual({ what: 'AAPL.csv', done: size, total: size });
  });
});

describe('real minutes of SPY', () => {
  it.runIf(hasGold)('are 391 a day, of which the session holds 390', async () => {
    const feed = csvFeed(sourceOf('csv', { path: 'intraday.csv' }), fileURLToPath(gold));
    await feed.index({ symbols: ['SPY'], calendar: xnys });
    expect([...feed.availability('SPY')[0]!.dates]).toEqual([
      ['2020-12-15', 391],
      ['2020-12-16', 391],
      ['2020-12-17', 391],
      ['2020-12-18', 391],
    ]);
    const { open: from, close: to } = xnys.session('2020-12-16')!;
    const { bars, provenance } = await feed.read({ symbol: 'SPY', interval: '1m', from, to });
    expect(bars).toHaveLength(390);
    expect(rowsOf(bars)[0]).toEqual({
      opened: Date.parse('2020-12-16T14:30:00Z'),
      open: 369.82,
      high: 369.88,
      low: 369.65,
      close: 369.8,
      volume: 376571,
    });
    expect(provenance).toMatchObject([{ file: 'intraday.csv', firstLine: 393, bars: 390 }]);
  });

  it.runIf(hasGold)('equal every number in the file', async () => {
    const feed = csvFeed(sourceOf('csv', { path: 'intraday.csv' }), fileURLToPath(gold));
    await feed.index({ symbols: ['SPY'], calendar: xnys });
    const { bars } = await readAll(feed, 'SPY');
    const read = rowsOf(bars).map(({ opened, ...numbers }) =>
      [inNewYork(opened).slice(0, 16), ...Object.values(numbers)].join(','),
    );
    const lines = readFileSync(new URL('intraday.csv', gold), 'utf8').trim().split('\n');
    expect(read).toEqual(lines.slice(1));
  });
});
