import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Lag,
  RollingExtreme,
  RollingSum,
  RollingVariance,
  RollingWeightedMean,
} from '../../src/indicators/rolling.ts';

const period = fc.integer({ min: 1, max: 12 });
/** Few different values, so that there are equal ones, zeros and runs. */
const values = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 60 });
const windows = (all: readonly number[], n: number) =>
  all.map((_, i) => all.slice(Math.max(0, i + 1 - n), i + 1));
const sum = (window: readonly number[]) => window.reduce((a, b) => a + b, 0);

describe('RollingSum', () => {
  it('is the sum of the last values', () => {
    fc.assert(
      fc.property(period, values, (n, all) => {
        const rolling = new RollingSum(n);
        for (const [i, window] of windows(all, n).entries()) {
          rolling.add(all[i]!);
          expect(rolling.sum).toBe(sum(window));
          expect(rolling.ready).toBe(window.length === n);
        }
      }),
    );
  });

  it('leaves nothing behind of what was enormous', () => {
    const rolling = new RollingSum(3);
    for (const value of [1e300, 0.1, 1e16, 0.1, 0.2, 0.3]) rolling.add(value);
    expect(rolling.sum).toBe(0.1 + 0.2 + 0.3);
    for (const value of [0, 0, 0]) rolling.add(value);
    expect(rolling.sum).toBe(0);
  });

  it('is not a number only while one of its values is none', () => {
    const rolling = new RollingSum(2);
    const sums = [1, Number.NaN, 1, 1].map((value) => {
      rolling.add(value);
      return rolling.sum;
    });
    expect(sums).toEqual([1, Number.NaN, Number.NaN, 2]);
  });
});

describe('RollingWeightedMean', () => {
  it('weighs the newest value most', () => {
    fc.assert(
      fc.property(period, values, (n, all) => {
        const rolling = new RollingWeightedMean(n);
        for (const [i, window] of windows(all, n).entries()) {
          const found = rolling.add(all[i]!);
          const weighted =
            sum(window.map((x, j) => x * (j + 1))) / sum(window.map((_, j) => j + 1));
          if (window.length < n) expect(found).toBeNaN();
          else expect(found).toBeCloseTo(weighted, 12);
        }
      }),
    );
  });
});

describe('RollingVariance', () => {
  it('is the mean and the squared deviations of the last values', () => {
    fc.assert(
      fc.property(period, values, (n, all) => {
        const rolling = new RollingVariance(n);
        for (const [i, window] of windows(all, n).entries()) {
          rolling.add(all[i]!);
          const mean = sum(window) / window.length;
          expect(rolling.mean).toBeCloseTo(mean, 12);
          expect(rolling.squares).toBeCloseTo(sum(window.map((x) => (x - mean) ** 2)), 11);
        }
      }),
    );
  });

  it('keeps a small spread on a high level', () => {
    const rolling = new RollingVariance(4);
    for (let i = 0; i < 1003; i++) rolling.add(1e9 + (i % 2));
    expect(rolling.squares).toBeCloseTo(1, 9);
  });

  it('is exactly nothing where all values are equal, whatever was before', () => {
    const rolling = new RollingVariance(5);
    for (const value of [1e6, -3, 0.7, 12, 0.1, 0.1, 0.1, 0.1, 0.1]) rolling.add(value);
    expect(rolling.squares).toBe(0);
    expect(rolling.mean).toBeCloseTo(0.1, 15);
  });
});

describe('RollingExtreme', () => {
  it('is the highest or lowest of the last values and the age of the oldest such one', () => {
    fc.assert(
      fc.property(period, values, fc.constantFrom(1 as const, -1 as const), (n, all, sign) => {
        const rolling = new RollingExtreme(n, sign);
        for (const [i, window] of windows(all, n).entries()) {
          rolling.add(all[i]!);
          const extreme = sign === 1 ? Math.max(...window) : Math.min(...window);
          expect(rolling.value + 0).toBe(extreme + 0);
          expect(rolling.age).toBe(window.length - 1 - window.indexOf(extreme));
        }
      }),
    );
  });
});

describe('Lag', () => {
  it('gives back the value of some steps ago', () => {
    const lag = new Lag(2);
    expect([1, 2, 3, 4].map((value) => lag.swap(value))).toEqual([Number.NaN, Number.NaN, 1, 2]);
  });
});
