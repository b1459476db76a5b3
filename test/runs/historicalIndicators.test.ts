import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCalendar, type Strategy } from '../../src/index.ts';
import { barsOf, type TestBar } from '../support.ts';
import { anySeed, market, naiveBars, thinned, tradingDays } from './naive.ts';
import {
  average,
  byDateOf,
  calculated,
  dailyBars,
  type Indicators,
  max,
  run,
  type TrailingEntry,
  wanted,
} from './naiveTrailing.ts';

const xnys = findCalendar('XNYS')!;

/** Every type, unit and field, with early closes and without. */
const MIXED: Indicators = {
  avg_volume: average('2d'),
  max_price: max('10d'),
  low_without: { type: 'trailing_min', field: 'low', period: '3d', skip_early_close: true },
  open_week: average('1w', { field: 'open' }),
  week_without: max('2w', { skip_early_close: true }),
  month: { type: 'trailing_min', field: 'close', period: '1m' },
  year: max('1y'),
};

describe('a trailing window', () => {
  it('trailing window on a Monday has all its days', async () => {
    const data = dailyBars(tradingDays('2023-12-01', '2024-01-08'), 1);
    const [found] = await calculated({
      ...{ start: '2024-01-08', streams: ['1d'], data },
      indicators: { high: max('5d') },
    });
    const five = ['2023-12-29', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
    const highs = data.filter(({ opened }) => five.includes(xnys.dateOf(opened)));
    expect(found).toEqual({
      ...{ date: '2024-01-08', key: 'high_5d', days: 5, from: '2023-12-29', to: '2024-01-05' },
      value: Math.max(...highs.map(({ high }) => high)),
    });
  });

  it('ten daily bars before a date contain nothing from that date on', async () => {
    const days = tradingDays('2023-12-01', '2024-01-12');
    const absurd = dailyBars(days, 2).map((bar) =>
      bar.opened < Date.parse('2024-01-08') ? bar : { ...bar, high: 1e9, volume: 1e12 },
    );
    const ten = ['2023-12-21', '2023-12-22', '2023-12-26', '2023-12-27', '2023-12-28'];
    ten.push('2023-12-29', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05');
    const seen: unknown[] = [];
    const watcher: Strategy = {
      onSessionStart: ({ view }) => {
        const symbol = view.symbol('AAPL')!;
        const bars = [...symbol.history('1d')!.bars()];
        seen.push(symbol.history('1d')!.dates, Math.max(...bars.map(({ high }) => high)));
        seen.push(symbol.historicalIndicator('high_10d')!.value);
      },
    };
    await run({
      ...{ start: '2024-01-08', streams: ['1d'], data: absurd, indicators: {} },
      session: {
        historical: {
          data: [{ trailing_days: 10, intervals: ['1d'] }],
          indicators: { high: max('10d') },
        },
        strategies: [{ module: 'watcher' }],
      },
      options: { strategies: { watcher: () => watcher } },
    });
    const highs = absurd.filter(({ opened }) => ten.includes(xnys.dateOf(opened)));
    const highest = Math.max(...highs.map(({ high }) => high));
    expect(seen).toEqual([ten, highest, highest]);
  });

  it.each([
    ['3d', false, '2023-11-27', ['2023-11-21', '2023-11-22', '2023-11-24']],
    ['3d', true, '2023-11-27', ['2023-11-20', '2023-11-21', '2023-11-22']],
    ['1w', false, '2023-11-27', ['2023-11-20', '2023-11-21', '2023-11-22', '2023-11-24']],
    ['1w', true, '2023-11-27', ['2023-11-20', '2023-11-21', '2023-11-22']],
    ['3d', false, '2024-12-02', ['2024-11-26', '2024-11-27', '2024-11-29']],
    ['3d', true, '2024-12-02', ['2024-11-25', '2024-11-26', '2024-11-27']],
    ['1w', true, '2024-12-02', ['2024-11-25', '2024-11-26', '2024-11-27']],
  ])('of %s, early closes skipped: %s, before %s is %j', async (period, skip, date, window) => {
    const data = dailyBars(tradingDays('2023-11-01', date), 3);
    const indicators = { volume: average(period, { skip_early_close: skip }) };
    const [found] = await calculated({ start: date, streams: ['1d'], indicators, data });
    const volumes = data.filter(({ opened }) => window.includes(xnys.dateOf(opened)));
    expect(found).toMatchObject({ from: window[0], to: window.at(-1), days: window.length });
    const sum = volumes.reduce((total, { volume }) => total + volume, 0);
    expect(found!.value).toBeCloseTo(sum / window.length, 6);
  });

  it.each([
    ['1m', '2023-03-31', '2023-02-28', 23],
    ['3m', '2024-05-31', '2024-02-29', 64],
    ['1y', '2024-02-29', '2023-02-28', 252],
    ['52w', '2024-01-02', '2023-01-03', 250],
    ['2m', '2024-03-04', '2024-01-04', 40],
  ])('of %s before %s begins on %s', async (period, date, from, days) => {
    const data = dailyBars(tradingDays('2022-12-01', date), 4);
    const indicators = { high: max(period) };
    const [found] = await calculated({ start: date, streams: ['1d'], indicators, data });
    const inside = data.filter(({ opened }) => {
      const day = xnys.dateOf(opened);
      return day >= from && day < date;
    });
    const value = Math.max(...inside.map(({ high }) => high));
    expect(found).toMatchObject({ from, days, value });
    expect(inside).toHaveLength(days);
  });
});

describe('trailing values', () => {
  it('are those of naive windows before every session, on stored daily bars', async () => {
    const days = tradingDays('2022-11-01', '2023-12-04');
    const dates = tradingDays('2023-11-16', '2023-12-04');
    const data = dailyBars(days, 5);
    const byDate = byDateOf(data);
    const [start, end] = [dates[0]!, dates.at(-1)!];
    const found = await calculated({ start, end, streams: ['1d'], indicators: MIXED, data });
    expect(found).toEqual(wanted(dates, MIXED, () => byDate));
  });

  it('are made of the days present, and null where there is none', async () => {
    const days = tradingDays('2023-11-20', '2023-12-04');
    const gone = ['2023-11-22', '2023-11-27', '2023-11-28', '2023-11-29'];
    const data = dailyBars(days, 6).filter(({ opened }) => !gone.includes(xnys.dateOf(opened)));
    const dates = tradingDays('2023-11-20', '2023-12-04').filter((date) => !gone.includes(date));
    const [start, end] = ['2023-11-20', '2023-12-04'];
    const found = await calculated({ start, end, streams: ['1d'], indicators: MIXED, data });
    expect(found).toEqual(wanted(dates, MIXED, () => byDateOf(data)));
    expect(found.find(({ key }) => key === 'max_price_10d')).toMatchObject({
      value: null,
      days: 0,
    });
    const after = found.find(({ date, key }) => date === '2023-11-30' && key === 'avg_volume_2d');
    expect(after).toMatchObject({ value: null, days: 0, from: '2023-11-28', to: '2023-11-29' });
  });

  it('come from minutes where no daily bars are stored, gaps and all', async () => {
    const days = tradingDays('2023-11-14', '2023-11-29');
    const dates = tradingDays('2023-11-22', '2023-11-29');
    const data = market(days, 7, 0.05);
    const daily = byDateOf(naiveBars(data, '1d', { dates: days }));
    const minutes = byDateOf(data);
    const indicators: Indicators = {
      high: max('3d'),
      volume: average('1w'),
      profile: average('3d', { granularity: 'minute' }),
      busiest: { ...max('2d', { granularity: 'minute', field: 'volume' }) },
      regular: { ...average('2d', { granularity: 'minute' }), skip_early_close: true },
      lowest: { type: 'trailing_min', field: 'low', period: '1w', granularity: 'minute' },
    };
    for (const streams of [['1m'], ['1m', '1d'], ['5m', '1w']]) {
      const found = await calculated({
        ...{ start: dates[0]!, end: dates.at(-1)!, streams, indicators, data },
      });
      const byDate = ({ granularity }: TrailingEntry) =>
        granularity === 'minute' ? minutes : daily;
      expect(found).toEqual(wanted(dates, indicators, byDate));
    }
  });

  it('prefer daily bars that are stored to minutes', async () => {
    const days = tradingDays('2023-12-18', '2024-01-05');
    const daily = dailyBars(days, 8);
    const data = [...barsOf({ dates: days.slice(-4), seed: 8 }), ...daily];
    const dates = days.slice(-4);
    const found = await calculated({
      ...{ start: dates[0]!, end: dates.at(-1)!, indicators: { high: max('2d') }, data },
    });
    expect(found).toEqual(wanted(dates, { high: max('2d') }, () => byDateOf(daily)));
  });

  it('come from minutes that are stored beside the daily bars of a run on days', async () => {
    const days = tradingDays('2023-12-18', '2024-01-05');
    const minutes = market(days, 14, 0.1);
    const data = [...minutes, ...dailyBars(days, 14)];
    const dates = days.slice(-4);
    const indicators = { profile: average('3d', { granularity: 'minute' }) };
    const found = await calculated({
      ...{ start: dates[0]!, end: dates.at(-1)!, streams: ['1d'], indicators, data },
    });
    expect(found).toEqual(wanted(dates, indicators, () => byDateOf(minutes)));
  });

  it('are null where the calendar begins', async () => {
    const dates = tradingDays('1990-01-01', '1990-01-03');
    const data = dailyBars(dates, 15);
    const [start, end] = [dates[0]!, dates[1]!];
    const found = await calculated({
      ...{ start, end, streams: ['1d'], indicators: { high: max('1y') }, data },
    });
    expect(found).toMatchObject([
      { date: '1990-01-02', value: null, from: null, to: null, days: 0 },
      { date: '1990-01-03', value: data[0]!.high, from: start, to: start, days: 1 },
    ]);
  });

  it('come from seconds where nothing longer is stored', async () => {
    const days = tradingDays('2023-11-21', '2023-11-27');
    const seconds = thinned(barsOf({ dates: days, seed: 9, stepMs: 1000 }), 9, 0.01);
    const daily = byDateOf(naiveBars(seconds, '1d', { dates: days, baseMs: 1000 }));
    const minutes = byDateOf(naiveBars(seconds, '1m', { dates: days, baseMs: 1000 }));
    const dates = days.slice(-2);
    const indicators: Indicators = {
      close: average('2d', { field: 'close' }),
      profile: average('2d', { granularity: 'minute' }),
    };
    const data = seconds.map((bar) => ({ ...bar, interval: '1s' }));
    const found = await calculated({
      ...{ start: dates[0]!, end: dates[1]!, streams: ['1m'], indicators, data },
    });
    const byDate = ({ granularity }: TrailingEntry) => (granularity === 'minute' ? minutes : daily);
    expect(found).toEqual(wanted(dates, indicators, byDate));
  });

  it('count weekends where they are traded', async () => {
    const days = tradingDays('2024-03-01', '2024-03-12', 'CRYPTO');
    const data = barsOf({ dates: days, seed: 10, calendar: 'CRYPTO' });
    const daily = byDateOf(naiveBars(data, '1d', { dates: days, calendar: 'CRYPTO' }), 'CRYPTO');
    const minutes = byDateOf(data, 'CRYPTO');
    const indicators: Indicators = {
      week: average('1w'),
      days: max('3d', { skip_early_close: true }),
      profile: average('2d', { granularity: 'minute' }),
    };
    const dates = days.slice(-3);
    const found = await calculated({
      ...{ start: dates[0]!, end: dates.at(-1)!, indicators, data, exchange_group: 'CRYPTO' },
    });
    const byDate = ({ granularity }: TrailingEntry) => (granularity === 'minute' ? minutes : daily);
    expect(found).toEqual(wanted(dates, indicators, byDate, 'CRYPTO'));
    expect(found.find(({ key }) => key === 'week_1w')).toMatchObject({ days: 7 });
    expect(found.find(({ key }) => key === 'profile_2d')!.value).toHaveLength(1440);
  });
});

const anyIndicators = fc.subarray(Object.keys(MIXED), { minLength: 1 });

describe('any historical indicator', () => {
  it('depends on no bar of its session or after', async () => {
    const days = tradingDays('2023-11-13', '2023-11-28');
    const dates = days.slice(-4);
    const cases = fc.record({
      ...{ seed: anySeed, names: anyIndicators, daily: fc.boolean() },
      day: fc.integer({ min: 0, max: 3 }),
      part: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, names, daily, day, part }) => {
        const bars = daily ? dailyBars(days, seed) : market(days, seed, 0.02);
        const { open } = xnys.session(dates[day]!)!;
        const first = bars.findIndex(({ opened }) => opened >= open);
        const changed = first + Math.floor(part * (bars.length - first));
        const others = bars.map((bar, i) =>
          i === changed ? { ...bar, high: bar.high * 9, volume: bar.volume + 777 } : bar,
        );
        const indicators = Object.fromEntries(names.map((name) => [name, MIXED[name]!]));
        const [start, end, streams] = [dates[0]!, dates.at(-1)!, daily ? ['1d'] : ['1m']];
        const until = async (data: readonly TestBar[]) => {
          const found = await calculated({ start, end, streams, indicators, data });
          return found.filter(({ date }) => date <= dates[day]!);
        };
        expect(await until(others)).toEqual(await until(bars));
      }),
      { numRuns: 12 },
    );
  });

  it('is the same whatever the slices, and whether the run begins 0, 1 or 5 days earlier', async () => {
    const days = tradingDays('2023-11-06', '2023-11-28');
    const data = market(days, 13, 0.02);
    const indicators = { ...MIXED, profile: average('3d', { granularity: 'minute' }) };
    const last = days.at(-1)!;
    const of = async (start: string, slice: 1 | 7 | 'auto') => {
      const { summary, facts } = await run({
        ...{ start, end: last, indicators, data, options: { slice } },
      });
      const calculations = facts.filter(
        (fact) => fact.type === 'HistoricalIndicatorCalculated' && xnys.dateOf(fact.at) === last,
      );
      const values = calculations.map(({ seq: _, cause: __, ...fact }) => fact);
      return { hash: summary.chain_hash, values };
    };
    const runs = [await of(last, 'auto'), await of(last, 1), await of(last, 7)];
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(1);
    expect(runs[0]!.values).toHaveLength(8);
    for (const earlier of [1, 5]) {
      const { values } = await of(days.at(-1 - earlier)!, 'auto');
      expect(values).toEqual(runs[0]!.values);
    }
  });
});
