import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileSource } from '../../src/domain/config/data.ts';
import { csvFeed } from '../../src/feeds/csv.ts';
import { FeedProblems } from '../../src/feeds/feedProblems.ts';
import { csvOf, folderOf, HEADER, minutesOf, readAll, sourceOf, xnys } from './market.ts';

const monday = minutesOf(['2024-01-08'], 3);
const tuesday = minutesOf(['2024-01-09'], 4);

function feedOf(files: Readonly<Record<string, string>>, path: FileSource['path'], more = {}) {
  const feed = csvFeed(sourceOf('csv', { path, ...more }), folderOf(files));
  return Object.assign(feed, {
    look: (...symbols: string[]) => feed.index({ symbols, calendar: xnys }),
  });
}

/** Which lines of which files the bars come from. */
async function originsOf(feed: ReturnType<typeof feedOf>, symbol: string, interval = '1m') {
  const { provenance } = await readAll(feed, symbol, interval);
  return provenance.map(({ file, firstLine, bars }) => [file, firstLine, bars]);
}

describe('a path with {symbol}', () => {
  it('is a file for each symbol', async () => {
    const feed = feedOf(
      { 'bars/A.csv': csvOf(monday), 'bars/B.csv': csvOf(tuesday) },
      'bars/{symbol}.csv',
    );
    await feed.look('A', 'B');
    expect(await originsOf(feed, 'A')).toEqual([['A.csv', 2, 3]]);
    expect(await originsOf(feed, 'B')).toEqual([['B.csv', 2, 4]]);
  });

  it('may hold it twice, and {interval} for several intervals', async () => {
    const files = { 'A/1m/A.csv': csvOf(monday), 'A/5m/A.csv': csvOf(monday.slice(0, 1)) };
    const feed = feedOf(files, '{symbol}/{interval}/{symbol}.csv', {
      interval: ['5m', '1m', '1h'],
    });
    await feed.look('A');
    expect(feed.availability('A').map(({ interval }) => interval)).toEqual(['1m', '5m']);
    expect(feed.missing?.('A')).toEqual(['there is no file "A/1h/A.csv" for "A"']);
    expect(await originsOf(feed, 'A', '5m')).toEqual([['A.csv', 2, 1]]);
  });

  it('has nothing of a symbol without a file, and says which file it looked for', async () => {
    const feed = feedOf({ 'bars/A.csv': csvOf(monday) }, 'bars/{symbol}.csv');
    await feed.look('A', 'B');
    expect(feed.availability('B')).toEqual([]);
    expect(feed.missing?.('B')).toEqual(['there is no file "bars/B.csv" for "B"']);
    expect(feed.missing?.('A')).toEqual([]);
  });

  it('never leads out of its folder', async () => {
    const feed = feedOf(
      { 'secret.csv': csvOf(monday), 'bars/A.csv': csvOf(monday) },
      'bars/{symbol}.csv',
    );
    await feed.look('../secret', 'BTC/USD', '..');
    expect(feed.availability('../secret')).toEqual([]);
    expect(feed.missing?.('BTC/USD')).toEqual([
      '"BTC/USD" cannot be part of a file name: map it to a path of its own',
    ]);
    expect(feed.missing?.('..')).toHaveLength(1);
  });

  it('is refused where it leads to a folder', async () => {
    const feed = feedOf({ 'A.csv/x': '' }, '{symbol}.csv');
    await expect(feed.look('A')).rejects.toThrow('"A.csv" is no file; name the file itself');
  });
});

describe('files that cannot be used', () => {
  const bad = 'time,open\n1,2\n';

  it('are all named at once, by ascending symbol and interval', async () => {
    const files = {
      'C/1m.csv': bad,
      'A/5m.csv': bad,
      'A/1m.csv': csvOf(monday).replace('0\n', 'x\n'),
      'B/1m.csv': csvOf(monday),
    };
    const feed = feedOf(files, '{symbol}/{interval}.csv', { interval: ['1m', '5m'] });
    const refusal = await feed.look('C', 'B', 'A').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(FeedProblems);
    const { problems, bySymbol, message } = refusal as FeedProblems;
    expect([...bySymbol.keys()]).toEqual(['A', 'C']);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'A/1m.csv',
      'A/5m.csv',
      'C/1m.csv',
    ]);
    expect(message).toBe(problems.join('\n'));
    expect(feed.availability('B')).toHaveLength(1);
  });

  it('of one symbol are named up to ten, and the rest is counted', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `A/202401${10 + i}.csv`);
    const feed = feedOf(
      Object.fromEntries(names.map((name) => [name, bad])),
      '{symbol}/{date}.csv',
    );
    const refusal = await feed.look('A').catch((error: unknown) => error);
    const { problems } = refusal as FeedProblems;
    expect(problems.slice(0, 10).map((problem) => problem.split(' ')[0])).toEqual(
      names.slice(0, 10),
    );
    expect(problems.slice(10)).toEqual([
      '2 more files of "A" cannot be used; mend those above first',
    ]);
  });
});

describe('a map of symbols to paths', () => {
  const files = { 'one.csv': csvOf(monday), 'two.csv': csvOf(tuesday) };

  it('is a file for each symbol in it', async () => {
    const feed = feedOf(files, { A: 'one.csv', 'BTC/USD': 'two.csv' });
    await feed.look('A', 'BTC/USD', 'C');
    expect(await originsOf(feed, 'BTC/USD')).toEqual([['two.csv', 2, 4]]);
    expect(feed.missing?.('C')).toEqual(['no path is given for "C"']);
  });

  it('is refused if a file that it names is not there', async () => {
    const feed = feedOf(files, { A: 'bars/none.csv' });
    await expect(feed.look('A')).rejects.toThrow('there is no file "bars/none.csv" for "A"');
  });
});

