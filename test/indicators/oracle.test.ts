import fc from 'fast-check';
import {
  CMF,
  DonchianChannels,
  KAMA,
  MFI,
  PVT,
  RSI,
  SMA,
  StochasticRSI,
  VWAP,
  WMA,
} from 'trading-signals';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/domain/bars.ts';
import { type Chosen, runNamed, walk } from './markets.ts';

/**
 * Another implementation of the same conventions, bar by bar; null = not ready. Left out is what starts
 * differently there: EMA, ADX, supertrend and parabolic SAR are seeded otherwise, DEMA and TEMA nest averages that
 * each warm up, Aroon takes the newer of equal extremes.
 */
const ORACLES: Readonly<
  Record<string, { chosen: Chosen; skip?: number; create: () => (bar: Bar) => (number | null)[] }>
> = {
  sma: { chosen: { period: 20 }, create: () => ofClose(new SMA(20)) },
  wma: { chosen: { period: 14 }, create: () => ofClose(new WMA(14)) },
  rsi: { chosen: { period: 14 }, create: () => ofClose(new RSI(14)) },
  kama: { chosen: { period: 10 }, create: () => ofClose(new KAMA(10)) },
  mfi: { chosen: { period: 14 }, create: () => ofBar(new MFI(14)) },
  vwap: { chosen: {}, create: () => ofBar(new VWAP()) },
  // It has no value for the first bar, where ours is 0.
  pvt: { chosen: {}, skip: 1, create: () => ofBar(new PVT()) },
  chaikin_money_flow: { chosen: { period: 20 }, create: () => ofBar(new CMF(20)) },
  stoch_rsi: {
    chosen: { period: 14, params: { smooth_k: 1, d_period: 1 } },
    create: () => {
      const next = ofClose(new StochasticRSI(14));
      return (bar) => next(bar).flatMap((k) => (k === null ? [null, null] : [100 * k, 100 * k]));
    },
  },
  donchian: {
    chosen: { period: 20 },
    create: () => {
      const channels = new DonchianChannels(20);
      return (bar) => {
        const value = channels.update(bar, false);
        return [value?.upper ?? null, value?.middle ?? null, value?.lower ?? null];
      };
    },
  },
};

function ofClose(oracle: { update(price: number, replace: boolean): number | null }) {
  return (bar: Bar) => [oracle.update(bar.close, false)];
}

function ofBar(oracle: { update(bar: Bar, replace: boolean): number | null }) {
  return (bar: Bar) => [oracle.update(bar, false)];
}

describe('trading-signals', () => {
  for (const [name, { chosen, skip = 0, create }] of Object.entries(ORACLES)) {
    it(`agrees on ${name}`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const sessions = walk('1d', 120, seed);
          const next = create();
          const expected = sessions.flatMap(({ bars }) => bars).map(next);
          const found = runNamed(name, sessions, '1d', chosen);
          for (const [day, row] of expected.entries()) {
            if (day < skip) continue;
            for (const [cell, value] of row.entries()) {
              if (value === null) expect(found[day]![cell]).toBeNaN();
              else
                expect(Math.abs(found[day]![cell]! - value)).toBeLessThan(
                  1e-9 * Math.max(1, Math.abs(value)),
                );
            }
          }
        }),
        { numRuns: 10 },
      );
    });
  }
});
