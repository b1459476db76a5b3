import { describe, expect, it } from 'vitest';
import { FeedProblems } from '../../src/feeds/feedProblems.ts';
import { type MemoryBars, memoryFeed } from '../../src/feeds/memory.ts';
import { MINUTE, minutesOf, readAll, rowsOf, xnys } from './market.ts';

const open = Date.parse('2024-01-02T14:30:00Z');
const bars = minutesOf(['2024-01-02'], 3);

async function feedOf(given: MemoryBars, options: Parameters<typeof memoryFeed>[1] = {}) {
  const feed = memoryFeed(given, options);
  await feed.index({ symbols: ['AAPL'], calendar: xnys });
  return feed;
}

const columns = {
  open: [10, 11],
  high: [12, 12],
  low: [9, 10],
  close: [11, 12],
  volume: [100, 200],
};
const times = [open, open + MINUTE];
const expected = [
  { opened: open, open: 10, high: 12, low: 9, close: 11, volume: 100 },
  { opened: open + MINUTE, open: 11, high: 12, low: 10, close: 12, volume: 200 },
];

describe('bars in memory', () => {
  it('may be columns, in typed arrays too, with times under either name', async () => {
    const typed = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]),
    ) as unknown as typeof columns;
    for (const table of [
      { opened: times, ...columns },
      { time: times, ...columns },
      { time: Float64Array.from(times), ...typed },
    ]) {
      const feed = await feedOf({ AAPL: table });
      expect(rowsOf((await readAll(feed, 'AAPL')).bars)).toEqual(expected);
    }
  });

  it('may be objects, of several intervals', async () => {
    const hours = { ...bars[0]!, interval: '60m' };
    const feed = await feedOf({ AAPL: [...bars, hours] });
    expect(feed.availability('AAPL').map(({ interval }) => interval)).toEqual(['1m', '1h']);
    expect(rowsOf((await readAll(feed, 'AAPL')).bars)).toEqual(bars);
    expect((await readAll(feed, 'AAPL', '1h')).bars).toHaveLength(1);
  });

  it('may be several tables, stamped at either end', async () => {
    const minutes = { stamp: 'close', time: times, ...columns } as const;
    const days = { interval: '1d', time: [Date.parse('2024-01-02'), open + 864e5], ...columns };
    const feed = await feedOf({ AAPL: [minutes, days] });
    const starts = async (interval: string) =>
      rowsOf((await readAll(feed, 'AAPL', interval)).bars).map(({ opened }) => opened);
    expect(await starts('1m')).toEqual([open - MINUTE, open]);
    expect(await starts('1d')).toEqual([open, open + 864e5]);
  });

  it('may be given under a symbol in any case', async () => {
    const feed = await feedOf({ aapl: bars });
    expect(feed.availability('AAPL')).toHaveLength(1);
  });

  it('may be none', async () => {
    const feed = await feedOf({ AAPL: [] });
    expect(feed.availability('AAPL')).toEqual([]);
    expect(feed.missing?.('AAPL')).toEqual(['no bars of "AAPL" are in memory']);
  });

  it('are copied when they are indexed', async () => {
    const closes = [11, 12];
    const feed = await feedOf({ AAPL: { time: times, ...columns, close: closes } });
    closes[0] = 9;
    expect((await readAll(feed, 'AAPL')).bars.close[0]).toBe(11);
  });

  it('are fingerprinted by their values, whatever holds them', async () => {
    const fingerprint = async (given: MemoryBars[string]) =>
      (await feedOf({ AAPL: given })).fingerprint('AAPL');
    const known = await fingerprint({ time: times, ...columns });
    expect(await fingerprint(expected)).toBe(known);
    expect(await fingerprint({ time: times, ...columns, volume: [100, 201] })).not.toBe(known);
    expect(await fingerprint({ time: times, ...columns, stamp: 'close' })).not.toBe(known);
    expect(await fingerprint({ time: times, ...columns, interval: '1s' })).not.toBe(known);
  });

  it('are refused with their row if one is bad, which may be left out instead', async () => {
    const bad = { time: times, ...columns, close: [11, 13] };
    await expect(feedOf({ AAPL: bad })).rejects.toThrow(
      'AAPL "1m" bars of source "memory", row 2: high "12" is below close "13"; mend the row or set on_bad_row: "skip"',
    );
    const feed = await feedOf({ AAPL: bad }, { policy: 'skip' });
    expect(feed.skipped('AAPL', '1m').get('2024-01-02')).toEqual([
      { file: 'memory', line: 2, reason: 'high "12" is below close "13"' },
    ]);
    expect(rowsOf((await readAll(feed, 'AAPL')).bars)).toEqual(expected.slice(0, 1));
  });

  it('are indexed by day alike, whether all are good or a bad one is left out', async () => {
    // A Friday and a Monday with a Saturday between, and bars after hours that count to their day.
    const days = ['2024-01-05', '2024-01-06', '2024-01-08'];
    const saturday = Date.parse('2024-01-06T15:00:00Z');
    const late = Date.parse('2024-01-08T22:00:00Z');
    const time = [
      ...minutesOf(['2024-01-05'], 3).map(({ opened }) => opened),
      saturday,
      ...minutesOf(['2024-01-08'], 2).map(({ opened }) => opened),
      late,
    ];
    const flat = time.map(() => 10);
    const good = { time, open: flat, high: flat, low: flat, close: flat, volume: flat };
    const repeated = Object.entries(good).map(([name, of]) => [name, [...of, of.at(-1)!]]);
    const bad = Object.fromEntries(repeated) as typeof good;
    const feeds = [await feedOf({ AAPL: good }), await feedOf({ AAPL: bad }, { policy: 'skip' })];
    for (const feed of feeds) {
      const [stored] = feed.availability('AAPL');
      expect([...stored!.dates]).toEqual(days.map((date, i) => [date, [3, 1, 3][i]]));
      expect([stored!.first, stored!.last]).toEqual([time[0], late]);
      const monday = xnys.session('2024-01-08')!;
      const [from, to] = [monday.dayStart, monday.dayEnd];
      const { bars: read, provenance } = await feed.read({
        symbol: 'AAPL',
        interval: '1m',
        from,
        to,
      });
      expect(rowsOf(read).map(({ opened }) => opened)).toEqual(time.slice(4));
      expect(provenance).toMatchObject([{ firstLine: 5, bars: 3 }]);
    }
  });

  it.each([
    ['null for a volume', { volume: [null, 1] }, 'row 1: volume is not a number'],
    ['a text for a price', { open: [10, '11'] }, 'row 2: open is not a number'],
    [
      'a date for a time',
      { time: [open, new Date(open)] },
      'row 2: time is not a number: give epoch milliseconds',
    ],
    [
      'a time finer than a millisecond',
      { time: [open, open + 0.5] },
      'is finer than a millisecond',
    ],
    [
      'a time that repeats',
      { time: [open, open] },
      'row 2: its time repeats that of the row before it',
    ],
  ])('are refused with %s', async (_, wrong, message) => {
    const table = { time: times, ...columns, ...wrong } as MemoryBars[string];
    await expect(feedOf({ AAPL: table })).rejects.toThrow(message);
  });

  it.each([
    [{ '1s': bars }, 'an object with "1s"'],
    [[{ '1s': bars }], 'an object with "1s"'],
    [[bars], 'an object with "0", "1", "2"'],
    [{}, 'an object without names'],
    [[7], '"7"'],
    ['bars', '"bars"'],
  ])('are refused if they are neither bars nor columns: %j', async (given, found) => {
    await expect(feedOf({ AAPL: given as never })).rejects.toThrow(
      `the bars of AAPL hold ${found}, which is no bar: give a list of bars {interval, time, open,`,
    );
  });

  it('are all looked at before bad ones are refused', async () => {
    const bad = { ...bars[0]!, close: -1 };
    const feed = memoryFeed({ B: [bad], A: [bad, { ...bad, interval: '1d' }], C: bars });
    const refusal = await feed
      .index({ symbols: ['C', 'B', 'A'], calendar: xnys })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(FeedProblems);
    const places = (refusal as FeedProblems).problems.map((problem) => problem.split(',')[0]);
    expect(places).toEqual([
      'A "1m" bars of source "memory"',
      'A "1d" bars of source "memory"',
      'B "1m" bars of source "memory"',
    ]);
    expect(feed.availability('C')).toHaveLength(1);
  });

  it('are refused if columns are missing or differ in length', async () => {
    const { volume: _, ...rest } = columns;
    await expect(feedOf({ AAPL: { time: times, ...rest } as never })).rejects.toThrow(
      'the "1m" bars of AAPL have 2 times and no values of "volume"; give one for each bar',
    );
    await expect(feedOf({ AAPL: { time: [open], ...columns } })).rejects.toThrow(
      'the "1m" bars of AAPL have 1 times and 2 values of "open"; give one for each bar',
    );
  });

  it('are refused if an interval is given twice, or is none that is stored', async () => {
    const table = { time: times, ...columns };
    await expect(feedOf({ AAPL: [table, table] })).rejects.toThrow(
      'the "1m" bars of AAPL are given twice; join them',
    );
    await expect(feedOf({ AAPL: { ...table, interval: '1w' } })).rejects.toThrow(
      'the bars of AAPL have the interval "1w"; give seconds, minutes, hours or "1d"',
    );
  });
});