describe('a path that is one file', () => {
  const files = { 'spy.csv': csvOf(monday) };

  it('is the file of one symbol', async () => {
    const feed = feedOf(files, 'spy.csv');
    await feed.look('SPY');
    expect(await originsOf(feed, 'SPY')).toEqual([['spy.csv', 2, 3]]);
  });

  it('is refused for several, which would all get the same bars', async () => {
    await expect(feedOf(files, 'spy.csv').look('SPY', 'QQQ')).rejects.toThrow(
      'the path "spy.csv" is the same for 2 symbols; put {symbol} into it or map each symbol to its path',
    );
  });

  it('has nothing of a symbol that is added later', async () => {
    const feed = feedOf(files, 'spy.csv');
    await feed.look('SPY');
    await feed.look('QQQ');
    expect(feed.availability('QQQ')).toEqual([]);
    expect(feed.missing?.('QQQ')).toEqual(['the path "spy.csv" is that of "SPY"']);
  });

  it('is refused if it is not there', async () => {
    await expect(feedOf(files, 'qqq.csv').look('QQQ')).rejects.toThrow(
      'there is no file "qqq.csv" for "QQQ"; correct the path or name a file that exists',
    );
  });
});

describe('a path with {date}', () => {
  const files = {
    'A/20240109.csv': csvOf(tuesday),
    'A/20240108.csv': csvOf(monday),
    'A/2024010.csv': 'not a date',
    'A/20240108.csv.bak': 'not the pattern',
  };

  it('is a file for each date that is there', async () => {
    const feed = feedOf(files, '{symbol}/{date}.csv');
    await feed.look('A');
    expect([...feed.availability('A')[0]!.dates]).toEqual([
      ['2024-01-08', 3],
      ['2024-01-09', 4],
    ]);
    expect(await originsOf(feed, 'A')).toEqual([
      ['20240108.csv', 2, 3],
      ['20240109.csv', 2, 4],
    ]);
    const { dayStart: from, dayEnd: to } = xnys.session('2024-01-09')!;
    const { bars } = await feed.read({ symbol: 'A', interval: '1m', from, to });
    expect(bars).toHaveLength(4);
  });

  it('may be a folder for each date, of which some lack a symbol', async () => {
    const feed = feedOf(
      { '20240108/A.csv': csvOf(monday), '20240109/A.csv': csvOf(tuesday), '20240110/B.csv': '' },
      '{date}/{symbol}.csv',
    );
    await feed.look('A');
    expect([...feed.availability('A')[0]!.dates.keys()]).toEqual(['2024-01-08', '2024-01-09']);
  });

  it('has a fingerprint that changes with any of its files', async () => {
    const fingerprint = async (more: Readonly<Record<string, string>>) => {
      const feed = feedOf({ ...files, ...more }, '{symbol}/{date}.csv');
      await feed.look('A');
      return feed.fingerprint('A');
    };
    const known = await fingerprint({});
    expect(await fingerprint({})).toBe(known);
    expect(await fingerprint({ 'A/20240109.csv': csvOf(tuesday.slice(1)) })).not.toBe(known);
  });

  it('is refused where a file goes back behind the one before it', async () => {
    const feed = feedOf(
      { ...files, 'A/20240110.csv': csvOf(tuesday.slice(3)) },
      '{symbol}/{date}.csv',
    );
    await expect(feed.look('A')).rejects.toThrow(
      'A/20240110.csv line 2: its time repeats that of the row before it',
    );
  });

  it('may have files of days without trades, but not only such', async () => {
    const empty = { 'A/20240110.csv': `${HEADER}\n` };
    const feed = feedOf({ ...files, ...empty }, '{symbol}/{date}.csv');
    await feed.look('A');
    expect(await originsOf(feed, 'A')).toHaveLength(2);
    const bare = feedOf({ ...empty, 'A/20240111.csv': `${HEADER}\n` }, '{symbol}/{date}.csv');
    await bare.look('A');
    expect(bare.availability('A')).toEqual([]);
    expect(bare.missing?.('A')).toEqual(['no file of "A" has a row']);
  });

  it('says what it looked for if there is no file', async () => {
    const feed = feedOf(files, '{symbol}/{date}.csv');
    await feed.look('B');
    expect(feed.missing?.('B')).toEqual(['there is no file "B/{date}.csv" for "B"']);
  });
});

describe('an absolute path', () => {
  it('works, and never shows more than its end', async () => {
    const folder = folderOf({
      'bars/A.csv': csvOf(monday),
      'bars/B.csv': `${HEADER}\nx,1,1,1,1,1\n`,
    });
    const feed = csvFeed(sourceOf('csv', { path: join(folder, 'bars/{symbol}.csv') }), 'elsewhere');
    await feed.index({ symbols: ['A', 'C'], calendar: xnys });
    const { provenance } = await readAll(feed, 'A');
    expect(JSON.stringify([provenance, ...feed.availability('A')])).not.toContain(folder);
    expect(feed.missing?.('C')).toEqual(['there is no file "…/bars/C.csv" for "C"']);
    await expect(feed.index({ symbols: ['B'], calendar: xnys })).rejects.toThrow(
      /^…\/bars\/B\.csv line 2: time "x" is not a time/,
    );
  });
});
