/** What the system this one descends from got wrong, each as a run that gets it right. */
import { describe, expect, it } from 'vitest';
import { findCalendar, openSession } from '../../src/index.ts';
import { barsOf, configOf, MINUTE, runOf, type TestBar } from '../support.ts';

const xnys = findCalendar('XNYS')!;
/** A week with an early close, a holiday and a weekend after it. */
const WEEK = ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05', '2024-07-08'];

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

function on(date: string, bars: readonly TestBar[]): TestBar[] {
  const { open, close } = xnys.session(date)!;
  return bars.filter(({ opened }) => opened >= open && opened < close);
}

describe('a data-driven run', () => {
  it('completes', async () => {
    const bars = barsOf({ dates: WEEK });
    const run = await runOf({
      config: configOf({ start: WEEK[0]!, end: WEEK.at(-1)! }),
      data: { AAPL: bars },
    });
    expect(run.summary).toMatchObject({ status: 'completed', sessions: 5 });
    expect(run.of('BarAppended')).toHaveLength(4 * 390 + 210);
    expect(run.facts.at(-1)).toMatchObject({ type: 'RunCompleted', sessions: 5 });
  });

  it('ends once when its end date is on a weekend', async () => {
    const run = await runOf({
      config: configOf({ start: '2024-07-03', end: '2024-07-07' }),
      data: { AAPL: barsOf({ dates: WEEK }) },
    });
    expect(run.of('SessionEnded').map(({ date }) => date)).toEqual(['2024-07-03', '2024-07-05']);
    expect(run.of('RunCompleted')).toEqual([run.facts.at(-1)]);
    expect(run.summary).toMatchObject({ status: 'completed', sessions: 2 });
  });

  it('starts on the next trading day when its start date is a holiday', async () => {
    const run = await runOf({
      config: configOf({ start: '2024-07-04', end: '2024-07-08' }),
      data: { AAPL: barsOf({ dates: WEEK }) },
    });
    expect(run.of('StreamsValidated')).toMatchObject([
      { window: { start: '2024-07-05', end: '2024-07-08', sessions: 2 } },
    ]);
    expect(run.of('SessionActivated').map(({ date }) => date)).toEqual([
      ...['2024-07-05', '2024-07-08'],
    ]);
    expect(run.of('BarAppended')[0]).toMatchObject({ opened: Date.parse('2024-07-05T13:30Z') });
  });

  it('is the same three times over: every fact and the chain hash', async () => {
    const indicators = { session: [{ name: 'macd', interval: '5m' }] };
    const historical = { data: [{ trailing_days: 2, intervals: ['1m', '1d'] }] };
    const options = () => ({
      config: configOf({
        symbols: ['TSLA', 'AAPL'],
        start: '2024-07-03',
        end: '2024-07-08',
        session: { indicators, historical },
      }),
      data: {
        AAPL: barsOf({ dates: WEEK, missing: (minute) => minute % 50 === 7 }),
        TSLA: barsOf({ dates: WEEK, seed: 2 }),
      },
    });
    const [one, two, three] = [
      await runOf(options()),
      await runOf(options()),
      await runOf(options()),
    ];
    expect(two.facts).toEqual(one.facts);
    expect(three.facts).toEqual(one.facts);
    const hash = one.summary.chain_hash;
    expect([two.summary.chain_hash, three.summary.chain_hash]).toEqual([hash, hash]);
    expect(one.of('IndicatorUpdated').length).toBeGreaterThan(200);
  });
});

describe('an indicator', () => {
  it('is of its own symbol and session: VWAP of two symbols, anew each day', async () => {
    const data = { AAPL: barsOf({ dates: WEEK }), TSLA: barsOf({ dates: WEEK, seed: 9 }) };
    const run = await runOf({
      config: configOf({
        symbols: ['AAPL', 'TSLA'],
        start: WEEK[1]!,
        end: WEEK[3]!,
        session: { indicators: { session: [{ name: 'vwap', interval: '1m' }] } },
      }),
      data,
    });
    for (const [symbol, bars] of Object.entries(data)) {
      const expected = WEEK.slice(1, 4).flatMap((date) => {
        const today = on(date, bars);
        return today.map((_, i) => {
          const seen = today.slice(0, i + 1);
          const turnover = sum(seen.map((b) => ((b.high + b.low + b.close) / 3) * b.volume));
          return turnover / sum(seen.map(({ volume }) => volume));
        });
      });
      // The first update of a day is that of the registration: nothing yet.
      const values = run.of('IndicatorUpdated', symbol).map(({ value }) => value);
      const found = values.filter((value) => value !== null) as number[];
      expect(values.length - found.length).toBe(3);
      expect(found).toHaveLength(390 + 210 + 390);
      for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 9);
    }
  });

  it('is warm when the session opens: sma_20_1m is valid at the first bar of every day', async () => {
    const bars = barsOf({ dates: WEEK });
    const run = await runOf({
      config: configOf({
        start: WEEK[1]!,
        end: WEEK.at(-1)!,
        session: { indicators: { session: [{ name: 'sma', period: 20, interval: '1m' }] } },
      }),
      data: { AAPL: bars },
    });
    const updates = run.of('IndicatorUpdated');
    for (const date of WEEK.slice(1)) {
      const { open } = xnys.session(date)!;
      const before = bars.filter(({ opened }) => opened <= open).slice(-20);
      expect(updates.find(({ at }) => at === open + MINUTE)).toMatchObject({
        key: 'sma_20_1m',
        valid: true,
        value: expect.closeTo(sum(before.map(({ close }) => close)) / 20, 9),
      });
    }
  });
});

