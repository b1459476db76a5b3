import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import { FactLines } from '../../src/inspect/factText.ts';

const AT = Date.parse('2024-01-02T14:35:00Z');
const lines = new FactLines('America/New_York', 12_345);

function lineOf(type: string, fields: object) {
  const fact = { seq: 42, at: AT, type, by: 'session/x', cause: 41, ...fields };
  return lines.line(fact as Fact);
}

describe('a fact as a line', () => {
  it('has columns for seq, exchange time, type, symbol, gist and origin', () => {
    const fields = { symbol: 'AAPL', key: 'sma_20_5m', value: 336.06600000000003, valid: true };
    expect(lineOf('IndicatorUpdated', fields)).toBe(
      '   42  2024-01-02 09:35:00  IndicatorUpdated         AAPL    ' +
        'sma_20_5m 336.066                                         session/x ← 41',
    );
  });

  it.each([
    [
      'BarDerived',
      {
        symbol: 'A',
        interval: '5m',
        opened: AT - 300_000,
        open: 1,
        high: 4,
        low: 0.5,
        close: 3,
        volume: 9,
        count: 4,
        expected: 5,
      },
      '5m 09:30:00 o 1 h 4 l 0.5 c 3 v 9, 4 of 5 bars',
    ],
    [
      'IndicatorUpdated',
      { symbol: 'A', key: 'macd_1m', value: { macd: 0.12345678, signal: null }, valid: false },
      'macd_1m macd 0.123457 signal none, warming up',
    ],
    [
      'IndicatorUpdated',
      { symbol: 'A', key: 'vwap_1m', value: null, valid: false },
      'vwap_1m none, warming up',
    ],
    [
      'GapDetected',
      { symbol: 'A', interval: '1m', start: AT - 120_000, end: AT, missing: 2 },
      '1m 09:33:00 to 09:35:00, 2 missing',
    ],
    [
      'QualityScored',
      { symbol: 'A', interval: '1m', quality: 99.23076923076923, present: 387, expected: 390 },
      '1m 99.2308 %, 387 of 390 bars',
    ],
    [
      'RunStarted',
      { data: { A: '', B: '', C: '', D: '', E: '', F: '', G: '' } },
      'data of A, B, C, D, E and 2 more',
    ],
    [
      'HistoricalIndicatorCalculated',
      {
        symbol: 'A',
        key: 'high_3d',
        value: 1.23456789,
        from: '2024-01-02',
        to: '2024-01-04',
        days: 3,
      },
      'high_3d 1.234568, 3 days of 2024-01-02 to 2024-01-04',
    ],
    [
      'HistoricalIndicatorCalculated',
      { symbol: 'A', key: 'profile_9y', value: [1, null], from: null, to: null, days: 0 },
      'profile_9y 2 minutes, 0 days of none to none',
    ],
    ['TransitionTaken', { actor: 'session', message: 'go', from: null, to: 'a' }, '→ a, on go'],
    [
      'ActorSetUp',
      { actor: 'processor', allocated: { symbols: 2, names: ['x'] } },
      'processor symbols 2, names ["x"]',
    ],
    ['RunCompleted', { sessions: 1 }, '1 session'],
  ])('says of %s what is worth knowing', (type, fields, gist) => {
    expect(lineOf(type, fields)).toContain(`  ${gist}  `);
  });
});
