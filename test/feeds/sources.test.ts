import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import type { FeedProblems } from '../../src/feeds/feedProblems.ts';
import { memoryFeed } from '../../src/feeds/memory.ts';
import { openFeed, type SourceInput } from '../../src/feeds/sources.ts';
import { csvOf, folderOf, minutesOf, parquetOf, readAll, xnys } from './market.ts';

const bars = minutesOf(['2024-01-02'], 3);
const [first] = bars;

async function indexed(feed: Feed, ...symbols: string[]): Promise<Feed> {
  await feed.index({ symbols, calendar: xnys });
  return feed;
}

describe('a source', () => {
  it.each([
    ['csv', { type: 'csv', path: '{symbol}.csv', interval: '1m', stamp: 'open' }],
    ['parquet', { type: 'parquet', path: '{symbol}.parquet', interval: '1m', stamp: 'open' }],
    ['synthetic', { type: 'synthetic', seed: 7 }],
    ['memory', { type: 'memory', bars: { AAPL: bars } }],
    ['memory', { AAPL: bars }],
    ['observable', { type: 'observable', source: of({ symbol: 'AAPL', ...first! }) }],
    ['memory', memoryFeed({ AAPL: bars })],
    ['memory', [{ type: 'memory', bars: { AAPL: bars } }]],
  ] as [string, SourceInput][])('may be %s', async (name, source) => {
    const folder = folderOf({ 'AAPL.csv': csvOf(bars), 'AAPL.parquet': parquetOf(bars) });
    const feed = await indexed(openFeed(source, { folder }), 'AAPL');
    expect(feed.name).toBe(name);
    const { provenance } = await feed.read({
      symbol: 'AAPL',
      interval: '1m',
      from: first!.opened,
      to: first!.opened + 1,
    });
    expect(provenance).toMatchObject([
      { source: name, firstLine: 1 + Number(name === 'csv'), bars: 1 },
    ]);
    await feed.close();
  });

  it('is read as in a config: defaults, camelCase, policy', async () => {
    const folder = folderOf({ 'AAPL.csv': `${csvOf(bars)}bad\n` });
    const source = {
      type: 'csv',
      path: '{symbol}.csv',
      interval: '60s',
      stamp: 'open',
      onBadRow: 'skip',
    };
    const feed = await indexed(openFeed(source as SourceInput, { folder }), 'AAPL');
    expect(feed.skipped('AAPL', '1m').get('2024-01-02')).toHaveLength(1);
  });

  it('may leave out bad bars that a program hands over', async () => {
    const bad = { ...first!, close: -1 };
    const feed = openFeed([
      { type: 'memory', bars: { A: [bad, ...bars] }, on_bad_row: 'skip' },
      {
        type: 'observable',
        source: of({ ...bad, symbol: 'B' }, { ...first!, symbol: 'B' }),
        on_bad_row: 'skip',
      },
    ]);
    await indexed(feed, 'A', 'B');
    expect([feed.skipped('A', '1m').size, feed.skipped('B', '1m').size]).toEqual([1, 1]);
  });

  it.each([
    [
      { type: 'csvv' },
      'data.type: found "csvv": write "csv", "parquet", "synthetic" or "memory" as the type',
    ],
    [{ type: 'csv', path: 'a', interval: '1m' }, 'data.stamp: missing: write "open" if'],
    [
      [{ type: 'memory', bars: {} }, { type: 'csv' }],
      'data[1].path: missing: write a path such as',
    ],
    [{ type: 'memory' }, 'data is "memory": hand the bars over beside the config, by symbol'],
    [
      { type: 'memory', interval: '1s', bars: {} },
      'data.interval: a source of type "memory" has only "type", "bars" and "on_bad_row"; write the interval into the bars',
    ],
    [
      [{ type: 'memory', bars: {}, onBadRow: 'skip' }],
      'data[0].onBadRow: a source of type "memory" has only',
    ],
    [
      { type: 'observable', source: of(), stamp: 'close' },
      'data.stamp: a source of type "observable" has only "type", "source" and "on_bad_row"; leave it out',
    ],
    [
      { type: 'memory', bars: {}, on_bad_row: 'drop' },
      'data.on_bad_row: found "drop": write "fail" or "skip"',
    ],
    [
      { type: 'memory', bars },
      'data.bars: found something else: hand over bars by symbol: {AAPL: bars}',
    ],
    [
      { type: 'observable', source: bars },
      'data.source: found something else: hand over an observable of bars',
    ],
    [{ type: 'memry', bars: {} }, 'data.type: found "memry": write'],
    [[], 'data is an empty list: write at least one source'],
    ['bars.csv', 'data: found "bars.csv": write'],
    [null, 'data: '],
    [{}, 'data'],
  ])('is refused if it is %j', (source, message) => {
    expect(() => openFeed(source as SourceInput)).toThrow(UsageError);
    expect(() => openFeed(source as SourceInput)).toThrow(message);
  });
});

describe('a list of sources', () => {
  const cheap = memoryFeed({ A: bars, B: [{ ...first!, interval: '1d' }] });
  const dear = () => {
    const twice = bars.map((bar) => ({ ...bar, high: bar.high * 2 }));
    return memoryFeed({ A: [...twice, { ...first!, interval: '1d' }], C: twice });
  };

  it('is served by the first that has a symbol at an interval', async () => {
    const feed = await indexed(openFeed([cheap, dear()]), 'A', 'B', 'C');
    expect(feed.availability('A').map(({ interval }) => interval)).toEqual(['1m', '1d']);
    expect((await readAll(feed, 'A')).bars.high[0]).toBe(first!.high);
    expect((await readAll(feed, 'A', '1d')).bars).toHaveLength(1);
    expect((await readAll(feed, 'C')).bars.high[0]).toBe(first!.high * 2);
    const other = await indexed(openFeed([dear(), cheap]), 'A');
    expect((await readAll(other, 'A')).bars.high[0]).toBe(first!.high * 2);
  });

  it('has a fingerprint of the sources that serve a symbol', async () => {
    const alone = await indexed(memoryFeed({ C: bars }), 'C');
    const feed = await indexed(openFeed([cheap, memoryFeed({ C: bars })]), 'A', 'C');
    expect(feed.fingerprint('C')).toBe(alone.fingerprint('C'));
    expect(feed.fingerprint('A')).toBe(cheap.fingerprint('A'));
  });

  it('is refused with what is wrong in all of them, by ascending symbol', async () => {
    const bad = [{ ...first!, close: -1 }];
    const feed = openFeed([memoryFeed({ B: bad }), memoryFeed({ A: bad, B: bad, C: bars })]);
    const refusal = await indexed(feed, 'B', 'A', 'C').catch((error: unknown) => error);
    const { bySymbol } = refusal as FeedProblems;
    expect([...bySymbol].map(([symbol, problems]) => [symbol, problems.length])).toEqual([
      ['A', 1],
      ['B', 2],
    ]);
    expect(feed.availability('C')).toHaveLength(1);
  });

  it('says what every source looked for in vain', async () => {
    const path = { type: 'csv', path: 'none/{symbol}.csv', interval: '1m', stamp: 'open' } as const;
    const feed = await indexed(openFeed([cheap, path], { folder: folderOf({}) }), 'X');
    expect(feed.name).toBe('memory+csv');
    expect(feed.missing?.('X')).toEqual([
      'no bars of "X" are in memory',
      'there is no file "none/X.csv" for "X"',
    ]);
  });
});
