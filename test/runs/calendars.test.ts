import { describe, expect, it } from 'vitest';
import { barsOf, configOf, MINUTE, runOf } from '../support.ts';

const HOUR = 60 * MINUTE;

function runIn(calendar: string, dates: readonly string[], streams = ['1m', '1h', '1d']) {
  return runOf({
    config: configOf({
      start: dates[0]!,
      end: dates.at(-1)!,
      streams,
      session: {},
      exchange_group: calendar,
    }),
    data: { AAPL: barsOf({ dates, calendar }) },
  });
}

describe('a run on a calendar', () => {
  it.each([
    ['CRYPTO', '2024-03-10', '2024-03-10T00:00Z', '2024-03-11T00:00Z'],
    // New York and Chicago change their clocks on 2024-03-10 and 2024-11-03.
    ['FOREX', '2024-03-08', '2024-03-07T22:00Z', '2024-03-08T22:00Z'],
    ['FOREX', '2024-03-11', '2024-03-10T21:00Z', '2024-03-11T21:00Z'],
    ['FOREX', '2024-11-01', '2024-10-31T21:00Z', '2024-11-01T21:00Z'],
    ['FOREX', '2024-11-04', '2024-11-03T22:00Z', '2024-11-04T22:00Z'],
    ['CME', '2024-03-08', '2024-03-07T23:00Z', '2024-03-08T22:00Z'],
    ['CME', '2024-03-11', '2024-03-10T22:00Z', '2024-03-11T21:00Z'],
    ['CME', '2024-11-04', '2024-11-03T23:00Z', '2024-11-04T22:00Z'],
    ['US_EQUITY', '2024-03-08', '2024-03-08T14:30Z', '2024-03-08T21:00Z'],
    ['US_EQUITY', '2024-03-11', '2024-03-11T13:30Z', '2024-03-11T20:00Z'],
    ['US_EQUITY', '2024-11-01', '2024-11-01T13:30Z', '2024-11-01T20:00Z'],
    ['US_EQUITY', '2024-11-04', '2024-11-04T14:30Z', '2024-11-04T21:00Z'],
  ])('%s of %s goes from %s to %s', async (calendar, date, from, to) => {
    const [open, close] = [Date.parse(from), Date.parse(to)];
    const minutes = (close - open) / MINUTE;
    const times = Array.from({ length: minutes }, (_, i) => open + i * MINUTE);
    const bars = times.map((opened) => ({
      ...{ opened, open: 1, high: 2, low: 1, close: 1.5, volume: 3 },
    }));
    // One minute before and one after, which belong to other sessions or to none.
    const [first, last] = [bars[0]!, bars.at(-1)!];
    const around = [{ ...first, opened: open - MINUTE }, ...bars, { ...last, opened: close }];
    const run = await runOf({
      config: configOf({
        start: date,
        streams: ['1m', '1h', '1d'],
        exchange_group: calendar,
      }),
      data: { AAPL: around },
    });
    expect(run.of('SessionActivated')).toMatchObject([{ date, open, close }]);
    expect(run.of('BarAppended').map(({ opened }) => opened)).toEqual(times);
    const derived = run.of('BarDerived');
    expect(derived.filter(({ interval }) => interval === '1h')).toHaveLength(
      Math.ceil((close - open) / HOUR),
    );
    expect(derived.at(-1)).toMatchObject({
      interval: '1d',
      opened: open,
      at: close,
      count: minutes,
    });
    expect(run.summary.symbols.AAPL).toMatchObject({ bars: minutes, quality: 100 });
  });

  it('dates an overnight session by its end: Sunday evening belongs to Monday', async () => {
    const run = await runIn('FOREX', ['2024-03-08', '2024-03-11']);
    expect(run.of('QueueLoaded').map(({ date, bars }) => [date, bars])).toEqual([
      ['2024-03-08', 1440],
      ['2024-03-11', 1440],
    ]);
    expect(run.of('BarsLeftOut')).toEqual([]);
    expect(run.of('GapDetected')).toEqual([]);
  });

  it('walks weekends where they are traded', async () => {
    const dates = ['2024-03-08', '2024-03-09', '2024-03-10', '2024-03-11'];
    const run = await runIn('CRYPTO', dates);
    expect(run.of('SessionEnded').map(({ date, bars }) => [date, bars])).toEqual(
      dates.map((date) => [date, 1440]),
    );
  });
});

describe('a run on daily bars', () => {
  const dates = ['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05', '2024-07-08'];

  it.each([
    ['the open', (date: string) => Date.parse(`${date}T13:30Z`)],
    ['midnight in New York', (date: string) => Date.parse(`${date}T04:00Z`)],
    ['the close', (date: string) => Date.parse(`${date}T20:00Z`)],
  ])('stamped at %s shows each at its session’s close', async (_, stamp) => {
    const daily = dates.map((date, i) => ({
      interval: '1d',
      opened: stamp(date),
      ...{ open: 10 + i, high: 20 + i, low: 5 - i, close: 11 + i, volume: 100 * (i + 1) },
    }));
    const run = await runOf({
      config: configOf({ start: dates[0]!, end: dates.at(-1)!, streams: ['1d', '1w'] }),
      data: { AAPL: daily },
    });
    const closes = ['T20:00Z', 'T20:00Z', 'T17:00Z', 'T20:00Z', 'T20:00Z'];
    expect(run.of('BarAppended')).toMatchObject(
      dates.map((date, i) => ({
        ...{ opened: Date.parse(`${date}T13:30Z`), at: Date.parse(date + closes[i]) },
        ...{ open: 10 + i, close: 11 + i, count: 1, expected: 1 },
      })),
    );
    expect(run.of('BarDerived')).toMatchObject([
      {
        interval: '1w',
        open: 10,
        high: 23,
        low: 2,
        close: 14,
        volume: 1000,
        count: 4,
        expected: 4,
      },
      // The run ends on Monday: what there is of its week.
      { interval: '1w', open: 14, high: 24, low: 1, close: 15, volume: 500, count: 1, expected: 5 },
    ]);
    expect(run.of('QualityScored').map(({ quality }) => quality)).toEqual([
      100, 100, 100, 100, 100,
    ]);
  });
});
