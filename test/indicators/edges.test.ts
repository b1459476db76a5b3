import { describe, expect, it } from 'vitest';
import { type Chosen, inSessions, runNamed } from './markets.ts';

type Price = { open: number; high: number; low: number; close: number; volume: number };

const { NaN: none } = Number;

/** Last outputs over daily bars. */
function last(name: string, prices: readonly Price[], chosen: Chosen = {}): number[] {
  return runNamed(name, inSessions('1d', prices), '1d', chosen).at(-1)!;
}

const still = (close: number, volume = 100): Price => ({
  open: close,
  high: close,
  low: close,
  close,
  volume,
});
const closing = (...closes: number[]) => closes.map((close) => still(close));
const bars = (...highsAndLows: (readonly [number, number])[]) =>
  highsAndLows.map(([high, low]) => ({
    open: low,
    high,
    low,
    close: (high + low) / 2,
    volume: 100,
  }));
/** Prices that decimals cannot hold exactly, so that sloppy sums show. */
const flat = Array.from({ length: 60 }, () => still(50.1));

describe('a flat market', () => {
  it('has averages at the price', () => {
    for (const name of ['sma', 'ema', 'wma', 'dema', 'tema', 'hma', 'kama']) {
      expect(last(name, flat, { period: 14 })[0], name).toBeCloseTo(50.1, 12);
    }
  });

  it('has no spread at all', () => {
    expect(last('stddev', flat, { period: 14 })).toEqual([0]);
    expect(last('histvol', flat, { period: 14 })).toEqual([0]);
    expect(last('bbands', flat, { period: 14 })).toEqual([50.1, 50.1, 50.1, 0]);
    expect(last('atr', flat, { period: 14 })).toEqual([0]);
  });

  it('has oscillators at a fixed end', () => {
    expect(last('rsi', flat, { period: 14 })).toEqual([100]);
    expect(last('mfi', flat, { period: 14 })).toEqual([100]);
    expect(last('stochastic', flat, { period: 14 })).toEqual([0, 0]);
    expect(last('stoch_rsi', flat, { period: 14 })).toEqual([0, 0]);
    expect(last('williams_r', flat, { period: 14 })).toEqual([-100]);
    expect(last('adx', flat, { period: 14 })).toEqual([0, 0, 0]);
    expect(last('chaikin_money_flow', flat, { period: 14 })).toEqual([0]);
  });

  it('has no value where the formula divides by its range', () => {
    expect(last('cci', flat, { period: 14 })).toEqual([none]);
    expect(last('cci', [still(12.3), ...flat], { period: 9 })).toEqual([none]);
    expect(last('range_ratio', flat, { period: 14 })).toEqual([none]);
    expect(last('ultimate_osc', flat)).toEqual([none]);
  });

  it('has no swings', () => {
    expect(last('swing_high', flat, { period: 2 })).toEqual([none]);
    expect(last('swing_low', flat, { period: 2 })).toEqual([none]);
  });
});

describe('a market that stands still after it moved', () => {
  const stopped = [...closing(10, 11.3, 10.7, 12.9, 12.1, 13.3, 12.8), ...flat.slice(0, 20)];

  it('keeps the relative strength it had, to the bit', () => {
    const values = runNamed('rsi', inSessions('1d', stopped), '1d', { period: 3 }).flat().slice(8);
    expect(new Set(values).size).toBe(1);
    expect(values[0]).toBeLessThan(100);
  });

  it('has a stochastic of its relative strength of 0, not of rounding errors', () => {
    const chosen = { period: 3, params: { stoch_period: 5, smooth_k: 1, d_period: 1 } };
    expect(last('stoch_rsi', stopped, chosen)).toEqual([0, 0]);
  });

  it('has no deviation once the moves have left the window', () => {
    expect(last('stddev', stopped, { period: 14 })).toEqual([0]);
  });
});

describe('volume', () => {
  it('that never trades leaves its ratios without value', () => {
    const quiet = Array.from({ length: 30 }, (_, i) => ({ ...still(50 + i), volume: 0 }));
    expect(last('volume_ratio', quiet)).toEqual([none]);
    expect(last('chaikin_money_flow', quiet, { period: 5 })).toEqual([none]);
    expect(last('volume_sma', quiet, { period: 5 })).toEqual([0]);
    expect(last('obv', quiet)).toEqual([0]);
  });

  it('is measured against an average it is part of', () => {
    const prices = [still(10, 100), still(10, 100), still(10, 400)];
    expect(last('volume_ratio', prices, { period: 3 })).toEqual([2]);
  });
});

describe('relative strength', () => {
  it('is 100 where the close only rises and 0 where it only falls', () => {
    const rising = closing(...Array.from({ length: 20 }, (_, i) => 100 + i));
    expect(last('rsi', rising, { period: 14 })).toEqual([100]);
    expect(last('rsi', rising.toReversed(), { period: 14 })).toEqual([0]);
  });
});

