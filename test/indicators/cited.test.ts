import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/indicators/registry.ts';
import { inSessions, openedAt, run, runNamed, sessionOf, settingsOf } from './markets.ts';
import { CHECKS, DAYS } from './published.ts';

const gold = new URL('../../../shared/gold/indicators/', import.meta.url);
const here = existsSync(gold);

type Price = { open: number; high: number; low: number; close: number; volume: number };

const closing = (close: number, volume = 0): Price => ({
  ...{ open: close, high: close, low: close, close, volume },
});

function rowsOf(file: string): string[][] {
  const [, ...lines] = readFileSync(new URL(file, gold), 'utf8').trim().split('\n');
  return lines.map((line) => line.split(','));
}

function priceOf([, ...cells]: readonly string[]): Price {
  const [open, high, low, close, volume] = cells.map(Number);
  return { open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

const STOCK_INDICATORS =
  'https://github.com/DaveSkender/Stock.Indicators/blob/d5c66604787c731c87708b6ce1fa6e8962529fc6/tests/indicators';

/** Examples that a page works out, with its numbers. */
const EXAMPLES: Readonly<Record<string, { page: string; needsGold?: boolean; check(): void }>> = {
  pvt: {
    page: 'https://github.com/bukosabino/ta/blob/a890410710a6e483c9ba08da7f3dd5089e4b9dff/test/data/cs-vpt.csv',
    check() {
      const days: [close: number, volume: number, pvt: number][] = [
        [24.7486, 18730.144, 0],
        [24.7088, 12271.74, -19.735065902716972],
        [25.0373, 24691.414, 308.53378968719045],
        [25.545, 18357.606, 680.784654045571],
        [25.0672, 22964.08, 251.2588202620505],
        [25.107, 15918.948, 276.5338462083084],
        [24.888, 16067.044, 136.38637195810136],
        [24.9975, 16568.487, 209.2829215603159],
        [25.0473, 16018.729, 241.19542097825956],
        [25.336, 9773.569, 353.8474581359565],
      ];
      const prices = days.map(([close, volume]) => closing(close, volume));
      const found = runNamed('pvt', inSessions('1d', prices), '1d');
      for (const [i, [, , pvt]] of days.entries()) expect(found[i]![0]).toBeCloseTo(pvt, 9);
    },
  },
  histvol: {
    // Six monthly prices; a deviation of 0.0942 a month is 32.6 % a year.
    page: 'https://pzacademy.com/qa/50785',
    check() {
      const prices = [35, 38, 41, 37, 33, 32].map((close) => closing(close));
      const definition = createRegistry().find('histvol')!;
      const monthly = { ...settingsOf(definition, '1d', { period: 5 }), barsPerYear: 12 };
      const found = run(definition.create(monthly), inSessions('1d', prices), '1d').at(-1)!;
      expect(found[0]).toBeCloseTo(32.6, 1);
      expect(found[0]! / 100 / Math.sqrt(12)).toBeCloseTo(0.0942, 4);
    },
  },
  avg_range: {
    // Five days of an E-mini contract: 224 points, 44.8 a day.
    page: 'http://www.futuresradiolive.com/tag/definitinos/',
    check() {
      const ranges = [56, 28, 46.5, 37, 56.5];
      const prices = ranges.map((range) => ({ ...closing(3200), high: 3200 + range }));
      const found = runNamed('avg_range', inSessions('1d', prices), '1d', { period: 5 });
      expect(found.at(-1)).toEqual([44.8]);
    },
  },
  opening_range: {
    // Opens at 46.49, is lowest at 9:45 and highest at 9:55: the half hour's range is 46.06 to 46.66.
    page: 'http://bbs.cobrasmarketview.com/viewtopic.php?f=3&t=15',
    check() {
      const closes = [46.49, 46.3, 46.2, 46.06, 46.4, 46.66, 46.3, 46.9];
      const bars = closes.map((close, i) => ({
        ...{ ...closing(close), opened: openedAt('5m', 0, i), count: 1, expected: 1 },
      }));
      const found = runNamed('opening_range', [{ session: sessionOf(0), bars }], '5m');
      expect(found[4]).toEqual([Number.NaN, Number.NaN]);
      expect(found.slice(5)).toEqual([
        [46.66, 46.06],
        [46.66, 46.06],
        [46.66, 46.06],
      ]);
    },
  },
  twap: {
    // (P₁ + P₂ + … + Pₙ) / n of prices at equal intervals.
    page: 'https://doc.stocksharp.com/topics/api/indicators/list_of_indicators/time_weighted_average_price.html',
    check() {
      const prices = [30, 32, 34, 28].map((close) => closing(close));
      const found = runNamed('twap', inSessions('5m', prices), '5m');
      expect(found.flat()).toEqual([30, 31, 32, 31]);
    },
  },
  volume_ratio: {
    // Volume by average volume; the averages are those of volume_sma.
    page: 'https://riskpicks.com/glossary/relative-volume/',
    needsGold: true,
    check() {
      const found = runNamed(
        'volume_ratio',
        inSessions('1d', rowsOf('daily.csv').map(priceOf)),
        '1d',
      );
      expect(found[24]![0]).toBeCloseTo(61_318_484 / 77_293_768.2, 9);
      expect(found[290]![0]).toBeCloseTo(126_575_120 / 157_958_070.8, 9);
      expect(found[501]![0]).toBeCloseTo(147_031_456 / 163_695_200, 9);
    },
  },
  gap_stats: {
    // A gap is the open less the close of the day before; of the last three, 0.5 down, none and 2 up.
    page: 'https://www.edgetotrade.com/docs/metrics-library/market-data/price-and-performance/gap/gap',
    check() {
      const days: [open: number, close: number][] = [
        [10, 11],
        [12, 11.5],
        [11, 12],
        [12, 12],
        [14, 13],
      ];
      const prices = days.map(([open, close]) => ({ ...closing(close), open }));
      const found = runNamed('gap_stats', inSessions('1d', prices), '1d', { period: 3 });
      expect(found.at(-1)).toEqual([0.5, 2, 1, 1]);
    },
  },
  range_ratio: {
    // A day's range against the moving average of the ranges, itself among them.
    page: 'https://www.mypivots.com/dictionary/definition/167/range',
    check() {
      const prices = [2, 4, 6, 8, 5].map((range) => ({ ...closing(100), high: 100 + range }));
      const found = runNamed('range_ratio', inSessions('1d', prices), '1d', { period: 4 });
      expect(found.slice(3).flat()).toEqual([8 / 5, 5 / 5.75]);
    },
  },
  pivot_points: {
    // Of months: February to April 2017, and December 2018.
    page: `${STOCK_INDICATORS}/_testdata/results/pivot-points.standard.json`,
    needsGold: true,
    check() {
      const months = Map.groupBy(rowsOf('daily.csv'), ([date]) => date!.slice(0, 7));
      const bars = [...months.values()].map((rows): Price => {
        const days = rows.map(priceOf);
        const high = Math.max(...days.map((day) => day.high));
        const low = Math.min(...days.map((day) => day.low));
        return { ...days.at(-1)!, open: days[0]!.open, high, low };
      });
      const found = runNamed('pivot_points', inSessions('1d', bars), '1d');
      const expected: Record<number, number[]> = {
        1: [214.5, 217.48, 220, 222.98, 211.98, 209, 206.48],
        2: [
          220.63333333, 226.97666667, 230.54333333, 236.88666667, 217.06666667, 210.72333333,
          207.15666667,
        ],
        3: [223.5, 227.23, 230.77, 234.5, 219.96, 216.23, 212.69],
        23: [
          266.67666667, 276.67333333, 284.38666667, 294.38333333, 258.96333333, 248.96666667,
          241.25333333,
        ],
      };
      for (const [month, values] of Object.entries(expected)) {
        for (const [i, value] of values.entries()) {
          expect(found[Number(month)]![i]).toBeCloseTo(value, 7);
        }
      }
    },
  },
  vwap: {
    // The first session of minutes, to four decimals.
    page: `${STOCK_INDICATORS}/s-z/Vwap/Vwap.StaticSeries.Tests.cs`,
    needsGold: true,
    check() {
      const minutes = rowsOf('intraday.csv').slice(0, 391);
      expect([minutes[0]![0], minutes.at(-1)![0]]).toEqual([
        '2020-12-15 09:30',
        '2020-12-15 16:00',
      ]);
      const bars = minutes.map((row, i) => ({
        ...{ ...priceOf(row), opened: i * 60_000, count: 1, expected: 1 },
      }));
      const found = runNamed('vwap', [{ session: sessionOf(0), bars }], '1m').flat();
      const rows = { 0: 367.48, 1: 367.4223, 369: 367.9494, 390: 368.1804 };
      for (const [i, value] of Object.entries(rows)) expect(found[Number(i)]).toBeCloseTo(value, 4);
    },
  },
};

if (!here) {
  const checks = Object.values(EXAMPLES).filter(({ needsGold }) => needsGold).length;
  process.stderr.write(`gold: ${checks} checks could not be made (cited indicators)\n`);
}

describe('an example that a page works out', () => {
  for (const [name, { page, needsGold = false, check }] of Object.entries(EXAMPLES)) {
    it.runIf(here || !needsGold)(`is what ${name} gives: ${page}`, check);
  }

  it('is there, or reference answers are, for every indicator', () => {
    const cited = [...CHECKS, ...DAYS].map(({ name }) => name);
    const all = new Set([...cited, ...Object.keys(EXAMPLES)]);
    expect([...all].sort()).toEqual(createRegistry().names());
  });
});
