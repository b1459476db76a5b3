import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/indicators/registry.ts';
import type { Bars, Rows } from './columns.ts';
import { type Chosen, runNamed, walk } from './markets.ts';
import * as reference from './reference.ts';

const DAYS = 150;
/** Any look-back that leaves something to compare. */
const period = (min: number) => fc.integer({ min, max: 40 });

interface Case {
  readonly chosen: Chosen;
  readonly expected: (bars: Bars) => Rows;
}

/** Choices of `name` made of the numbers drawn for it, and the formula they are put to. */
const CASES: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  sma: ofPeriod(1, reference.sma),
  ema: ofPeriod(1, reference.emaOfCloses),
  wma: ofPeriod(1, reference.wma),
  dema: ofPeriod(1, reference.dema),
  tema: ofPeriod(1, reference.tema),
  hma: ofPeriod(2, reference.hma),
  vwap: ofNothing(reference.vwap),
  twap: ofNothing(reference.twap),
  rsi: ofPeriod(1, reference.rsi),
  macd: fc
    .tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 16, max: 40 }), period(1))
    .map(([fast, slow, signal]) => ({
      chosen: { params: { fast, slow, signal } },
      expected: (bars) => reference.macd(bars, fast, slow, signal),
    })),
  stochastic: fc
    .tuple(period(1), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .map(([n, smooth_k, d_period]) => ({
      chosen: { period: n, params: { smooth_k, d_period } },
      expected: (bars) => reference.stochastic(bars, n, smooth_k, d_period),
    })),
  cci: ofPeriod(2, reference.cci),
  roc: ofPeriod(1, reference.roc),
  mom: ofPeriod(1, reference.mom),
  williams_r: ofPeriod(1, reference.williamsR),
  ultimate_osc: fc
    .uniqueArray(period(1), { minLength: 3, maxLength: 3 })
    .map((drawn) => drawn.toSorted((a, b) => a - b) as [number, number, number])
    .map(([period1, period2, period3]) => ({
      chosen: { params: { period1, period2, period3 } },
      expected: (bars) => reference.ultimateOsc(bars, period1, period2, period3),
    })),
  atr: ofPeriod(1, reference.atr),
  bbands: fc.tuple(period(2), fc.constantFrom(0, 1, 2, 2.5)).map(([n, num_std]) => ({
    chosen: { period: n, params: { num_std } },
    expected: (bars) => reference.bbands(bars, n, num_std),
  })),
  keltner: fc
    .tuple(period(1), fc.constantFrom(0, 1, 2.5), period(1))
    .map(([n, multiplier, atr_period]) => ({
      chosen: { period: n, params: { multiplier, atr_period } },
      expected: (bars) => reference.keltner(bars, n, multiplier, atr_period),
    })),
  donchian: ofPeriod(1, reference.donchian),
  stddev: ofPeriod(2, reference.stddev),
  histvol: ofPeriod(2, (bars, n) => reference.histvol(bars, n, 252)),
  obv: ofNothing(reference.obv),
  pvt: ofNothing(reference.pvt),
  volume_sma: ofPeriod(1, reference.volumeSma),
  volume_ratio: ofPeriod(1, reference.volumeRatio),
  pivot_points: ofNothing(reference.pivotPoints),
  high_low: ofPeriod(1, reference.highLow),
  swing_high: ofPeriod(1, reference.swingHigh),
  swing_low: ofPeriod(1, reference.swingLow),
  avg_volume: ofPeriod(1, reference.volumeSma),
  avg_range: ofPeriod(1, reference.avgRange),
  gap_stats: ofPeriod(1, reference.gapStats),
  range_ratio: ofPeriod(1, reference.rangeRatio),
  atr_daily: ofPeriod(1, reference.atr),
  adx: ofPeriod(2, reference.adx),
  mfi: ofPeriod(1, reference.mfi),
  supertrend: fc.tuple(period(2), fc.constantFrom(0.5, 1, 3)).map(([n, multiplier]) => ({
    chosen: { period: n, params: { multiplier } },
    expected: (bars) => reference.supertrend(bars, n, multiplier),
  })),
  ichimoku: fc.tuple(period(1), period(1), period(1)).map(([conversion, base, span_b]) => ({
    chosen: { params: { conversion, base, span_b } },
    expected: (bars) => reference.ichimoku(bars, conversion, base, span_b),
  })),
  kama: fc
    .tuple(period(1), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 }))
    .map(([n, fast, slow]) => ({
      chosen: { period: n, params: { fast, slow } },
      expected: (bars) => reference.kama(bars, n, fast, slow),
    })),
  stoch_rsi: fc
    .tuple(period(2), period(2), fc.integer({ min: 1, max: 5 }))
    .map(([n, stoch_period, smooth]) => ({
      chosen: { period: n, params: { stoch_period, smooth_k: smooth, d_period: smooth } },
      expected: (bars) => reference.stochRsi(bars, n, stoch_period, smooth, smooth),
    })),
  parabolic_sar: fc
    .constantFrom([0.02, 0.2], [0.01, 0.1], [0.2, 0.3], [0.1, 0.1])
    .map(([step, max]) => ({
      chosen: { params: { step: step!, max: max! } },
      expected: (bars) => reference.parabolicSar(bars, step!, max!),
    })),
  aroon: ofPeriod(1, reference.aroon),
  chaikin_money_flow: ofPeriod(1, reference.chaikinMoneyFlow),
};

function ofPeriod(min: number, formula: (bars: Bars, n: number) => Rows): fc.Arbitrary<Case> {
  return period(min).map((n) => ({ chosen: { period: n }, expected: (bars) => formula(bars, n) }));
}

function ofNothing(expected: Case['expected']): fc.Arbitrary<Case> {
  return fc.constant({ chosen: {}, expected });
}

/** What differs by more than 1e-9 of the size that output has, or is ready in one of the two only. */
function differences(expected: Rows, found: readonly number[][]): string[] {
  const sizes = found[0]!.map((_, cell) =>
    Math.max(...found.map((row) => Math.abs(row[cell]!) || 0)),
  );
  return expected.flatMap((row, day) =>
    row.flatMap((value, cell) => {
      const actual = found[day]![cell]!;
      const same =
        value === null
          ? Number.isNaN(actual)
          : Math.abs(value - actual) <= 1e-9 * Math.max(Math.abs(value), sizes[cell]! * 0.01);
      return same ? [] : [`bar ${day}, output ${cell}: expected ${value}, found ${actual}`];
    }),
  );
}

describe('a literal formula', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    it(`gives what ${name} gives on any walk`, () => {
      fc.assert(
        fc.property(fc.integer(), cases, (seed, { chosen, expected }) => {
          const sessions = walk('1d', DAYS, seed);
          const found = runNamed(name, sessions, '1d', chosen);
          const bars = sessions.flatMap((session) => session.bars);
          expect(differences(expected(bars), found)).toEqual([]);
        }),
        { numRuns: 15 },
      );
    });
  }

  it('is there for all indicators but the opening range, which has no meaning on days', () => {
    const names = createRegistry().names();
    expect(names.filter((name) => !(name in CASES))).toEqual(['opening_range']);
  });
});
