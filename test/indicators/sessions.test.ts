import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/domain/bars.ts';
import { createRegistry } from '../../src/indicators/registry.ts';
import {
  type Chosen,
  inSessions,
  type MarketSession,
  openedAt,
  runNamed,
  sessionOf,
  settingsOf,
  walk,
} from './markets.ts';
import * as reference from './reference.ts';

const price = (close: number, volume = 100) => ({
  open: close,
  high: close + 1,
  low: close - 1,
  close,
  volume,
});

/** Sessions of a few bars each: closes by session. */
function sessionsOf(...days: readonly (readonly number[])[]): MarketSession[] {
  return days.map((closes, day) => ({
    session: sessionOf(day),
    bars: closes.map((close, i) => ({
      ...price(close),
      opened: openedAt('5m', day, i),
      count: 1,
      expected: 1,
    })),
  }));
}

const start = (name: string, interval: string, chosen: Chosen = {}) => {
  const definition = createRegistry().find(name)!;
  return definition.create(settingsOf(definition, interval, chosen));
};

const { NaN: none } = Number;

describe('what is anchored to the session', () => {
  const days = sessionsOf([10, 12, 11], [20, 22]);

  it('averages prices since the open', () => {
    expect(runNamed('vwap', days, '5m').flat()).toEqual([10, 11, 11, 20, 21]);
    expect(runNamed('twap', days, '5m').flat()).toEqual([10, 11, 11, 20, 21]);
  });

  it('adds up volume since the open, and does not count the step from yesterday', () => {
    expect(runNamed('obv', days, '5m').flat()).toEqual([0, 100, 0, 0, 100]);
    const trend = [0, 20, 20 - 100 / 12, 0, 10];
    for (const [i, [value]] of runNamed('pvt', days, '5m').entries()) {
      expect(value).toBeCloseTo(trend[i]!, 12);
    }
  });

  it('goes on across days of daily bars', () => {
    const daily = inSessions('1d', [price(10, 100), price(12, 300), price(11, 50)]);
    expect(runNamed('obv', daily, '1d').flat()).toEqual([0, 300, 250]);
    expect(runNamed('vwap', daily, '1d').flat()).toEqual([10, 11.5, 5150 / 450]);
  });
});

describe('vwap', () => {
  it('weighs the mean of high, low and close by volume', () => {
    const bars = [
      { open: 10, high: 13, low: 9, close: 11, volume: 300 },
      { open: 11, high: 15, low: 11, close: 13, volume: 100 },
    ];
    expect(runNamed('vwap', inSessions('5m', bars), '5m').flat()).toEqual([11, 11.5]);
  });

  it('waits for volume', () => {
    const bars = [price(10, 0), price(12, 0), price(14, 5)];
    expect(runNamed('vwap', inSessions('5m', bars), '5m').flat()).toEqual([none, none, 14]);
  });
});

describe('opening_range', () => {
  const chosen = { params: { minutes: 15 } };

  it('is the range of the first minutes, from their last bar on', () => {
    const days = sessionsOf([10, 12, 11, 30], [20, 18, 19, 5]);
    expect(runNamed('opening_range', days, '5m', chosen)).toEqual([
      [none, none],
      [none, none],
      [13, 9],
      [13, 9],
      [none, none],
      [none, none],
      [21, 17],
      [21, 17],
    ]);
  });

  it('is ready with the first bar after a gap that hides its end', () => {
    const [day] = sessionsOf([10, 12, 50, 60]);
    const gap = [{ ...day!, bars: day!.bars.toSpliced(2, 1) }];
    expect(runNamed('opening_range', gap, '5m', chosen).at(-1)).toEqual([13, 9]);
  });

  it('stays away on a day without a bar in the range', () => {
    const [day] = sessionsOf([10, 12, 50, 60, 70]);
    const late = [{ ...day!, bars: day!.bars.slice(3) }];
    expect(runNamed('opening_range', late, '5m', chosen).at(-1)).toEqual([none, none]);
  });

  it('is the first bar where bars are longer than the range', () => {
    const days = sessionsOf([10, 12]);
    expect(runNamed('opening_range', days, '5m', { params: { minutes: 2 } })[1]).toEqual([11, 9]);
  });

  it('agrees with the literal formula over whole sessions', () => {
    const days = walk('5m', 60, 11);
    const expected = days.flatMap(({ bars }) => reference.openingRange(bars, 6));
    const found = runNamed('opening_range', days, '5m', { params: { minutes: 30 } });
    expect(found).toEqual(expected.map((row) => row.map((cell) => cell ?? none)));
  });
});

describe('pivot_points', () => {
  it('are those of the session before, all session long', () => {
    const days = walk('5m', 36, 12);
    const found = runNamed('pivot_points', days, '5m');
    const wholeOf = (bars: readonly Bar[]) => ({
      high: Math.max(...bars.map((bar) => bar.high)),
      low: Math.min(...bars.map((bar) => bar.low)),
      close: bars.at(-1)!.close,
    });
    expect(found.slice(0, 12)).toEqual(Array(12).fill(Array(7).fill(none)));
    for (const [i, row] of found.slice(12).entries()) {
      const expected = reference.pivotsOf(wholeOf(days[Math.floor(i / 12)]!.bars));
      for (const [cell, value] of row.entries()) expect(value).toBeCloseTo(expected[cell]!, 10);
    }
  });

  it('are known before the first bar of the day', () => {
    const indicator = start('pivot_points', '5m');
    const [first] = sessionsOf([10, 12, 11]);
    indicator.startSession!(first!.session);
    for (const bar of first!.bars) indicator.update(bar);
    indicator.startSession!(sessionOf(1));
    // high 13, low 9, close 11
    expect([...indicator.out]).toEqual([11, 13, 15, 17, 9, 7, 5]);
  });

  it('stay those of the last day that had bars', () => {
    const indicator = start('pivot_points', '5m');
    const [first] = sessionsOf([10, 12, 11]);
    for (const bar of first!.bars) indicator.update(bar);
    indicator.startSession!(sessionOf(1));
    indicator.startSession!(sessionOf(2));
    expect([...indicator.out]).toEqual([11, 13, 15, 17, 9, 7, 5]);
  });
});

describe('gap_stats', () => {
  it('counts the gaps between sessions, from the first bar of each', () => {
    const days = sessionsOf([10, 12], [15, 14], [13, 16], [16, 20]);
    expect(runNamed('gap_stats', days, '5m', { period: 2 })).toEqual([
      [none, none, none, none],
      [none, none, none, none],
      [none, none, none, none],
      [none, none, none, none],
      [1, 2, 1, 1], // +3, −1
      [1, 2, 1, 1],
      [-0.5, 1, 0, 1], // −1, 0
      [-0.5, 1, 0, 1],
    ]);
  });
});

describe('atr_daily', () => {
  it('is the atr of whole days that are over', () => {
    const days = walk('5m', 12 * 9, 13);
    const daily: Bar[] = days.map(({ bars }) => ({
      ...bars[0]!,
      high: Math.max(...bars.map((bar) => bar.high)),
      low: Math.min(...bars.map((bar) => bar.low)),
      close: bars.at(-1)!.close,
    }));
    const expected = reference.atr(daily, 3).map(([value]) => value ?? none);
    const found = runNamed('atr_daily', days, '5m', { period: 3 });
    for (const [i, [value]] of found.entries()) {
      const before = expected[Math.floor(i / 12) - 1] ?? none;
      if (Number.isNaN(before)) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(before, 10);
    }
    expect(found.at(-1)![0]).not.toBeNaN();
  });
});
