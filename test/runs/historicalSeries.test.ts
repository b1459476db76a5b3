import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/domain/bars.ts';
import { findCalendar, openSession } from '../../src/index.ts';
import * as reference from '../indicators/reference.ts';
import { barsOf, configOf, runOf, type TestBar } from '../support.ts';
import { market, naiveBars, tradingDays } from './naive.ts';
import { dailyBars } from './naiveTrailing.ts';

type Rows = readonly (readonly (number | null)[])[];

interface Entry {
  name: string;
  period?: number;
  unit: 'days' | 'weeks' | 'bars';
  interval: string;
  params?: Record<string, number>;
  key?: string;
}

/** An entry, the key it gets, and its formula with the period in bars. */
type Case = [Entry, string, (series: readonly Bar[]) => Rows];

const CASES: Case[] = [
  [{ name: 'sma', period: 2, unit: 'days', interval: '1m' }, 'sma_2_1m', sma(780)],
  [{ name: 'sma', period: 1, unit: 'weeks', interval: '5m' }, 'sma_1_5m', sma(390)],
  [{ name: 'sma', period: 1, unit: 'days', interval: '45m' }, 'sma_1_45m', sma(9)],
  [{ name: 'sma', period: 3, unit: 'bars', interval: '1d' }, 'sma_3_1d', sma(3)],
  [{ name: 'sma', period: 4, unit: 'days', interval: '1d' }, 'sma_4_1d', sma(4)],
  [{ name: 'sma', period: 2, unit: 'weeks', interval: '1d' }, 'sma_2_1d', sma(10)],
  [{ name: 'sma', period: 2, unit: 'weeks', interval: '1w' }, 'sma_2_1w', sma(2)],
  [{ name: 'sma', period: 5, unit: 'days', interval: '1w', key: 'week' }, 'week', sma(1)],
  [
    { name: 'ema', period: 1, unit: 'days', interval: '5m', key: 'ema' },
    'ema',
    (series) => reference.emaOfCloses(series, 78),
  ],
  [
    { name: 'atr', period: 2, unit: 'days', interval: '1d' },
    'atr_2_1d',
    (series) => reference.atr(series, 2),
  ],
  [
    { name: 'bbands', period: 20, unit: 'bars', interval: '45m', params: { num_std: 3 } },
    'bbands_20_45m_num_std=3',
    (series) => reference.bbands(series, 20, 3),
  ],
  [
    { name: 'macd', unit: 'bars', interval: '5m' },
    'macd_5m',
    (series) => reference.macd(series, 12, 26, 9),
  ],
];

function sma(period: number) {
  return (series: readonly Bar[]) => reference.sma(series, period);
}

interface Asked {
  start: string;
  end: string;
  entries: readonly Entry[];
  data: readonly TestBar[];
  streams?: string[];
  exchange_group?: string;
}

function run({ entries, data, streams = ['1m'], ...config }: Asked) {
  const session = { indicators: { historical: entries } };
  return runOf({ config: configOf({ ...config, streams, session }), data: { AAPL: data } });
}

async function calculated(asked: Asked, key?: string) {
  const { of } = await run(asked);
  const facts = of('HistoricalIndicatorCalculated');
  return key === undefined ? facts : facts.filter((fact) => fact.key === key);
}

function expectClose(value: unknown, row: readonly (number | null)[] | undefined, what: string) {
  const cells = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  for (const [i, wanted] of (row ?? [null]).entries()) {
    if (wanted === null) expect(cells[i] ?? null, what).toBeNull();
    else {
      const apart = Math.abs((cells[i] as number) - wanted);
      expect(apart, what).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
    }
  }
}

const xnys = findCalendar('XNYS')!;
const days = tradingDays('2023-10-16', '2023-12-05');
/** A Friday is missing altogether, with it the last bar of a week. */
const bars = market(days, 41, 0.02).filter(({ opened }) => xnys.dateOf(opened) !== '2023-11-17');
const dates = tradingDays('2023-11-16', '2023-12-05').filter((date) => date !== '2023-11-17');
const entries = CASES.map(([entry]) => entry);
const range = { start: dates[0]!, end: dates.at(-1)! };

