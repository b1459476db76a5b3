import { describe, expect, it } from 'vitest';
import type { SessionView, Strategy } from '../../src/index.ts';
import { configOf, runOf, type TestBar } from '../support.ts';
import { market, naiveBars, tradingDays } from './naive.ts';

const FIRST = '2024-06-28';
const LAST = '2024-07-09';
const days = tradingDays('2024-06-17', LAST);
const dates = tradingDays(FIRST, LAST);
const bars = market(days, 21, 0.02);

/** Sessions of New York lie within one UTC day. */
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

function historyOf(view: SessionView, interval: string) {
  return view.symbol('AAPL')?.history(interval);
}

async function watched(options: {
  intervals: readonly string[];
  trailing: number;
  data?: readonly (TestBar & { interval?: string })[];
  session?: object;
  streams?: readonly string[];
}) {
  const { intervals, trailing, data = bars, session = {}, streams = ['1m'] } = options;
  const seen: { date: string; interval: string; dates: readonly string[]; bars: object[] }[] = [];
  const strategy: Strategy = {
    onSessionStart: ({ view }) => {
      for (const interval of intervals) {
        const history = historyOf(view, interval)!;
        const { date } = view.session!;
        seen.push({ date, interval, dates: history.dates, bars: [...history.bars()] });
      }
    },
  };
  const run = await runOf({
    config: configOf({
      start: FIRST,
      end: LAST,
      streams,
      session: {
        historical: { data: [{ trailing_days: trailing, intervals, apply_to: 'all' }] },
        strategies: [{ module: 'watcher' }],
        ...session,
      },
    }),
    data: { AAPL: data },
    strategies: { watcher: () => strategy },
  });
  return { run, seen };
}

describe('the history of a session', () => {
  it.each([1, 3, 7])('is exactly the %i trading days before it', async (trailing) => {
    const { seen } = await watched({ intervals: ['1m'], trailing });
    expect(seen.map(({ date, dates: of }) => [date, of])).toEqual(
      dates.map((date) => [date, days.filter((day) => day < date).slice(-trailing)]),
    );
  });

  it('on a Monday after a holiday weekend begins on the days before it', async () => {
    const { seen } = await watched({ intervals: ['1m'], trailing: 3 });
    expect(seen.find(({ date }) => date === '2024-07-08')?.dates).toEqual([
      ...['2024-07-02', '2024-07-03', '2024-07-05'],
    ]);
  });

  it('holds the bars as they are stored, and derived ones as a naive aggregation has them', async () => {
    const intervals = ['1m', '5m', '45m', '1d'];
    const { seen } = await watched({ intervals, trailing: 4 });
    for (const { interval, dates: of, bars: held } of seen) {
      const past = bars.filter(({ opened }) => of.includes(dayOf(opened)));
      const naive =
        interval === '1m'
          ? past.map((bar) => ({ ...bar, count: 1, expected: 1 }))
          : naiveBars(past, interval, { dates: of }).map(({ interval: _, at: __, ...bar }) => bar);
      expect(held).toEqual(naive);
    }
  });

  it('is recorded once, day by day, and named by its fact where the log holds it already', async () => {
    const { run } = await watched({ intervals: ['1m', '5m', '1d'], trailing: 4 });
    const recorded = new Set<string>();
    const facts = run.of('HistoricalBarsLoaded');
    for (const fact of facts) {
      for (const { date } of fact.days) {
        const key = `${fact.interval} ${date}`;
        expect(recorded.has(key)).toBe(false);
        recorded.add(key);
      }
      for (const held of fact.held) {
        expect(held.seq).toBeLessThan(fact.seq);
        const source = run.facts[held.seq - 1]!;
        expect(['HistoricalBarsLoaded', 'BarAppended', 'BarDerived']).toContain(source.type);
      }
      const rows = fact.days.reduce((sum, day) => sum + day.bars, 0);
      expect(fact.columns.opened).toHaveLength(rows);
      const told = [
        ...fact.days.map(({ date }) => date),
        ...fact.held.flatMap(({ from, to }) => days.filter((d) => d >= from && d <= to)),
      ];
      expect(told.toSorted()).toEqual(days.filter((d) => d >= fact.from && d <= fact.to));
    }
    expect(facts).toHaveLength(3 * dates.length);
    expect(recorded.size).toBeGreaterThan(0);
  });

  it('uses daily bars as they are stored beside minutes', async () => {
    const daily = days.map((date, i) => ({
      interval: '1d',
      opened: Date.parse(`${date}T13:30:00Z`),
      ...{ open: 10 + i, high: 300 + i, low: 1, close: 20 + i, volume: 5_000_000 + i },
    }));
    const { seen } = await watched({ intervals: ['1d'], trailing: 4, data: [...bars, ...daily] });
    const { bars: held } = seen[0]!;
    const four = daily.filter((bar) => bar.opened < Date.parse(FIRST)).slice(-4);
    expect(held).toEqual(
      four.map(({ interval: _, ...bar }) => ({ ...bar, count: 1, expected: 1 })),
    );
  });

  it('makes weeks of the days that are stored, also those of weeks that the run itself saw', async () => {
    const daily = days.map((date, i) => ({
      interval: '1d',
      opened: Date.parse(`${date}T13:30:00Z`),
      ...{ open: 10, high: 300 + i, low: 1, close: 20 + i, volume: 1_000 },
    }));
    const { seen } = await watched({
      ...{ intervals: ['1w'], trailing: 5, data: [...bars, ...daily], streams: ['1m', '1w'] },
    });
    const last = seen.at(-1)!;
    expect([last.date, last.dates]).toEqual(['2024-07-09', ['2024-07-05']]);
    // July 1 to 5 without the 4th: the tenth to the thirteenth day that is stored.
    expect(last.bars).toMatchObject([
      { open: 10, high: 312, low: 1, close: 32, volume: 4_000, count: 4, expected: 4 },
    ]);
  });
});
