import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/domain/facts.ts';
import { factJson } from '../../src/inspect/factJson.ts';

const AT = Date.parse('2024-01-02T14:47:00Z');

/** The line that `openbell log --json` prints. */
const lineOf = (fact: object) => JSON.stringify(factJson(fact as Fact));

describe('a fact as JSON', () => {
  it('begins with its envelope, whatever order its keys are in', () => {
    const fact = {
      valid: true,
      key: 'sma_20_1m',
      symbol: 'TSLA',
      value: 250.91,
      cause: 184211,
      by: 'session/processor',
      type: 'IndicatorUpdated',
      at: AT,
      seq: 184212,
    };
    expect(lineOf(fact)).toBe(
      '{"seq":184212,"at":"2024-01-02T14:47:00.000Z","type":"IndicatorUpdated",' +
        '"by":"session/processor","cause":184211,"valid":true,"key":"sma_20_1m","symbol":"TSLA","value":250.91}',
    );
  });

  it('tells when a bar opened', () => {
    const bar = {
      seq: 7,
      at: AT,
      type: 'BarAppended',
      by: 'session/feed',
      cause: null,
      symbol: 'TSLA',
      interval: '1m',
      opened: AT - 60_000,
      open: 1,
      high: 2,
      low: 0.5,
      close: 1.5,
      volume: 100,
      count: 1,
      expected: 1,
    };
    expect(lineOf(bar)).toBe(
      '{"seq":7,"at":"2024-01-02T14:47:00.000Z","type":"BarAppended","by":"session/feed",' +
        '"cause":null,"symbol":"TSLA","interval":"1m","opened":"2024-01-02T14:46:00.000Z",' +
        '"open":1,"high":2,"low":0.5,"close":1.5,"volume":100,"count":1,"expected":1}',
    );
  });

  it.each([
    ['ClockAdvanced', { from: AT - 60_000, to: AT }, ['from', 'to']],
    [
      'SessionActivated',
      { date: '2024-01-02', open: AT - 60_000, close: AT, symbols: [] },
      ['open', 'close'],
    ],
    [
      'GapDetected',
      { symbol: 'A', interval: '1m', start: AT - 60_000, end: AT, missing: 1 },
      ['start', 'end'],
    ],
  ])('writes the times of %s out', (type, fields, [first, last]) => {
    const json = factJson({ seq: 1, at: AT, type, by: 'session', cause: null, ...fields } as Fact);
    expect(json[first!]).toBe('2024-01-02T14:46:00.000Z');
    expect(json[last!]).toBe('2024-01-02T14:47:00.000Z');
  });

  it('writes out when historical bars opened, and leaves the fact as it was', () => {
    const columns = { opened: [AT], close: [1.5] };
    const fact = { seq: 1, at: AT, type: 'HistoricalBarsLoaded', by: 'x', cause: 1, columns };
    expect(factJson(fact as unknown as Fact).columns).toEqual({
      opened: ['2024-01-02T14:47:00.000Z'],
      close: [1.5],
    });
    expect(columns.opened).toEqual([AT]);
  });
});