/** Bars of an interval that were over before the session of `date`. */
function seriesBefore(date: string, interval: string): Bar[] {
  const { open } = xnys.session(date)!;
  const earlier = bars.filter(({ opened }) => opened < open);
  if (interval === '1m') return earlier.map((bar) => ({ ...bar, count: 1, expected: 1 }));
  return naiveBars(earlier, interval, { dates: days }).filter(({ at }) => at <= open);
}

describe('indicators on earlier days', () => {
  it('have the values of their formulas, with periods of days, weeks and bars', async () => {
    const { of } = await run({ ...range, entries, data: bars });
    const facts = of('HistoricalIndicatorCalculated');
    expect(facts).toHaveLength(dates.length * CASES.length);
    for (const [i, { key, value, open }] of facts.entries()) {
      const [entry, wantedKey, formula] = CASES[i % CASES.length]!;
      const date = dates[Math.floor(i / CASES.length)]!;
      expect([xnys.dateOf(open), key]).toEqual([date, wantedKey]);
      const rows = formula(seriesBefore(date, entry.interval));
      expectClose(value, rows.at(-1), `${key} before ${date}`);
      expect(value, `${key} before ${date}`).not.toBeNull();
    }
  });

  it('say what they are made of', async () => {
    const asked = { ...range, entries, data: bars };
    const [first, second] = await calculated(asked, 'bbands_20_45m_num_std=3');
    expect(first).toMatchObject({
      by: 'session/processor',
      config: {
        ...{ name: 'bbands', period: 20, unit: 'bars', interval: '45m', params: { num_std: 3 } },
      },
      to: '2023-11-15',
    });
    expect(second).toMatchObject({ from: first!.from, to: '2023-11-16', days: first!.days + 1 });
    expect(second!.bars).toBe(first!.bars + 9);
  });

  it('are the same to 1e-9 whether the run begins 0, 1 or 5 days earlier', async () => {
    const last = days.at(-1)!;
    const at = async (start: string) => {
      const facts = await calculated({ start, end: last, entries, data: bars });
      return facts.filter(({ open }) => xnys.dateOf(open) === last);
    };
    const begun = await at(last);
    for (const earlier of [1, 5]) {
      const facts = await at(days.at(-1 - earlier)!);
      for (const [i, { key, value }] of facts.entries()) {
        const other = begun[i]!.value;
        const cells = typeof other === 'object' ? Object.values(other ?? {}) : [other];
        expectClose(value, cells as number[], `${key}, ${earlier} days earlier`);
      }
    }
  });

  it('restart with each session where they are anchored in it, and hold the last one', async () => {
    const anchored: Entry[] = [
      { name: 'vwap', unit: 'days', interval: '1m' },
      { name: 'obv', unit: 'days', interval: '5m' },
    ];
    const facts = await calculated({ ...range, entries: anchored, data: bars });
    const held = dates.map((date) => {
      const earlier = seriesBefore(date, '1m');
      const last = xnys.dateOf(earlier.at(-1)!.opened);
      const of = (series: Bar[]) => series.filter(({ opened }) => xnys.dateOf(opened) === last);
      return [
        reference.vwap(of(earlier)).at(-1),
        reference.obv(of(seriesBefore(date, '5m'))).at(-1),
      ];
    });
    for (const [i, row] of held.flat().entries()) expectClose(facts[i]!.value, row, facts[i]!.key);
  });

  it('never forget the first bar loaded for the run where their formula does not', async () => {
    const data = dailyBars(days, 42);
    const obv: Entry = { name: 'obv', unit: 'bars', interval: '1d' };
    const sma10: Entry = { name: 'sma', period: 10, unit: 'bars', interval: '1d' };
    for (const [asked, from] of [
      [[obv], '2023-11-15'],
      [[obv, sma10], '2023-11-02'],
    ] as const) {
      const daily = { streams: ['1d'], data, entries: asked };
      const facts = await calculated({ ...range, ...daily }, 'obv_1d');
      const all = tradingDays('2023-11-16', '2023-12-05');
      expect(facts.map(({ open }) => xnys.dateOf(open))).toEqual(all);
      const series = data
        .filter(({ opened }) => xnys.dateOf(opened) >= from)
        .map((bar) => ({ ...bar, count: 1, expected: 1 }));
      const rows = reference.obv(series);
      const before = series.filter(({ opened }) => xnys.dateOf(opened) < range.start).length;
      for (const [i, fact] of facts.entries()) {
        expect(fact).toMatchObject({ from, days: before + i, bars: before + i });
        expectClose(fact.value, rows[before - 1 + i], `obv of ${from}, ${i}`);
      }
    }
  });

  it('read daily bars as they are stored', async () => {
    const stored = dailyBars(days, 43);
    const data = [...bars, ...stored];
    const daily: Entry = { name: 'sma', period: 2, unit: 'bars', interval: '1d' };
    const facts = await calculated({ ...range, entries: [daily], data });
    for (const { value, open } of facts) {
      const two = stored.filter(({ opened }) => opened < open).slice(-2);
      expectClose(value, [(two[0]!.close + two[1]!.close) / 2], String(open));
    }
  });

  it('count seven days a week where every day is traded', async () => {
    const crypto = tradingDays('2024-02-05', '2024-03-12', 'CRYPTO');
    const data = dailyBars(crypto, 44, 'CRYPTO');
    const asked: Entry[] = [
      { name: 'sma', period: 1, unit: 'weeks', interval: '1d' },
      { name: 'sma', period: 3, unit: 'weeks', interval: '1w' },
    ];
    const facts = await calculated({
      ...{ start: '2024-03-12', end: '2024-03-12', streams: ['1d'], data, entries: asked },
      exchange_group: 'CRYPTO',
    });
    const closes = data.map(({ close }) => close);
    const seven = closes.slice(-8, -1).reduce((sum, close) => sum + close, 0) / 7;
    // Sundays: 2024-03-10 and the two before it.
    const sundays = [-3, -10, -17].map((back) => closes.at(back)!);
    expectClose(facts[0]!.value, [seven], 'days');
    expectClose(facts[1]!.value, [sundays.reduce((sum, close) => sum + close, 0) / 3], 'weeks');
  });

  it('come from seconds where nothing longer is stored', async () => {
    const three = tradingDays('2023-11-21', '2023-11-24');
    const seconds = barsOf({ dates: three, seed: 45, stepMs: 1000 });
    const data = seconds.map((bar) => ({ ...bar, interval: '1s' }));
    const [start, end] = [three[2]!, three[2]!];
    const asked: Entry[] = [{ name: 'sma', period: 2, unit: 'days', interval: '1m' }];
    const [fact] = await calculated({ start, end, entries: asked, data });
    const minutes = naiveBars(seconds, '1m', { dates: three, baseMs: 1000 }).slice(0, 780);
    expectClose(fact!.value, reference.sma(minutes, 780).at(-1), 'sma');
    expect(fact).toMatchObject({ days: 2, bars: 780, from: three[0], to: three[1] });
  });
});

