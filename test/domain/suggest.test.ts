import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, suggest } from '../../src/domain/suggest.ts';

describe('suggest', () => {
  const names = ['sma', 'ema', 'volume_sma', 'bbands', 'stochastic', 'macd'];

  it.each([
    ['smaa', 'sma'],
    ['mscd', 'macd'],
    ['band', 'bbands'],
    ['stocastic', 'stochastic'],
    ['volumeSma', 'volume_sma'],
    ['VOLUME-SMA', 'volume_sma'],
    ['msa', 'sma'],
  ])('takes "%s" for "%s"', (word, meant) => {
    expect(suggest(word, names)).toBe(meant);
  });

  it.each(['', 'vwap', 'x', 'moving_average'])('has nothing for "%s"', (word) => {
    expect(suggest(word, names)).toBeUndefined();
  });

  it('takes the first of equally near ones', () => {
    expect(suggest('cat', ['bat', 'hat'])).toBe('bat');
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['fats', 'fast', 1],
    ['ca', 'abc', 3],
  ])('from "%s" to "%s" is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is the same both ways, 0 only from a word to itself, and at most the longer word', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
