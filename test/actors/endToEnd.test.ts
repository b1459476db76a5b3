import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { barsOf, configOf, MINUTE, runOf } from '../support.ts';

const OPEN = Date.parse('2024-01-02T14:30:00Z');

describe('a day of minute bars', () => {
  it('appends every bar at its end, stamped at its start', async () => {
    const AAPL = barsOf({ dates: ['2024-01-02'] });
    const run = await runOf({ config: configOf(), data: { AAPL } });
    const bars = run.of('BarAppended');
    expect(bars).toHaveLength(390);
    expect(bars[0]).toMatchObject({ opened: OPEN, at: OPEN + MINUTE, interval: '1m', cause: null });
    expect(bars.at(-1)).toMatchObject({
      opened: Date.parse('2024-01-02T20:59:00Z'),
      at: Date.parse('2024-01-02T21:00:00Z'),
    });
    expect(bars.map(({ close }) => close)).toEqual(AAPL.map(({ close }) => close));
  });

  it('numbers facts without a gap and never moves the clock back', async () => {
    const run = await runOf({
      config: configOf(),
      data: { AAPL: barsOf({ dates: ['2024-01-02'] }) },
    });
    expect(run.facts.map(({ seq }) => seq)).toEqual(run.facts.map((_, i) => i + 1));
    expect(run.facts.every(({ at }, i) => i === 0 || at >= run.facts[i - 1]!.at)).toBe(true);
    expect(run.facts.every(({ seq, cause }) => cause === null || cause < seq)).toBe(true);
  });

  it('cuts windows at the close: 45m has eight of 45 and one of 30', async () => {
    const run = await runOf({
      config: configOf({ streams: ['1m', '45m'] }),
      data: { AAPL: barsOf({ dates: ['2024-01-02'] }) },
    });
    expect(run.of('BarDerived').map(({ count, expected }) => [count, expected])).toEqual([
      ...Array.from({ length: 8 }, () => [45, 45]),
      [30, 30],
    ]);
  });

  it('follows the early close', async () => {
    const run = await runOf({
      config: configOf({ start: '2024-07-03', streams: ['1m', '1h', '1d'] }),
      data: { AAPL: barsOf({ dates: ['2024-07-03'] }) },
    });
    expect(run.of('BarAppended')).toHaveLength(210);
    const derived = run.of('BarDerived').map(({ interval, expected }) => [interval, expected]);
    expect(derived).toEqual([
      ['1h', 60],
      ['1h', 60],
      ['1h', 60],
      ['1h', 30],
      ['1d', 210],
    ]);
  });
});

describe('the cause of a fact', () => {
  it('is null for inputs and for nothing else', async () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
    const run = await runOf({
      config: configOf({
        symbols: ['AAPL', 'MSFT'],
        start: '2024-01-03',
        end: '2024-01-04',
        session: {
          historical: { data: [{ trailing_days: 1, intervals: ['1m', '1d'] }] },
          indicators: { session: [{ name: 'ema', period: 20, interval: '1m' }] },
        },
      }),
      data: {
        AAPL: barsOf({ dates }),
        MSFT: barsOf({ dates, missing: (m) => m === 5 || m > 380 }),
      },
    });
    const inputs = run.facts.filter(({ cause }) => cause === null);
    expect(new Set(inputs.map(({ type, by }) => `${type} ${by}`))).toEqual(
      new Set([
        'RunStarted session',
        'HistoricalBarsLoaded session/loading',
        'QueueLoaded session/loading',
        'BarAppended session/feed',
      ]),
    );
    const read = run.of('QueueLoaded').concat(run.of('BarAppended') as never);
    expect(read.every(({ cause }) => cause === null)).toBe(true);
  });
});