describe('a period that cannot be honoured', () => {
  it.each([
    [
      { name: 'stddev', period: 1, unit: 'weeks', interval: '1w' },
      '1 week of 1w bars is 1 bar, "stddev" needs at least 2: write a longer period or a shorter interval',
    ],
    [
      { name: 'sma', period: 3, unit: 'days', interval: '1w' },
      '3 days of 1w bars is 0.6 bars: write a period that is a whole number of them',
    ],
    [
      { name: 'sma', period: 3, unit: 'days', interval: '2d' },
      '3 days of 2d bars is 1.5 bars: write a period that is a whole number of them',
    ],
    [
      { name: 'sma', period: 365, unit: 'days', interval: '1m' },
      '365 days of 1m bars is 142350 bars, "sma" takes at most 100000: write a shorter period or a longer interval',
    ],
  ])('is a mistake of the config: %j', async (entry, message) => {
    const config = configOf({ session: { indicators: { historical: [entry] } } });
    await expect(openSession({ config, data: { AAPL: bars } })).rejects.toMatchObject({
      name: 'ConfigInvalid',
      problems: [{ path: 'session_data_config.indicators.historical[0]', message }],
    });
  });

  it('is one where the data has only longer bars', async () => {
    const asked: Entry[] = [{ name: 'sma', period: 2, unit: 'days', interval: '5m' }];
    const daily = { data: dailyBars(days, 46), streams: ['1d'] };
    await expect(run({ ...range, ...daily, entries: asked })).rejects.toThrow(
      'AAPL 5m: no history to load or derive it from for "sma_2_5m"; the data has 1d',
    );
  });
});
