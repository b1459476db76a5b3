import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/domain/bars.ts';
import { findCalendar, type IndicatorFact } from '../../src/index.ts';
import * as reference from '../indicators/reference.ts';
import { configOf, runOf } from '../support.ts';
import { market, naiveBars, tradingDays } from './naive.ts';

const xnys = findCalendar('XNYS')!;
const days = tradingDays('2023-11-01', '2024-03-14');
const bars = market(days, 33, 0.002);
const END = '2024-03-14';
/** Days are few: short periods, whose beginnings are soon forgotten. */
const PERIODS: Record<string, number> = { '1m': 14, '5m': 14, '1d': 4 };
const indicators = ['1m', '5m', '1d'].flatMap((interval) => {
  const of = (name: string) => ({ name, period: PERIODS[interval]!, interval });
  const params = interval === '1d' ? { fast: 2, slow: 4, signal: 3 } : {};
  return [
    ...['sma', 'ema', 'rsi', 'atr', 'bbands', 'high_low', 'volume_sma'].map(of),
    { name: 'macd', interval, params, key: `macd_${interval}` },
  ];
});
const anchored = [
  { name: 'vwap', interval: '1m' },
  { name: 'obv', interval: '5m' },
];
const session = { indicators: { session: [...indicators, ...anchored] } };
const data = { AAPL: bars };

function runFrom(start: string) {
  return runOf({
    config: configOf({ start, end: END, streams: ['1m', '5m', '1d'], session }),
    data,
  });
}

function updatesOn(date: string, facts: readonly IndicatorFact[]): Map<string, IndicatorFact[]> {
  const { open, close } = xnys.session(date)!;
  const byKey = new Map<string, IndicatorFact[]>();
  for (const fact of facts) {
    if (fact.at < open || fact.at > close) continue;
    byKey.set(fact.key, [...(byKey.get(fact.key) ?? []), fact]);
  }
  return byKey;
}

function numbersOf({ value }: IndicatorFact): (number | null)[] {
  return value === null || typeof value === 'number' ? [value] : Object.values(value);
}

function expectClose(found: (number | null)[], wanted: (number | null)[], what: string) {
  expect(found.length, what).toBe(wanted.length);
  for (const [i, value] of found.entries()) {
    const other = wanted[i]!;
    if (value === null || other === null) expect(value, what).toBe(other);
    else
      expect(Math.abs(value - other), what).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(other)),
      );
  }
}

describe('indicators that history warms', () => {
  it('have the same values whether the run began 0, 1, 3 or 8 days earlier', async () => {
    const begun = await runFrom(END);
    const latest = updatesOn(END, begun.of('IndicatorUpdated'));
    expect(latest.size).toBe(26);
    for (const earlier of [1, 3, 8]) {
      const run = await runFrom(days.at(-1 - earlier)!);
      const updates = updatesOn(END, run.of('IndicatorUpdated'));
      for (const [key, facts] of latest) {
        const others = updates.get(key)!;
        expect(others.map(({ at, valid }) => [at, valid])).toEqual(
          facts.map(({ at, valid }) => [at, valid]),
        );
        for (const [i, fact] of facts.entries()) {
          expectClose(numbersOf(others[i]!), numbersOf(fact), `${key}, ${earlier} days earlier`);
        }
      }
    }
  });

  it('begin with a whole week where they read weeks, on whatever day the run begins', async () => {
    const weekly = { indicators: { session: [{ name: 'volume_sma', period: 2, interval: '1w' }] } };
    const weeks = naiveBars(bars, '1w', { dates: days });
    // The run begins on a Monday to Thursday: the last whole weeks are those of February 26 and March 4.
    const two = weeks.slice(-3, -1).reduce((sum, { volume }) => sum + volume, 0) / 2;
    for (const start of days.slice(-4)) {
      const config = configOf({ start, end: END, streams: ['1m', '1w'], session: weekly });
      const { of } = await runOf({ config, data });
      expect(of('IndicatorUpdated')[0]!.value).toBeCloseTo(two, 6);
    }
  });

  it('have the values of their formulas over the whole series', async () => {
    const run = await runFrom(END);
    const updates = updatesOn(END, run.of('IndicatorUpdated'));
    const { open } = xnys.session(END)!;
    for (const interval of ['1m', '5m', '1d']) {
      const series: Bar[] =
        interval === '1m'
          ? bars.map((bar) => ({ ...bar, count: 1, expected: 1 }))
          : naiveBars(bars, interval, { dates: days });
      const n = PERIODS[interval]!;
      const short: [number, number, number] = interval === '1d' ? [2, 4, 3] : [12, 26, 9];
      const tables = {
        [`sma_${n}_${interval}`]: reference.sma(series, n),
        [`ema_${n}_${interval}`]: reference.emaOfCloses(series, n),
        [`rsi_${n}_${interval}`]: reference.rsi(series, n),
        [`atr_${n}_${interval}`]: reference.atr(series, n),
        [`high_low_${n}_${interval}`]: reference.highLow(series, n),
        [`volume_sma_${n}_${interval}`]: reference.volumeSma(series, n),
        [`macd_${interval}`]: reference.macd(series, ...short),
      };
      const before = series.filter(({ opened }) => opened < open).length;
      for (const [key, rows] of Object.entries(tables)) {
        const facts = updates.get(key)!;
        // The first update is that of the registration: what it was worth yesterday.
        expect(facts).toHaveLength(rows.length - before + 1);
        for (const [i, fact] of facts.entries()) {
          expect(fact.valid).toBe(true);
          expectClose(numbersOf(fact), rows[before - 1 + i]!, key);
        }
      }
    }
  });

  it('restart each session where they are anchored in it', async () => {
    const run = await runFrom(END);
    const today: Bar[] = bars
      .filter(({ opened }) => opened >= xnys.session(END)!.open)
      .map((bar) => ({ ...bar, count: 1, expected: 1 }));
    const updates = updatesOn(END, run.of('IndicatorUpdated'));
    const fives = naiveBars(today, '5m', { dates: [END] });
    const tables = { vwap_1m: reference.vwap(today), obv_5m: reference.obv(fives) };
    for (const [key, rows] of Object.entries(tables)) {
      const facts = updates.get(key)!.slice(1);
      expect(facts).toHaveLength(rows.length);
      for (const [i, fact] of facts.entries()) expectClose(numbersOf(fact), rows[i]!, key);
    }
  });

  it('are valid at the first bar of a day: sma_20_1m', async () => {
    const sma = { indicators: { session: [{ name: 'sma', period: 20, interval: '1m' }] } };
    const run = await runOf({
      config: configOf({ start: '2024-03-11', end: END, session: sma }),
      data,
    });
    for (const date of tradingDays('2024-03-11', END)) {
      const [registered, first] = updatesOn(date, run.of('IndicatorUpdated')).get('sma_20_1m')!;
      const until = (count: number) => {
        const past = bars.filter(({ opened }) => opened < xnys.session(date)!.open);
        const seen = bars.slice(0, past.length + count).slice(-20);
        return seen.reduce((sum, { close }) => sum + close, 0) / 20;
      };
      expect([registered?.valid, first?.valid]).toEqual([true, true]);
      expect(registered?.value).toBeCloseTo(until(0), 9);
      expect(first?.value).toBeCloseTo(until(1), 9);
    }
  });
});
