import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FileLog, findCalendar, foldFrame, SessionData } from '../../src/index.ts';
import { configOf, runOf } from '../support.ts';
import { market, tradingDays } from './naive.ts';
import { dailyBars } from './naiveTrailing.ts';

const scratch = mkdtempSync(join(tmpdir(), 'openbell-historical-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const xnys = findCalendar('XNYS')!;
const days = tradingDays('2023-11-06', '2023-11-29');
const dates = days.slice(-6);
const historical = {
  indicators: {
    avg_volume: { type: 'trailing_average', period: '2d', field: 'volume' },
    high: { type: 'trailing_max', period: '5d', field: 'high' },
    profile: { type: 'trailing_average', period: '3d', field: 'volume', granularity: 'minute' },
  },
};
const indicators = {
  historical: [{ name: 'bbands', period: 5, unit: 'bars', interval: '1d', key: 'bands' }],
};

interface Options {
  streams?: string[];
  log?: string;
  incomplete?: 'emit' | 'skip';
}

function run({ streams = ['1m'], log, incomplete = 'emit' }: Options = {}) {
  const [start, end] = [dates[0]!, dates.at(-1)!];
  const session = { historical, indicators, derivation: { incomplete } };
  const config = configOf({ start, end, streams, session });
  const data = { AAPL: market(days, 61, 0.02) };
  return runOf({ config, data, ...(log && { log }) });
}

describe('the log of a run with historical indicators', () => {
  it.each([[['1m']], [['1m', '1d']], [['5m']]])('holds each bar once, on %j', async (streams) => {
    const { facts, of } = await run({ streams });
    const bars = new Set<string>();
    for (const fact of of('BarAppended')) bars.add(`${fact.interval} ${fact.opened}`);
    for (const { interval, opened } of of('BarDerived')) bars.add(`${interval} ${opened}`);
    let count = of('BarAppended').length + of('BarDerived').length;
    for (const { interval, columns } of of('HistoricalBarsLoaded')) {
      for (const opened of columns.opened!) bars.add(`${interval} ${opened}`);
      count += columns.opened!.length;
    }
    expect(bars.size).toBe(count);
    // A year of sessions does not make the list of places long.
    const held = of('HistoricalBarsLoaded').map((fact) => fact.held.length);
    expect(Math.max(...held)).toBeLessThanOrEqual(2);
    for (const { cause, symbol } of of('HistoricalIndicatorCalculated')) {
      expect(facts[cause! - 1]).toMatchObject({ type: 'HistoricalBarsLoaded', symbol });
    }
  });

  it('holds each bar once also where daily bars that lack minutes are left out', async () => {
    const { of } = await run({ incomplete: 'skip' });
    const loaded = of('HistoricalBarsLoaded').filter(({ interval }) => interval === '1m');
    const minutes = loaded.flatMap(({ columns }) => columns.opened!);
    expect(new Set(minutes).size).toBe(minutes.length);
    const high = of('HistoricalIndicatorCalculated').filter(({ key }) => key === 'high_5d');
    expect(high.map(({ value, days: count }) => [value, count])).toEqual(
      dates.map(() => [null, 0]),
    );
  });

  it('says which data was added for them', async () => {
    const { of } = await run();
    const first = of('HistoricalDataAugmented').filter(({ at }) => at === of('RunStarted')[0]!.at);
    expect(first).toMatchObject([
      {
        interval: '1m',
        trading_days: 5,
        needed_by: ['avg_volume_2d', 'high_5d', 'profile_3d', 'bands'],
      },
      { interval: '1d', trading_days: 5, needed_by: ['avg_volume_2d', 'high_5d'] },
    ]);
  });

  it('shows strategies no bar that they did not ask for', async () => {
    const { session } = await run();
    expect(session.view.symbol('AAPL')!.historyIntervals).toEqual([]);
  });

  it('folds to a state that holds no more than the windows do', async () => {
    const log = join(scratch, 'run');
    const { session } = await run({ log });
    const reader = await FileLog.read(log);
    const data = new SessionData();
    const most = new Map<string, number>();
    for (const frame of reader.read()) {
      foldFrame(data, frame, reader.table);
      // The first session brings in what daily bars are derived from; then it goes.
      if (data.sessions < 2) continue;
      for (const [interval, { days: held }] of data.history.get('AAPL')!) {
        most.set(interval, Math.max(most.get(interval) ?? 0, held.length));
      }
    }
    await reader.close();
    expect([...most].sort()).toEqual([
      ['1d', 5],
      ['1m', 4],
    ]);
    expect(data.symbols.get('AAPL')!.historicalIndicators.size).toBe(4);
    expect(session.view.symbol('AAPL')!.historicalIndicator('high_5d')!.value).toBe(
      data.symbols.get('AAPL')!.historicalIndicators.get('high_5d')!.value,
    );
  });
});

describe('an export', () => {
  it('has them under historical, with what they are made of', async () => {
    const date = '2023-11-29';
    const daily = dailyBars(days, 62);
    const { session } = await runOf({
      config: configOf({
        ...{ start: date, streams: ['1d'] },
        session: { historical: { indicators: { high: historical.indicators.high } }, indicators },
      }),
      data: { AAPL: daily },
    });
    const { AAPL } = session.toJSON().session_data as Record<string, { historical: object }>;
    const five = daily.filter(({ opened }) => xnys.dateOf(opened) < date).slice(-5);
    const mean = five.reduce((sum, { close }) => sum + close, 0) / 5;
    expect(AAPL!.historical).toEqual({
      bars: {},
      indicators: {
        high_5d: {
          value: Math.max(...five.map(({ high }) => high)),
          ...{ from: '2023-11-21', to: '2023-11-28', days: 5 },
          config: {
            ...{ type: 'trailing_max', period: '5d', field: 'high' },
            ...{ granularity: 'daily', skip_early_close: false },
          },
        },
        bands: {
          value: {
            upper: expect.any(Number),
            middle: expect.closeTo(mean, 9),
            lower: expect.any(Number),
            bandwidth: expect.any(Number),
          },
          ...{ from: '2023-11-21', to: '2023-11-28', days: 5 },
          config: {
            ...{ name: 'bbands', period: 5, unit: 'bars', interval: '1d', params: { num_std: 2 } },
          },
        },
      },
    });
  });
});