describe('a week of which a symbol misses the last day', () => {
  const week = ['2024-01-08', '2024-01-09', '2024-01-10', '2024-01-11', '2024-01-12'];
  const next = ['2024-01-16', '2024-01-17'];
  const run = (streams: string[]) =>
    runOf({
      config: configOf({ symbols: ['AAPL', 'MSFT'], start: week[0]!, end: next[1]!, streams }),
      data: {
        AAPL: barsOf({ dates: [...week.slice(0, 4), ...next] }),
        MSFT: barsOf({ dates: [...week, ...next], seed: 2 }),
      },
    });

  it('closes at the first instant the symbol is back', async () => {
    const { of } = await run(['1m', '1w']);
    const weekly = (symbol: string) =>
      of('BarDerived', symbol).map(({ opened, at, count, expected }) => ({
        opened: new Date(opened).toISOString().slice(0, 10),
        at: new Date(at).toISOString().slice(0, 16),
        count,
        expected,
      }));
    expect(weekly('AAPL')).toEqual([
      { opened: '2024-01-08', at: '2024-01-16T14:30', count: 1560, expected: 1950 },
      { opened: '2024-01-16', at: '2024-01-17T21:00', count: 780, expected: 1560 },
    ]);
    expect(weekly('MSFT')).toEqual([
      { opened: '2024-01-08', at: '2024-01-12T21:00', count: 1950, expected: 1950 },
      { opened: '2024-01-16', at: '2024-01-17T21:00', count: 780, expected: 1560 },
    ]);
  });

  it('leaves every phase under the date it was entered with', async () => {
    const { facts } = await run(['1m']);
    const phases = facts.filter(({ type }) => type.startsWith('Phase')) as unknown as {
      phase: number;
      date: string;
    }[];
    for (let i = 0; i + 1 < phases.length; i += 2) {
      expect([phases[i + 1]!.phase, phases[i + 1]!.date]).toEqual([
        phases[i]!.phase,
        phases[i]!.date,
      ]);
    }
  });
});

describe('a day whose rows are all bad and skipped', () => {
  it('is refused with their number, and they are on the record', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openbell-'));
    const row = (time: string, open: string) => `${time},${open},11,9,10,5`;
    const good = barsOf({ dates: ['2024-01-02'] }).map(({ opened }) =>
      row(new Date(opened).toISOString(), '10'),
    );
    const bad = ['2024-01-03T15:00:00Z', '2024-01-03T15:01:00Z'].map((time) => row(time, 'x'));
    const lines = ['time,open,high,low,close,volume', ...good, ...bad];
    writeFileSync(join(folder, 'AAPL.csv'), lines.join('\n'));
    const data = { type: 'csv', path: '{symbol}.csv', interval: '1m', stamp: 'open' } as const;
    const run = await runOf({
      config: configOf({
        end: '2024-01-03',
        session: { data: { ...data, on_bad_row: 'skip' } },
      }),
      folder,
    });
    expect(run.of('SymbolRefused')).toMatchObject([
      { reason: 'no 1m bars on 2024-01-03, 2 bad rows skipped' },
    ]);
    expect(run.of('RowsSkipped')).toMatchObject([{ date: '2024-01-03', rows: 2 }]);
    rmSync(folder, { recursive: true });
  });
});

describe('minutes missing from the data', () => {
  const gone = new Set([7, 8, 200]);
  const AAPL = barsOf({ dates: ['2024-01-02'], missing: (minute) => gone.has(minute) });

  it('score 387 of 390 as 99.2308 and name the gaps', async () => {
    const run = await runOf({ config: configOf(), data: { AAPL } });
    expect(run.summary.symbols.AAPL?.quality).toBeCloseTo(99.2308, 4);
    expect(
      run.of('GapDetected').map(({ start, end, missing, at }) => ({
        start: (start - OPEN) / MINUTE,
        end: (end - OPEN) / MINUTE,
        missing,
        at: (at - OPEN) / MINUTE,
      })),
    ).toEqual([
      { start: 7, end: 9, missing: 2, at: 10 },
      { start: 200, end: 201, missing: 1, at: 202 },
    ]);
    expect(run.of('QualityScored').map(({ present, expected }) => [present, expected])).toEqual([
      [8, 10],
      [199, 202],
      [387, 390],
    ]);
  });

  it('leave a 5m window of 4 bars with count 4 of 5, or out of it with incomplete: skip', async () => {
    const emitted = await runOf({ config: configOf(), data: { AAPL } });
    const short = emitted.of('BarDerived').filter(({ count }) => count < 5);
    expect(short.map(({ count, expected }) => [count, expected])).toEqual([
      [3, 5],
      [4, 5],
    ]);
    const config = configOf({ session: { derivation: { incomplete: 'skip' } } });
    const skipped = await runOf({ config, data: { AAPL } });
    expect(skipped.of('BarDerived')).toHaveLength(76);
    expect(skipped.of('BarDerived').every(({ count }) => count === 5)).toBe(true);
  });

  it('emit a window at its end even if its last minutes have no bar', async () => {
    const late = new Set([3, 4]);
    const run = await runOf({
      config: configOf(),
      data: { AAPL: barsOf({ dates: ['2024-01-02'], missing: (minute) => late.has(minute) }) },
    });
    expect(run.of('BarDerived')[0]).toMatchObject({ at: OPEN + 5 * MINUTE, count: 3, expected: 5 });
  });

  it('at the end of the day are a gap found at the close', async () => {
    const run = await runOf({
      config: configOf(),
      data: { AAPL: barsOf({ dates: ['2024-01-02'], missing: (minute) => minute >= 300 }) },
    });
    expect(run.of('GapDetected')).toMatchObject([{ missing: 90, at: OPEN + 390 * MINUTE }]);
    expect(run.of('ClockAdvanced')).toMatchObject([{ to: OPEN + 390 * MINUTE }]);
    expect(run.of('QualityScored')).toMatchObject([{ present: 300, expected: 390 }]);
  });
});

