import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/index.ts';
import { conditionOf, holds } from '../../src/inspect/condition.ts';
import { FACT_TYPES, fieldsOf } from '../../src/inspect/factTypes.ts';

const ZONE = 'America/New_York';
const AT = Date.parse('2024-01-02T14:47:00Z');
const envelope = { seq: 7, at: AT, by: 'session/processor', cause: 5 };
const bar = {
  ...{ ...envelope, type: 'BarDerived', symbol: 'TSLA', interval: '5m', opened: AT - 300_000 },
  ...{ open: 1, high: 3, low: -0.5, close: 2.5, volume: 1200, count: 4, expected: 5 },
} as Fact;
const value = {
  ...{ ...envelope, type: 'IndicatorUpdated', symbol: 'TSLA', key: 'macd_1m', valid: false },
  value: { macd: 0.25, signal: null, histogram: -1 },
} as Fact;
const signal = {
  ...{ ...envelope, type: 'SignalEmitted', strategy: 's', symbol: 'TSLA', side: 'buy' },
  ...{ strength: 1, reason: 'fast above slow' },
} as Fact;

const isTrue = (text: string, fact: Fact) => holds(conditionOf(text, FACT_TYPES, ZONE), fact);

describe('a condition', () => {
  it.each<[Fact, string[]]>([
    [
      bar,
      [
        'close > 2.4',
        'close>=2.5',
        'close = 2.50',
        'close == 2.5',
        'low < 0',
        'low<=-0.5',
        'volume = 1.2e3',
        'close != 3',
        'symbol = TSLA',
        'symbol ~ SL',
        'symbol !~ AAPL',
        'interval = "5m"',
        'cause = 5',
        'opened = 2024-01-02T09:42',
        'opened >= 2024-01-02T14:42:00Z',
        'at < 2024-01-02T09:47:01',
      ],
    ],
    [
      value,
      [
        'value.macd = 0.25',
        'value.signal = null',
        'valid = false',
        'value ~ histogram',
        'valid != true',
      ],
    ],
    [signal, ['reason ~ above', "reason = 'fast above slow'", 'side != sell', 'strength >= 1']],
  ])('holds', (fact, texts) => {
    for (const text of texts) expect([text, isTrue(text, fact)]).toEqual([text, true]);
  });

  it.each<[Fact, string[]]>([
    [
      bar,
      [
        'close > 2.5',
        'close < abc',
        'symbol = tsla',
        'reason ~ above',
        'reason != above',
        'opened > 2024-01-02T09:42',
        'opened > 5',
        'symbol.length = 4',
      ],
    ],
    [value, ['value.macd > 0.25', 'value.signal < 1', 'value.trigger = null', 'valid = true']],
    [signal, ['reason = fast', 'reason !~ fast', 'close > 0']],
  ])('does not hold', (fact, texts) => {
    for (const text of texts) expect([text, isTrue(text, fact)]).toEqual([text, false]);
  });

  it.each([
    ['close', '"close" is no condition: write a field, one of = != < <= > >= ~ !~ and a value'],
    ['> 5', '"> 5" is no condition'],
    ['close >> 5', '"close >> 5" is no condition'],
    ['clsoe > 5', 'none of these facts has a field "clsoe": did you mean "close"?'],
  ])('is refused as "%s"', (text, sentence) => {
    expect(() => conditionOf(text, FACT_TYPES, ZONE)).toThrow(sentence);
  });

  it('is about fields of the types that are asked for', () => {
    expect(() => conditionOf('strength > 0', ['BarAppended'], ZONE)).toThrow(
      'none of these facts has a field "strength"',
    );
    expect(conditionOf('strength > 0', ['SignalEmitted'], ZONE).path).toEqual(['strength']);
  });

  it('knows every field of every fact', () => {
    for (const fact of [bar, value, signal]) {
      expect(fieldsOf(fact.type)).toEqual(expect.arrayContaining(Object.keys(fact)));
    }
  });
});
