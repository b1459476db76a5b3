import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/domain/bars.ts';
import { UsageError } from '../../src/domain/errors.ts';
import type { Indicator, IndicatorDefinition } from '../../src/indicators/indicator.ts';
import { createRegistry } from '../../src/indicators/registry.ts';
import { oneBarIndicator } from '../support.ts';
import { describeContract } from './contract.ts';

/** What a user would write: the middle of the bar. */
class Midpoint implements Indicator {
  readonly out = new Float64Array(1).fill(Number.NaN);

  update(bar: Readonly<Bar>): void {
    this.out[0] = (bar.high + bar.low) / 2;
  }
}

const midpoint = oneBarIndicator('midpoint', () => new Midpoint());

describeContract(midpoint);

describe('createRegistry', () => {
  it('holds every indicator that is promised', () => {
    const promised =
      'sma ema wma dema tema hma vwap twap rsi macd stochastic cci roc mom williams_r ultimate_osc ' +
      'atr bbands keltner donchian stddev histvol obv pvt volume_sma volume_ratio pivot_points ' +
      'high_low swing_high swing_low avg_volume avg_range gap_stats range_ratio atr_daily ' +
      'adx mfi supertrend ichimoku opening_range kama stoch_rsi parabolic_sar aroon chaikin_money_flow';
    expect(createRegistry().names()).toEqual(promised.split(' ').sort());
  });

  it('names the outputs as promised', () => {
    const registry = createRegistry();
    const several = registry
      .names()
      .map((name) => [name, registry.find(name)!.outputs.join(' ')])
      .filter(([, outputs]) => outputs !== '');
    expect(Object.fromEntries(several)).toEqual({
      macd: 'macd signal histogram',
      bbands: 'upper middle lower bandwidth',
      stochastic: 'k d',
      stoch_rsi: 'k d',
      keltner: 'upper middle lower',
      donchian: 'upper middle lower',
      adx: 'adx plus_di minus_di',
      aroon: 'up down oscillator',
      supertrend: 'value direction',
      ichimoku: 'conversion base span_a span_b lagging',
      pivot_points: 'pp r1 r2 r3 s1 s2 s3',
      high_low: 'high low',
      opening_range: 'high low',
      gap_stats: 'avg_gap gap_count gap_up_count gap_down_count',
    });
  });

  it('gives the params their promised defaults', () => {
    const registry = createRegistry();
    const withParams = registry.names().flatMap((name) => {
      const params = Object.entries(registry.find(name)!.params);
      return params.length === 0
        ? []
        : [[name, params.map(([p, r]) => `${p} ${r.default}`).join()]];
    });
    expect(Object.fromEntries(withParams)).toEqual({
      macd: 'fast 12,slow 26,signal 9',
      bbands: 'num_std 2',
      stochastic: 'smooth_k 3,d_period 3',
      keltner: 'multiplier 2,atr_period 10',
      ultimate_osc: 'period1 7,period2 14,period3 28',
      supertrend: 'multiplier 3',
      parabolic_sar: 'step 0.02,max 0.2',
      kama: 'fast 2,slow 30',
      ichimoku: 'conversion 9,base 26,span_b 52',
      stoch_rsi: 'stoch_period 14,smooth_k 3,d_period 3',
      opening_range: 'minutes 30',
    });
  });

  it('restarts with the session what is anchored to it', () => {
    const registry = createRegistry();
    const anchored = registry.names().filter((name) => registry.find(name)!.reset === 'session');
    expect(anchored).toEqual(['obv', 'opening_range', 'pvt', 'twap', 'vwap']);
  });

  it('says of every indicator what it is and where it comes from', () => {
    const registry = createRegistry();
    for (const name of registry.names()) {
      const { summary, source } = registry.find(name)!;
      expect(summary, name).toMatch(/^[A-Z].*\.$/);
      expect(source, name).not.toBe('');
    }
  });

  it('takes what its user defines, and no other registry does', () => {
    const [mine, other] = [createRegistry(), createRegistry()];
    mine.define(midpoint);
    expect(mine.find('midpoint')).toBe(midpoint);
    expect(other.find('midpoint')).toBeUndefined();
  });

  it('takes a default at the very end of its bounds', () => {
    const params = { low: { default: 1, min: 1, max: 2 }, high: { default: 2, min: 1, max: 2 } };
    const period = { min: 3, default: 3 };
    expect(() => createRegistry().define({ ...midpoint, params, period })).not.toThrow();
  });

  it('refuses a name that is taken', () => {
    const registry = createRegistry();
    expect(() => registry.define({ ...midpoint, name: 'sma' })).toThrow(UsageError);
    registry.define(midpoint);
    expect(() => registry.define(midpoint)).toThrow(
      'indicator "midpoint" cannot be defined: its name is taken',
    );
  });

  it.each<[Partial<IndicatorDefinition>, string]>([
    [{ name: 'MidPoint' }, 'its name must be lower snake case, such as "my_average"'],
    [{ outputs: ['up', 'up'] }, 'two of its outputs have one name'],
    [{ outputs: ['up', 'Down'] }, '"Down" must be lower snake case, such as "num_std"'],
    [{ params: { 'a b': { default: 1, min: 0 } } }, '"a b" must be lower snake case'],
    [{ period: { min: 0 } }, 'its smallest period must be a whole number of 1 or more'],
    [{ period: { min: 5, default: 3 } }, 'and not above the default'],
    [
      { params: { size: { default: 1, min: 2 } } },
      'the default 1 of "size" is outside its own bounds',
    ],
    [
      { params: { size: { default: 1.5, min: 1, integer: true } } },
      'the default 1.5 of "size" is not a whole number',
    ],
  ])('refuses the unsound definition %j', (change, reason) => {
    expect(() => createRegistry().define({ ...midpoint, ...change })).toThrow(reason);
  });
});