describe('rates of change', () => {
  it('from a close of zero have no value', () => {
    expect(last('roc', closing(0, 5), { period: 1 })).toEqual([none]);
    expect(last('mom', closing(0, 5), { period: 1 })).toEqual([5]);
    expect(last('pvt', closing(0, 5))).toEqual([0]);
    expect(last('histvol', closing(1, 2, 0, 4, 5), { period: 3 })).toEqual([none]);
  });
});

describe('swings', () => {
  const peak = bars([5, 1], [6, 2], [9, 4], [7, 3], [6, 2], [5, 1]);

  it('are known as many bars later as they must stand out from', () => {
    const rows = runNamed('swing_high', inSessions('1d', peak), '1d', { period: 2 });
    expect(rows.flat()).toEqual([none, none, none, none, 9, 9]);
  });

  it('are no swings where a neighbour is equal', () => {
    const twins = bars([5, 4], [9, 4], [9, 4], [5, 4], [5, 4]);
    expect(last('swing_high', twins, { period: 1 })).toEqual([none]);
    expect(last('swing_low', bars([9, 3], [8, 1], [8, 1], [9, 3]), { period: 1 })).toEqual([none]);
  });

  it('stay until the next one', () => {
    const prices = bars([5, 1], [9, 2], [5, 1], [7, 2], [8, 0], [9, 3], [8, 1]);
    const rows = runNamed('swing_low', inSessions('1d', prices), '1d', { period: 1 });
    expect(rows.flat()).toEqual([none, none, none, 1, 1, 0, 0]);
  });
});

describe('aroon', () => {
  it('counts from the older of equal extremes', () => {
    const prices = bars([5, 3], [9, 1], [9, 1], [6, 2], [6, 2]);
    expect(last('aroon', prices, { period: 4 })).toEqual([25, 25, 0]);
  });
});

describe('parabolic_sar', () => {
  it('follows a worksheet from turn to turn', () => {
    const prices = bars([11, 10], [12, 11], [11, 9.5], [10, 9], [9.5, 8.5], [13, 9]);
    const rows = runNamed('parabolic_sar', inSessions('1d', prices), '1d').flat();
    // Rising at first: 10, then 10 + 0.02 · (11 − 10); the third low breaks min(10.04 + …, 10, 11) = 10 and
    // turns the trend at 12. Then 12 + 0.02 · (9.5 − 12) = 11.95, held up to the highs before, 12.
    // Factor 0.04 and extreme 9: 12 + 0.04 · (9 − 12) = 11.88; the last high breaks it and the stop is 8.5.
    expect(rows).toEqual([none, none, none, 12, 11.88, 8.5]);
  });
});

describe('extremes', () => {
  it('include the current bar', () => {
    const prices = bars([9, 5], [8, 6], [12, 4]);
    expect(last('high_low', prices, { period: 2 })).toEqual([12, 4]);
    expect(last('donchian', prices, { period: 2 })).toEqual([12, 8, 4]);
  });

  it('may be below zero', () => {
    expect(last('high_low', bars([-5, -9], [-6, -8]), { period: 2 })).toEqual([-5, -9]);
    expect(last('high_low', bars([0, 0], [0, 0]), { period: 2 })).toEqual([0, 0]);
  });
});

describe('macd', () => {
  it('shows its line before its signal', () => {
    const prices = closing(1, 2, 4, 8, 16);
    const chosen = { params: { fast: 1, slow: 2, signal: 3 } };
    const rows = runNamed('macd', inSessions('1d', prices), '1d', chosen);
    expect(rows[0]).toEqual([none, none, none]);
    // fast 2, slow 1.5
    expect(rows[1]).toEqual([0.5, none, none]);
    expect(rows[3]!.every((cell) => !Number.isNaN(cell))).toBe(true);
  });
});

describe('supertrend', () => {
  it('turns down on a close at its band, up only above it', () => {
    const prices = [...bars([11, 9], [11, 9], [11, 9], [10, 8], [11, 9]), still(10)];
    const chosen = { period: 2, params: { multiplier: 0 } };
    const rows = runNamed('supertrend', inSessions('1d', prices), '1d', chosen).slice(2);
    // Both bands at 10, then 9 and 10: the lower has not been closed below.
    expect(rows).toEqual([
      [10, -1],
      [9, -1],
      [10, 1],
      [10, -1],
    ]);
  });

  const level = bars([11, 9], [11, 9], [11, 9]);

  it('starts upwards where the close is in the middle of the bar', () => {
    expect(last('supertrend', level, { period: 2, params: { multiplier: 1 } })).toEqual([8, 1]);
  });

  it('keeps a band that the close only touches', () => {
    const touched = [...level, { ...still(9.5), high: 10, low: 8 }];
    expect(last('supertrend', touched, { period: 2, params: { multiplier: 0 } })).toEqual([10, 1]);
  });
});

describe('keltner', () => {
  it('shows its middle before its bands where the true range takes longer', () => {
    const chosen = { period: 2, params: { atr_period: 3 } };
    expect(last('keltner', closing(1, 3), chosen)).toEqual([none, 2, none]);
  });
});