describe('several days', () => {
  const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
  const config = configOf({ start: '2023-12-30', end: '2024-01-04' });

  it('are as many sessions, each from cleared data and fresh registrations', async () => {
    const run = await runOf({ config, data: { AAPL: barsOf({ dates }) } });
    expect(run.summary.sessions).toBe(3);
    expect(run.of('SessionEnded').map(({ date }) => date)).toEqual(dates);
    expect(run.of('SymbolRegistered')).toHaveLength(3);
    expect(run.of('SessionTornDown').map(({ date }) => date)).toEqual(dates.slice(0, 2));
    expect(run.of('PhaseEntered').map(({ phase }) => phase)).toEqual([
      ...[0, 2, 3, 4],
      ...[1, 2, 3, 4],
      ...[1, 2, 3, 4],
    ]);
  });

  it('leave the last day for analysis', async () => {
    const run = await runOf({ config, data: { AAPL: barsOf({ dates }) } });
    const bars = run.session.view.symbol('AAPL')?.bars('1m');
    expect(bars?.length).toBe(390);
    expect(bars?.at(0)?.opened).toBe(Date.parse('2024-01-04T14:30:00Z'));
    expect(run.session.status).toBe('completed');
  });

  it('refuse a symbol on the day it has no data, and go on', async () => {
    const run = await runOf({
      config: configOf({ symbols: ['AAPL', 'MSFT'], start: '2024-01-02', end: '2024-01-04' }),
      data: { AAPL: barsOf({ dates }), MSFT: barsOf({ dates: [dates[0]!, dates[2]!], seed: 2 }) },
    });
    expect(run.of('SymbolRefused')).toMatchObject([
      { symbol: 'MSFT', reason: 'no 1m bars on 2024-01-03' },
    ]);
    expect(run.summary.symbols.MSFT?.bars).toBe(780);
    expect(run.of('StreamsValidated')[0]?.missing).toEqual([
      { symbol: 'MSFT', dates: ['2024-01-03'] },
    ]);
  });

  it('carry indicators on and warm them from history', async () => {
    const session = {
      indicators: {
        session: [
          { name: 'sma', period: 20, interval: '1m' },
          { name: 'vwap', interval: '1m' },
        ],
      },
    };
    const run = await runOf({
      config: configOf({ start: '2024-01-03', end: '2024-01-04', session }),
      data: { AAPL: barsOf({ dates }) },
    });
    const sma = run.of('IndicatorUpdated').filter(({ key }) => key === 'sma_20_1m');
    expect(sma.every(({ valid }) => valid)).toBe(true);
    // One update per registration, one per bar.
    expect(sma).toHaveLength(2 + 780);
    const closes = barsOf({ dates }).map(({ close }) => close);
    const mean = (until: number) =>
      closes.slice(until - 20, until).reduce((sum, close) => sum + close, 0) / 20;
    expect(sma[1]?.value).toBeCloseTo(mean(391), 10);
    expect(sma.at(-1)?.value).toBeCloseTo(mean(1170), 10);
    const vwap = run.of('IndicatorUpdated').filter(({ key }) => key === 'vwap_1m');
    expect(vwap.filter(({ value }) => value === null)).toHaveLength(2);
  });
});
