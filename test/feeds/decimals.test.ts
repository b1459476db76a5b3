import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../src/feeds/decimals.ts';

/** The number in the middle of other bytes. */
function parse(text: string): number {
  const bytes = Buffer.from(`9${text}9`);
  return parseDecimal(bytes, 1, bytes.length - 1);
}

describe('a decimal', () => {
  it('is the double that Number gives, for every double there is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = String(value);
        expect(parse(text)).toBe(Number(text));
      }),
    );
  });

  it('is the double that Number gives, however many digits are written', () => {
    const digits = fc.stringMatching(/^[+-]?\d{1,25}(\.\d{0,25})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        expect(parse(text)).toBe(Number(text));
      }),
    );
  });

  it.each([
    ['367.4', 367.4],
    ['.5', 0.5],
    ['5.', 5],
    ['-0.10', -0.1],
    ['1e3', 1000],
    ['1.5E-3', 0.0015],
    [' 7 ', 7],
    ['0.1234567890123456789', 0.12345678901234568],
  ])('%j is %d', (text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    '+',
    'e5',
    '1e',
    '1,000',
    '1 000',
    '0x10',
    'NaN',
    'Infinity',
    '1.2.3',
    '--1',
    '1_0',
  ])('%j is none', (text) => {
    expect(parse(text)).toBeNaN();
  });
});
