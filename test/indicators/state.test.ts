import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restoreState, saveState } from '../../src/indicators/state.ts';

class Part {
  value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

const throughJson = (state: unknown) => JSON.parse(JSON.stringify(state));

/** A part that held `value`, saved, sent through JSON and restored into one that holds `fresh`. */
function roundTrip(value: unknown, fresh: unknown): unknown {
  return restoreState(new Part(fresh), throughJson(saveState(new Part(value)))).value;
}

describe('a saved state', () => {
  it('holds any number to the bit', () => {
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(number, (value) => {
        expect(roundTrip(value, 0)).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.array(number), (values) => {
        const fresh = new Float64Array(values.length);
        expect(roundTrip(Float64Array.from(values), fresh)).toEqual(Float64Array.from(values));
      }),
    );
  });

  it.each([
    ['true', true, false],
    ['a text', 'NaN', ''],
    ['nothing', null, 3],
    ['something where there was nothing', 3, null],
    ['a list', [1, 'two', null, -0], [5]],
    ['whole numbers', Int32Array.of(1, -2), new Int32Array(2)],
    ['a plain object', { a: 1, b: { c: Number.NaN } }, { a: 0, b: { c: 0 } }],
  ])('holds %s', (_, value, fresh) => {
    expect(roundTrip(value, fresh)).toEqual(value);
  });

  it('is restored in place, so that nobody loses hold of an array or a part', () => {
    const part = new Part(Float64Array.of(0, 0));
    const whole = { out: new Float64Array(1), parts: [part] };
    const saved = { out: Float64Array.of(7), parts: [new Part(Float64Array.of(1, 2))] };
    const { out, parts } = whole;
    restoreState(whole, throughJson(saveState(saved)));
    expect([whole.out, whole.parts, whole.parts[0]]).toEqual([out, parts, part]);
    expect(whole.out).toBe(out);
    expect(whole.parts[0]).toBe(part);
    expect(part.value).toEqual(Float64Array.of(1, 2));
  });

  it('is a copy', () => {
    const part = new Part([1]);
    const saved = saveState(part);
    (part.value as number[]).push(2);
    expect(restoreState(new Part([]), saved).value).toEqual([1]);
  });

  it.each([
    ['a function', () => 1, 'indicator.value is [object Function]'],
    ['a map', new Map(), 'indicator.value is [object Map]'],
    ['a date', new Date(0), 'indicator.value is [object Date]'],
    ['nothing at all', undefined, 'indicator.value is [object Undefined]'],
    ['big integers', BigInt64Array.of(1n), 'indicator.value is [object BigInt64Array]'],
    [
      'a bad field deep inside',
      { list: [1, new Set()] },
      'indicator.value.list[1] is [object Set]',
    ],
  ])('cannot hold %s', (_, value, reason) => {
    expect(() => saveState(new Part(value))).toThrow(reason);
  });

  it.each([
    ['another length', Float64Array.of(1), new Float64Array(2)],
    ['another kind', [1], new Float64Array(1)],
    ['a part where there is none', { a: 1 }, null],
    ['no part where there is one', 1, { a: 1 }],
    ['a number where there is a part', Number.NaN, { a: 1 }],
    ['a field too many', { a: 1, b: 2 }, { a: 1 }],
    ['a field too few', { a: 1 }, { a: 1, b: 2 }],
  ])('is refused where it has %s', (_, value, fresh) => {
    expect(() => roundTrip(value, fresh)).toThrow('saved state does not fit indicator.value');
  });
});
