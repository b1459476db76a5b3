/** Decimal numbers straight from bytes, without making strings. */
const POINT = 46;
const PLUS = 43;
const MINUS = 45;
const DIGIT_0 = 48;

/** Both a mantissa of so many digits and the power of ten below it are exact doubles. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number written in `bytes[start, end)`, the very double that `Number` gives; `NaN` if it is none.
 *
 * An integer below 10^15 divided once by a power of ten is rounded once, hence rightly; whatever is
 * longer or carries an exponent takes the slow way.
 *
 * @see Clinger, How to Read Floating Point Numbers Accurately, 1990
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start];
  let i = sign === MINUS || sign === PLUS ? start + 1 : start;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; i < end; i++) {
    const digit = bytes[i]! - DIGIT_0;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
    } else if (digit === POINT - DIGIT_0 && point < 0) {
      point = digits;
    } else {
      return parseAnyDecimal(bytes, start, end);
    }
  }
  if (digits === 0 || digits > EXACT_DIGITS) return parseAnyDecimal(bytes, start, end);
  const value = point < 0 ? mantissa : mantissa / POWERS_OF_TEN[digits - point]!;
  return sign === MINUS ? -value : value;
}

/** `Number` would also take an empty text, `0x10` and `Infinity`. */
function parseAnyDecimal(bytes: Uint8Array, start: number, end: number): number {
  const text = textOf(bytes, start, end).trim();
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** The text of `bytes[start, end)`. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
