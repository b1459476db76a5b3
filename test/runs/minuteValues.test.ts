import { describe, expect, it } from 'vitest';
import { findCalendar, type Strategy } from '../../src/index.ts';
import { barsOf, MINUTE } from '../support.ts';
import { tradingDays } from './naive.ts';
import { average, calculated, dailyBars, run } from './naiveTrailing.ts';

const xnys = findCalendar('XNYS')!;

describe('the values of minutes', () => {
  const days = tradingDays('2023-11-20', '2023-11-28');
  /** Minute 5 is there on one day only, minute 6 on none. */
  const data = barsOf({
    ...{ dates: days, seed: 11 },
    missing: (minute, date) => minute === 6 || (minute === 5 && date !== '2023-11-22'),
  });
  const indicators = { profile: average('2d', { granularity: 'minute' }) };

  it('are as many as the session has, null where no day had the minute', async () => {
    const found = await calculated({ start: '2023-11-24', end: '2023-11-28', indicators, data });
    const values = found.map(({ date, value }) => [date, value as (number | null)[]] as const);
    expect(values.map(([date, { length }]) => [date, length])).toEqual([
      ['2023-11-24', 210],
      ['2023-11-27', 390],
      ['2023-11-28', 390],
    ]);
    const five = data.find(
      ({ opened }) => opened === xnys.session('2023-11-22')!.open + 5 * MINUTE,
    )!;
    expect(values.map(([, value]) => value[5])).toEqual([five.volume, five.volume, null]);
    expect(values.map(([, value]) => value[6])).toEqual([null, null, null]);
    // Of Friday's early close and Wednesday, only Wednesday has a minute after 13:00.
    const late = data.find(
      ({ opened }) => opened === xnys.session('2023-11-22')!.open + 300 * MINUTE,
    )!;
    expect(values[1]![1][300]).toBe(late.volume);
  });

  it('are read by time, from any place of the minute', async () => {
    const read: unknown[] = [];
    const { open } = xnys.session('2023-11-27')!;
    const watcher: Strategy = {
      onSessionStart: ({ view }) => {
        const profile = view.symbol('AAPL')!.historicalIndicator('profile_2d')!;
        const value = profile.value as number[];
        read.push(profile.at(open) === value[0], profile.at(open + 59_999) === value[0]);
        read.push(profile.at(open + 7 * MINUTE) === value[7], profile.at(open + 6 * MINUTE));
        read.push(profile.at(open - 1), profile.at(open + 390 * MINUTE));
        value[0] = -1;
        read.push(profile.at(open) === -1, profile.config.granularity, profile.days);
        read.push(view.symbol('AAPL')!.historicalIndicators.map(({ key }) => key));
        read.push(view.symbol('AAPL')!.historicalIndicator('profile'));
      },
    };
    await run({
      ...{ start: '2023-11-27', indicators, data },
      session: { historical: { indicators }, strategies: [{ module: 'watcher' }] },
      options: { strategies: { watcher: () => watcher } },
    });
    expect(read).toEqual([
      ...[true, true, true, null, undefined, undefined, false, 'minute', 2],
      ...[['profile_2d'], undefined],
    ]);
  });

  it('need minutes: a run on daily bars alone fails before anything runs', async () => {
    const failing = await run({
      ...{ start: '2023-11-27', streams: ['1d'], indicators },
      data: dailyBars(days, 12),
    }).catch((error: Error) => error);
    expect(failing).toMatchObject({
      message: expect.stringContaining(
        'AAPL 1m: no history to load or derive it from for "profile_2d"; the data has 1d: ' +
          'name data of 1m bars, or ask for longer ones',
      ),
    });
  });
});
