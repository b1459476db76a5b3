import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../src/indicators/registry.ts';
import { describeContract } from './contract.ts';
import type { Chosen } from './markets.ts';

/** Usual and unusual choices of every built-in indicator: the smallest period is among them. */
const CHOICES: Readonly<Record<string, readonly Chosen[]>> = {
  sma: [{ period: 1 }, { period: 20 }],
  ema: [{ period: 1 }, { period: 20 }],
  wma: [{ period: 1 }, { period: 14 }],
  dema: [{ period: 1 }, { period: 14 }],
  tema: [{ period: 1 }, { period: 14 }],
  hma: [{ period: 2 }, { period: 14 }],
  vwap: [{}],
  twap: [{}],
  rsi: [{ period: 1 }, { period: 14 }],
  macd: [{}, { params: { fast: 1, slow: 2, signal: 1 } }],
  stochastic: [{ period: 1, params: { smooth_k: 1, d_period: 1 } }, { period: 14 }],
  cci: [{ period: 20 }],
  roc: [{ period: 1 }, { period: 14 }],
  mom: [{ period: 1 }, { period: 14 }],
  williams_r: [{ period: 1 }, { period: 14 }],
  ultimate_osc: [{}, { params: { period1: 1, period2: 2, period3: 3 } }],
  atr: [{ period: 1 }, { period: 14 }],
  bbands: [{ period: 2 }, { period: 20, params: { num_std: 3 } }],
  keltner: [{ period: 20 }, { period: 5, params: { atr_period: 9, multiplier: 1 } }],
  donchian: [{ period: 1 }, { period: 20 }],
  stddev: [{ period: 2 }, { period: 14 }],
  histvol: [{ period: 2 }, { period: 20 }],
  obv: [{}],
  pvt: [{}],
  volume_sma: [{ period: 1 }, { period: 20 }],
  volume_ratio: [{}, { period: 1 }],
  pivot_points: [{}],
  high_low: [{ period: 1 }, { period: 20 }],
  swing_high: [{ period: 1 }, { period: 4 }],
  swing_low: [{ period: 1 }, { period: 4 }],
  avg_volume: [{ period: 1 }, { period: 10 }],
  avg_range: [{ period: 1 }, { period: 10 }],
  gap_stats: [{ period: 1 }, { period: 10 }],
  range_ratio: [{ period: 5 }, { period: 10 }],
  atr_daily: [{ period: 1 }, { period: 5 }],
  adx: [{ period: 2 }, { period: 14 }],
  mfi: [{ period: 1 }, { period: 14 }],
  supertrend: [{ period: 2, params: { multiplier: 1 } }, { period: 10 }],
  ichimoku: [{}, { params: { conversion: 12, base: 5, span_b: 3 } }],
  opening_range: [{}, { params: { minutes: 1 } }],
  kama: [{ period: 1, params: { fast: 2, slow: 5 } }, { period: 10 }],
  stoch_rsi: [{ period: 14 }, { period: 3, params: { stoch_period: 4, smooth_k: 1 } }],
  parabolic_sar: [{}, { params: { step: 0.1, max: 0.3 } }],
  aroon: [{ period: 1 }, { period: 25 }],
  chaikin_money_flow: [{ period: 1 }, { period: 20 }],
};

describe('the built-in indicators', () => {
  it('are all put to the contract', () => {
    expect(createRegistry().names()).toEqual(Object.keys(CHOICES).sort());
  });
});

for (const [name, choices] of Object.entries(CHOICES)) {
  for (const chosen of choices) describeContract(createRegistry().find(name)!, chosen);
}
