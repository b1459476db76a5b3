import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/indicators/key.ts';
import { createRegistry } from '../../src/indicators/registry.ts';
import {
  type IndicatorSpec,
  resolveIndicator,
  settingsFor,
} from '../../src/indicators/resolution.ts';

const registry = createRegistry();

function resolved(spec: IndicatorSpec) {
  const resolution = resolveIndicator(spec, registry);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.indicator;
}

function problems(spec: IndicatorSpec): string[] {
  const resolution = resolveIndicator(spec, registry);
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('an indicator asked for', () => {
  it('gets the defaults of what it leaves open', () => {
    const { definition, period, params } = resolved({
      name: 'bbands',
      period: 20,
      interval: '5m',
    });
    expect(definition.name).toBe('bbands');
    expect([period, params]).toEqual([20, { num_std: 2 }]);
    expect(resolved({ name: 'volume_ratio', interval: '1m' }).period).toBe(20);
    expect(resolved({ name: 'vwap', interval: '1m', period: 0 }).period).toBe(0);
    expect(resolved({ name: 'vwap', interval: '1m', period: null }).period).toBe(0);
  });

  it('goes by a key of its name, period, interval and what is not default', () => {
    expect(resolved({ name: 'sma', period: 20, interval: '5m' }).key).toBe('sma_20_5m');
    expect(resolved({ name: 'vwap', interval: '1m' }).key).toBe('vwap_1m');
    expect(resolved({ name: 'volume_ratio', interval: '1m' }).key).toBe('volume_ratio_20_1m');
    const bands = { name: 'bbands', period: 20, interval: '5m' };
    expect(resolved({ ...bands, params: { num_std: 2 } }).key).toBe('bbands_20_5m');
    expect(resolved({ ...bands, params: { num_std: 3 } }).key).toBe('bbands_20_5m_num_std=3');
    const macd = { name: 'macd', interval: '15m', params: { slow: 30, fast: 10, signal: 9 } };
    expect(resolved(macd).key).toBe('macd_15m_fast=10_slow=30');
  });

  it('goes by the key it is given, if it is', () => {
    expect(resolved({ name: 'vwap', interval: '1m', key: 'mine' }).key).toBe('mine');
  });

  it('is on the interval in its canonical spelling', () => {
    const { key, interval } = resolved({ name: 'sma', period: 5, interval: '60m' });
    expect([key, interval]).toEqual(['sma_5_1h', '1h']);
  });
});

describe('an indicator that cannot be', () => {
  it('is told by its name', () => {
    expect(problems({ name: 'smaa', period: 20, interval: '5m' })).toEqual([
      'name: "smaa" is no indicator: did you mean "sma"?',
    ]);
    expect(problems({ name: 'bollinger', interval: '5m' })[0]).toContain(': known are adx, aroon,');
  });

  it('is told by its interval', () => {
    expect(problems({ name: 'sma', period: 20, interval: '5x' })).toEqual([
      'interval: "5x" is not an interval: write a number and one of s, m, h, d, w',
    ]);
  });

  it.each([
    [undefined, ''],
    [0, ', found 0'],
    [1, ', found 1'],
    [-3, ', found -3'],
    [2.5, ', found 2.5'],
    [Number.NaN, ', found NaN'],
    ['20', ', found "20"'],
    [1_000_000, ', found 1000000'],
  ])('is told by its period %s', (period, found) => {
    expect(problems({ name: 'bbands', period, interval: '5m' })).toEqual([
      `period: bbands needs a period in bars, a whole number from 2 to 100000${found}`,
    ]);
  });

  it('is told by a period it has no use for', () => {
    expect(problems({ name: 'vwap', period: 20, interval: '5m' })).toEqual([
      'period: vwap has no period, found 20: leave it out',
    ]);
  });

  it('is told by its params, all of them at once', () => {
    const params = { fats: 5, slow: 0, signal: 'nine' };
    expect(problems({ name: 'macd', interval: '5m', params })).toEqual([
      'params.fats: "fats" is no param of macd: did you mean "fast"?',
      'params.slow: macd: slow is a whole number from 1 to 100000, found 0',
      'params.signal: macd: signal is a whole number from 1 to 100000, found "nine"',
    ]);
    expect(problems({ name: 'sma', period: 5, interval: '5m', params: { length: 3 } })).toEqual([
      'params.length: "length" is no param of sma: it has none',
    ]);
    expect(
      problems({ name: 'bbands', period: 5, interval: '5m', params: { num_std: -1 } }),
    ).toEqual(['params.num_std: bbands: num_std is a number of 0 or more, found -1']);
  });

  it('is not fooled by what every object has', () => {
    const params = { constructor: 1 };
    expect(problems({ name: 'macd', interval: '5m', params })).toHaveLength(1);
  });

  it.each([
    [{ name: 'macd', params: { fast: 26 } }, 'macd: fast 26 must be below slow 26'],
    [{ name: 'kama', period: 10, params: { slow: 2 } }, 'kama: fast 2 must be below slow 2'],
    [
      { name: 'ultimate_osc', params: { period1: 20 } },
      'ultimate_osc: period1 20, period2 14 and period3 28 must ascend',
    ],
    [
      { name: 'parabolic_sar', params: { step: 0.3 } },
      'parabolic_sar: step 0.3 must not be above max 0.2',
    ],
  ])('is told by params that do not fit together: %j', (spec, message) => {
    expect(problems({ ...spec, interval: '5m' })).toEqual([`params: ${message}`]);
  });
});

describe('keyOf', () => {
  it('sorts params by name', () => {
    const params = { b: { default: 1, min: 0 }, a: { default: 1, min: 0 } };
    const given = { interval: '1d', period: 3, params: { b: 2, a: 0.5 } };
    expect(keyOf({ name: 'mine', params }, given)).toBe('mine_3_1d_a=0.5_b=2');
  });
});

describe('settingsFor', () => {
  const market = { sessionMs: 390 * 60_000, sessionsPerYear: 252 };
  const barsOn = (interval: string) => {
    const found = settingsFor(resolved({ name: 'vwap', interval }), market);
    return [found.barsPerSession, found.barsPerYear];
  };

  it('counts the bars of a session and of a year', () => {
    expect(barsOn('1m')).toEqual([390, 98_280]);
    expect(barsOn('1s')).toEqual([23_400, 5_896_800]);
    expect(barsOn('1h')).toEqual([7, 1764]);
    expect(barsOn('45m')).toEqual([9, 2268]);
    expect(barsOn('1d')).toEqual([1, 252]);
    expect(barsOn('2d')).toEqual([1, 126]);
    expect(barsOn('1w')).toEqual([1, 52]);
    expect(barsOn('2w')).toEqual([1, 26]);
  });
});
