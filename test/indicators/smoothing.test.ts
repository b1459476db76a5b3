import { describe, expect, it } from 'vitest';
import {
  emaAlpha,
  Smoothing,
  smoothingMemory,
  wilderAlpha,
} from '../../src/indicators/smoothing.ts';

const fed = (smoothing: Smoothing, values: readonly number[]) =>
  values.map((value) => smoothing.add(value));

describe('Smoothing', () => {
  it('starts from the mean of its first values', () => {
    const { NaN: none } = Number;
    expect(fed(new Smoothing(3, emaAlpha(3)), [1, 2, 6, 5, 1])).toEqual([none, none, 3, 4, 2.5]);
    expect(fed(new Smoothing(4, wilderAlpha(4)), [1, 2, 3, 6, 7, 0])).toEqual([
      none,
      none,
      none,
      3,
      4,
      3,
    ]);
  });

  it('is the value itself with a look-back of one', () => {
    expect(fed(new Smoothing(1, emaAlpha(1)), [3, 8, 5])).toEqual([3, 8, 5]);
    expect(smoothingMemory(1, emaAlpha(1))).toBe(1);
  });

  it('has forgotten where it started after its memory, and not long before', () => {
    for (const [period, alpha] of [
      [20, emaAlpha(20)],
      [14, wilderAlpha(14)],
      [200, wilderAlpha(200)],
    ] as const) {
      const memory = smoothingMemory(period, alpha);
      const rest = Array.from({ length: memory - period }, () => 1);
      const seeds = Array.from({ length: period }, () => 2);
      const left = fed(new Smoothing(period, alpha), [...seeds, ...rest]).map((value) => value - 1);
      expect(left.at(-1)).toBeLessThan(1e-9);
      expect(left[Math.floor(memory * 0.8)]).toBeGreaterThan(1e-9);
    }
  });
});
