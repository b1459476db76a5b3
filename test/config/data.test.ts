import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DataSources, parseDataSource } from '../../src/domain/config/data.ts';

const csv = { type: 'csv', path: 'bars/{symbol}.csv', interval: '1m', stamp: 'open' };

/** The problems of a source, one a line. */
function problemsOf(source: unknown): string[] {
  try {
    parseDataSource(source);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('a data source', () => {
  it('has defaults for what need not be said', () => {
    expect(parseDataSource(csv)).toEqual({ ...csv, on_bad_row: 'fail' });
    expect(parseDataSource({ type: 'synthetic' })).toEqual({
      type: 'synthetic',
      seed: 1,
      missing: 0,
      interval: '1m',
    });
  });

  it('may be spelt in camelCase, with comments, symbols in any case and intervals in any unit', () => {
    expect(
      parseDataSource({
        ...csv,
        path: { aapl: 'a.csv', 'BTC/USD': 'b.csv' },
        interval: ['60s', '90m', '1d'].slice(0, 1),
        onBadRow: 'skip',
        timezone: 'UTC',
        columns: { time: 'When' },
        comment: 'from the vendor',
      }),
    ).toEqual({
      type: 'csv',
      path: { AAPL: 'a.csv', 'BTC/USD': 'b.csv' },
      interval: ['1m'],
      stamp: 'open',
      on_bad_row: 'skip',
      timezone: 'UTC',
      columns: { time: 'When' },
    });
  });

  it('is one or a list in a config', () => {
    const list = [csv, { type: 'synthetic', seed: 7 }, { type: 'memory' }];
    expect(DataSources.parse(list)).toHaveLength(3);
    expect(DataSources.safeParse([]).success).toBe(false);
    expect(JSON.stringify(z.toJSONSchema(DataSources, { io: 'input' }))).toContain('"parquet"');
  });

  it('is refused with everything that is wrong in it', () => {
    expect(
      problemsOf({ type: 'csv', interval: '1w', timezone: 'Mars', columns: { tme: 't' }, rows: 5 }),
    ).toEqual([
      'data.interval: found "1w": write seconds, minutes, hours or "1d", such as "1m"; a wrong guess would show bars too early',
      'data.timezone: found "Mars": write an IANA zone such as "America/New_York"',
      'data.columns.tme: unknown key: write "time", "open", "high", "low", "close" or "volume" (did you mean "time"?)',
      'data.rows: unknown key: write "type", "path", "interval", "stamp", "timezone", "columns" or "on_bad_row"',
      'data.path: missing: write a path such as "bars/{symbol}.csv" or a map of symbols to paths',
      `data.stamp: missing: write "open" if a row's time is the start of its bar, "close" if it is the end; a wrong guess would show bars too early`,
    ]);
  });

  it.each([
    ['stamp', { ...csv, stamp: 'start' }, 'data.stamp: found "start": write "open" if'],
    [
      'interval',
      { ...csv, interval: '2d' },
      'data.interval: found "2d": write seconds, minutes, hours or "1d"',
    ],
    ['path', { ...csv, path: ' ' }, 'data.path: '],
    [
      'path',
      { ...csv, interval: ['1m', '1d'] },
      'data.path: several intervals are one file each: write "{interval}" in the path',
    ],
    [
      'path',
      { ...csv, path: { A: 'a.csv' }, interval: ['1m', '1d'] },
      'data.path: several intervals are one file each: write "{interval}" in the path',
    ],
    [
      'path',
      { ...csv, path: 'bars/{sym}.csv' },
      'data.path: found "bars/{sym}.csv": write only {symbol}',
    ],
    ['missing', { type: 'synthetic', missing: 1 }, 'data.missing: found 1: write a fraction'],
    ['seed', { type: 'synthetic', seed: 1.5 }, 'data.seed: found 1.5: write a whole number'],
    [
      'interval',
      { type: 'synthetic', interval: '5m' },
      'data.interval: found "5m": write "1s", "1m" or "1d"',
    ],
  ])('is refused for its %s', (_, source, problem) => {
    expect(problemsOf(source)).toEqual([expect.stringContaining(problem)]);
  });
});
