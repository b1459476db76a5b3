import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/indicators/registry.ts';
import { settingsOf } from './markets.ts';

const never = Number.POSITIVE_INFINITY;

/** Name, usual period, then warm-up and memory in bars: on days, and on sessions of twelve bars. */
const BARS: readonly [
  name: string,
  period: number | undefined,
  days: readonly [number, number],
  intraday: readonly [number, number],
][] = [
  ['adx', 14, [28, 651], [28, 651]],
  ['aroon', 25, [26, 26], [26, 26]],
  ['atr', 14, [15, 326], [15, 326]],
  ['atr_daily', 14, [15, 326], [181, 3936]],
  ['avg_range', 20, [20, 20], [20, 20]],
  ['avg_volume', 20, [20, 20], [20, 20]],
  ['bbands', 20, [20, 20], [20, 20]],
  ['cci', 20, [20, 20], [20, 20]],
  ['chaikin_money_flow', 20, [20, 20], [20, 20]],
  ['dema', 14, [14, 350], [14, 350]],
  ['donchian', 20, [20, 20], [20, 20]],
  ['ema', 20, [20, 251], [20, 251]],
  ['gap_stats', 20, [21, 21], [241, 252]],
  ['high_low', 20, [20, 20], [20, 20]],
  ['histvol', 20, [21, 21], [21, 21]],
  ['hma', 14, [16, 16], [16, 16]],
  ['ichimoku', undefined, [78, 78], [78, 78]],
  ['kama', 10, [10, 5532], [10, 5532]],
  ['keltner', 20, [20, 251], [20, 251]],
  ['macd', undefined, [34, 519], [34, 519]],
  ['mfi', 14, [15, 15], [15, 15]],
  ['mom', 14, [15, 15], [15, 15]],
  ['obv', undefined, [1, never], [1, 0]],
  ['opening_range', undefined, [1, never], [6, 0]],
  ['parabolic_sar', undefined, [3, 500], [3, 500]],
  ['pivot_points', undefined, [2, 2], [13, 24]],
  ['pvt', undefined, [1, never], [1, 0]],
  ['range_ratio', 20, [20, 20], [20, 20]],
  ['roc', 14, [15, 15], [15, 15]],
  ['rsi', 14, [15, 326], [15, 326]],
  ['sma', 20, [20, 20], [20, 20]],
  ['stddev', 14, [14, 14], [14, 14]],
  ['stoch_rsi', 14, [32, 343], [32, 343]],
  ['stochastic', 14, [18, 18], [18, 18]],
  ['supertrend', 10, [11, 338], [11, 338]],
  ['swing_high', 5, [11, 501], [11, 501]],
  ['swing_low', 5, [11, 501], [11, 501]],
  ['tema', 14, [14, 525], [14, 525]],
  ['twap', undefined, [1, never], [1, 0]],
  ['ultimate_osc', undefined, [29, 29], [29, 29]],
  ['volume_ratio', 20, [20, 20], [20, 20]],
  ['volume_sma', 20, [20, 20], [20, 20]],
  ['vwap', undefined, [1, never], [1, 0]],
  ['williams_r', 14, [14, 14], [14, 14]],
  ['wma', 14, [14, 14], [14, 14]],
];

describe('warm-up and memory', () => {
  it.each(BARS)('of %s %s are %j bars on days, %j intraday', (name, period, days, intraday) => {
    const definition = createRegistry().find(name)!;
    const found = ['1d', '5m'].map((interval) => {
      const settings = settingsOf(definition, interval, period === undefined ? {} : { period });
      return [definition.warmup(settings), definition.memory(settings)];
    });
    expect(found).toEqual([days, intraday]);
  });

  it('are known of every indicator', () => {
    expect(BARS.map(([name]) => name)).toEqual(createRegistry().names());
  });

  it.each([
    ['parabolic_sar', {}, { step: 0.01 }, 1000],
    ['supertrend', { period: 10 }, { multiplier: 1 }, 242],
    ['keltner', { period: 5 }, { atr_period: 14 }, 326],
    ['ichimoku', {}, { conversion: 60, base: 20, span_b: 52 }, 80],
  ])('of %s follow its params', (name, chosen, params, memory) => {
    const definition = createRegistry().find(name)!;
    expect(definition.memory(settingsOf(definition, '1d', { ...chosen, params }))).toBe(memory);
  });
});
