/** Four real days of one-minute bars, through the command line. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, goldFolder } from '../support.ts';
import { Terminal } from './terminal.ts';

const folder = goldFolder('indicators');
const terminal = new Terminal();
const DATES = ['2020-12-15', '2020-12-16', '2020-12-17', '2020-12-18'];

describe.runIf(folder !== null)('four days of SPY', () => {
  let bars: Record<string, unknown>[];

  beforeAll(async () => {
    const config = configOf({
      symbols: ['SPY'],
      start: '2020-12-15',
      end: '2020-12-18',
      streams: ['1m', '5m', '15m', '45m'],
    });
    const file = join(folder ?? '', 'intraday.csv');
    const data = ['--data', file, '--stamp', 'open', '--timezone', 'America/New_York'];
    const run = await terminal.openbell(
      ...['run', ...data, terminal.write('spy.json', config), '--log', 'spy', '--json'],
    );
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      status: 'completed',
      sessions: 4,
      symbols: { SPY: { bars: 1560, derived: 452, quality: 100 } },
    });
    bars = await terminal.jsonLines('log', 'spy', '--type', 'Bar*', '--json');
  });

  it.each([
    ['1m', 390],
    ['5m', 78],
    ['15m', 26],
    ['45m', 9],
  ])('have %s bars, %i a day', (interval, count) => {
    const ofInterval = bars.filter((bar) => bar.opened !== undefined && bar.interval === interval);
    const perDay = DATES.map((date) => ofInterval.filter(({ at }) => String(at).startsWith(date)));
    expect(perDay.map(({ length }) => length)).toEqual([count, count, count, count]);
  });

  it('show each bar when it has ended, the last at the close', () => {
    const minutes = bars.filter(({ type }) => type === 'BarAppended');
    for (const { at, opened } of minutes) {
      expect(Date.parse(String(at)) - Date.parse(String(opened))).toBe(60_000);
    }
    expect(minutes[0]).toMatchObject({
      at: '2020-12-15T14:31:00.000Z',
      opened: '2020-12-15T14:30:00.000Z',
      open: 367.4,
      high: 367.62,
      low: 367.36,
      close: 367.46,
      volume: 407870,
    });
    expect(minutes.at(-1)).toMatchObject({ at: '2020-12-18T21:00:00.000Z' });
  });

  it('end with a 45m window of 30 minutes', () => {
    const windows = bars.filter(
      ({ interval, opened }) => opened !== undefined && interval === '45m',
    );
    const counts = windows.map(({ count, expected }) => [count, expected]);
    const day = [...Array.from({ length: 8 }, () => [45, 45]), [30, 30]];
    expect(counts).toEqual([...day, ...day, ...day, ...day]);
  });

  it('leave out the closing print of every day, on the record', () => {
    expect(bars.filter(({ type }) => type === 'BarsLeftOut')).toMatchObject(
      DATES.map((date) => ({ symbol: 'SPY', interval: '1m', date, bars: 1 })),
    );
  });
});