describe('a derived bar', () => {
  const bars = barsOf({ dates: WEEK, missing: (minute) => minute % 37 === 5 });

  it.each([
    ['1d', 1, 1],
    ['45m', 9, 5],
    ['60m', 7, 4],
    ['90m', 5, 3],
    ['120m', 4, 2],
  ])('of %s loses nothing, early close or not', async (interval, normal, early) => {
    const run = await runOf({
      config: configOf({ start: WEEK[1]!, end: WEEK[2]!, streams: ['1m', interval] }),
      data: { AAPL: bars },
    });
    for (const [date, count] of [[WEEK[1]!, normal] as const, [WEEK[2]!, early] as const]) {
      const { open, close } = xnys.session(date)!;
      const today = on(date, bars);
      const derived = run.of('BarDerived').filter(({ at }) => at > open && at <= close);
      expect(derived).toHaveLength(count);
      expect(derived[0]!.open).toBe(today[0]!.open);
      expect(derived.at(-1)).toMatchObject({ at: close, close: today.at(-1)!.close });
      expect(sum(derived.map((bar) => bar.volume))).toBe(sum(today.map((bar) => bar.volume)));
      expect(sum(derived.map((bar) => bar.count))).toBe(today.length);
      expect(sum(derived.map((bar) => bar.expected))).toBe((close - open) / MINUTE);
      expect(Math.max(...derived.map((bar) => bar.high))).toBe(
        Math.max(...today.map((bar) => bar.high)),
      );
      expect(Math.min(...derived.map((bar) => bar.low))).toBe(
        Math.min(...today.map((bar) => bar.low)),
      );
    }
  });

  it('of a week with a holiday is there, at the close of its last session', async () => {
    const run = await runOf({
      config: configOf({ start: WEEK[0]!, end: WEEK.at(-1)!, streams: ['1m', '1w'] }),
      data: { AAPL: bars },
    });
    const week = WEEK.slice(0, 4).flatMap((date) => on(date, bars));
    expect(run.of('BarDerived')[0]).toMatchObject({
      interval: '1w',
      opened: Date.parse('2024-07-01T13:30Z'),
      at: Date.parse('2024-07-05T20:00Z'),
      open: week[0]!.open,
      high: Math.max(...week.map(({ high }) => high)),
      low: Math.min(...week.map(({ low }) => low)),
      close: week.at(-1)!.close,
      volume: sum(week.map(({ volume }) => volume)),
      count: week.length,
      expected: 3 * 390 + 210,
    });
  });
});

describe('a base of', () => {
  it('1s is fed, and minutes are made of it', async () => {
    const seconds = barsOf({ dates: ['2024-07-03'], stepMs: 1_000 });
    const run = await runOf({
      config: configOf({ start: '2024-07-03', streams: ['5s', '1m', '1d'] }),
      data: { AAPL: seconds.map((bar) => ({ ...bar, interval: '1s' })) },
    });
    expect(run.of('StreamsValidated')).toMatchObject([{ base: '1s', derived: ['5s', '1m', '1d'] }]);
    expect(run.of('BarAppended').map(({ at }) => at)).toEqual(
      seconds.map(({ opened }) => opened + 1_000),
    );
    const derived = (interval: string) =>
      run.of('BarDerived').filter((bar) => bar.interval === interval);
    expect([derived('5s').length, derived('1m').length]).toEqual([2_520, 210]);
    expect(derived('1d')).toMatchObject([
      { volume: sum(seconds.map(({ volume }) => volume)), count: 12_600, expected: 12_600 },
    ]);
  });

  it('1d is fed, each day at its close', async () => {
    const daily = WEEK.map((date, i) => ({
      interval: '1d',
      opened: Date.parse(date),
      ...{ open: 10 + i, high: 20 + i, low: 5 + i, close: 15 + i, volume: 100 + i },
    }));
    const run = await runOf({
      config: configOf({ start: WEEK[0]!, end: WEEK.at(-1)!, streams: ['1d', '1w'] }),
      data: { AAPL: daily },
    });
    expect(run.of('StreamsValidated')).toMatchObject([{ base: '1d', derived: ['1w'] }]);
    expect(run.of('BarAppended').map(({ at, close }) => [at, close])).toEqual(
      WEEK.map((date, i) => [xnys.session(date)!.close, 15 + i]),
    );
    expect(run.of('BarDerived')[0]).toMatchObject({
      ...{ interval: '1w', open: 10, high: 23, low: 5, close: 18, volume: 406, count: 4 },
    });
  });
});

describe('historical.indicators', () => {
  it('is populated before the first bar of every day, and for a symbol that is added', async () => {
    const bars = barsOf({ dates: WEEK });
    const peak = { type: 'trailing_max', period: '2d', field: 'high' };
    const days = WEEK.slice(2);
    const session = await openSession({
      config: configOf({
        start: days[0]!,
        end: days.at(-1)!,
        session: { historical: { indicators: { peak } } },
      }),
      data: { AAPL: bars, NEW: bars },
    });
    for (const [i, date] of days.entries()) {
      await session.runUntil(xnys.session(date)!.open + MINUTE);
      if (i === 1) await session.addSymbol('NEW');
      const before = [WEEK[i]!, WEEK[i + 1]!].flatMap((day) => on(day, bars));
      const value = Math.max(...before.map(({ high }) => high));
      const symbols = Object.values(session.toJSON().session_data) as {
        historical: { indicators: Record<string, unknown> };
      }[];
      expect(symbols).toHaveLength(i === 0 ? 1 : 2);
      for (const { historical } of symbols) {
        expect(historical.indicators).toMatchObject({ peak_2d: { value, days: 2 } });
      }
    }
    await session.close();
  });
});
