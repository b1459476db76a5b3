/**
 * The single values a config is made of. Each says in one phrase what may be written there, so that a
 * value of the wrong type, out of range or missing gets the same complete answer.
 */
import { z } from 'zod';
import { tryParseInterval } from '../interval.ts';
import { foundIn, listed } from './problem.ts';

/** Refusal of a leaf: what was found and the one phrase of what to write. */
export function write(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: ({ input }) => `${foundIn(input)}: write ${what}` };
}

export function wholeNumber(min: number, max?: number) {
  const range = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  const refusal = write(`a whole number ${range}`);
  const number = z.int(refusal).min(min, refusal);
  return max === undefined ? number : number.max(max, refusal);
}

export function numberFrom(min: number) {
  const refusal = write(`a number of at least ${min}`);
  return z.number(refusal).min(min, refusal);
}

export function positiveNumber() {
  const refusal = write('a number above 0');
  return z.number(refusal).positive(refusal);
}

export function trueOrFalse() {
  return z.boolean(write('true or false'));
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, write(listed(values)));
}

const nonBlank = write('a text that is not blank');
export const Text = z.string(nonBlank).trim().min(1, nonBlank);

const oneWord = write('a name without spaces');
export const Name = z.string(oneWord).regex(/^\S+$/, oneWord);

const symbol = write('a symbol such as "AAPL", "BRK.B" or "BTC-USD"');
/** Upper-cased; letters, digits and `. - / = ^ : _`. */
export const Ticker = z
  .string(symbol)
  .trim()
  .regex(/^[A-Za-z0-9^][A-Za-z0-9.\-/=^:_]{0,31}$/, symbol)
  .toUpperCase();

const date = write('a date such as "2024-01-02"');
export const IsoDate = z.iso.date(date);

const clock = write('a time of day such as "09:35" or "09:35:30"');
/** `HH:MM` or `HH:MM:SS` on the exchange's clock. */
export const ClockTime = z.string(clock).regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, clock);

const trailing = write('a number and one of d, w, m (months), y, such as "10d"');
export const TrailingPeriod = z.string(trailing).regex(/^[1-9]\d{0,4}[dwmy]$/, trailing);

const interval = 'a number and one of s, m, h, d, w, such as "5m"';

/** A bar interval, kept in canonical spelling: `60m` becomes `1h`. */
export const BarInterval = z
  .string(write(interval))
  .check(canonicalInterval(interval))
  .meta({ pattern: '^[1-9][0-9]{0,5}[smhdw]$' });

const intraday = 'seconds, minutes or hours, such as "5m"';

/** A {@link BarInterval} that lies inside one session. */
export const IntradayInterval = z
  .string(write(intraday))
  .check(canonicalInterval(intraday, { intradayOnly: true }))
  .meta({ pattern: '^[1-9][0-9]{0,5}[smh]$' });

const stream = `${interval}, or "quotes"`;

/** A {@link BarInterval}, or `quotes`. */
export const Stream = z
  .string(write(stream))
  .check(canonicalInterval(stream, { alsoQuotes: true }))
  .meta({ pattern: '^([1-9][0-9]{0,5}[smhdw]|quotes)$' });

/** An object of the user's own, kept as it is: any keys, any values that JSON can hold. */
export const Free = z
  .record(z.string(), z.unknown(), write('an object'))
  .check(({ value, issues }) => {
    const stranger = findNonJson(value);
    if (stranger === null) return;
    const message = `${stranger.what}: write values that JSON can hold`;
    issues.push({ code: 'custom', input: stranger.value, path: stranger.path, message });
  });

function canonicalInterval(what: string, rule: { alsoQuotes?: true; intradayOnly?: true } = {}) {
  return (payload: z.core.ParsePayload<string>): void => {
    const text = payload.value;
    if (rule.alsoQuotes && text === 'quotes') return;
    const parsed = tryParseInterval(text);
    if (parsed !== null && (parsed.intraday || !rule.intradayOnly)) {
      payload.value = parsed.text;
      return;
    }
    const message = /^(ticks?|trades?)$/i.test(text)
      ? `${foundIn(text)}: ticks are refused because the engine is fed bars, the finest is "1s"`
      : `${foundIn(text)}: write ${what}`;
    const [, count, unit] = /^([1-9]\d*)\s*(s|m(?!o)|h|d|w)[a-z]*$/i.exec(text) ?? [];
    const suggestion =
      parsed === null && unit !== undefined ? `${count}${unit.toLowerCase()}` : undefined;
    payload.issues.push({ code: 'custom', input: text, message, params: { suggestion } });
  };
}

interface NonJson {
  readonly path: PropertyKey[];
  readonly value: unknown;
  readonly what: string;
}

/** The first value that JSON cannot hold; `null` if there is none. A key with `undefined` is as good as absent. */
function findNonJson(value: unknown): NonJson | null {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return null;
  if (Number.isFinite(value)) return null;
  if (typeof value !== 'object') return { path: [], value, what: foundIn(value) };
  const plain = Array.isArray(value) || [Object.prototype, null].includes(protoOf(value));
  if (!plain) return { path: [], value, what: `found ${value.constructor?.name ?? 'an object'}` };
  for (const [key, held] of Object.entries(value)) {
    const inside = findNonJson(held);
    const step = Array.isArray(value) ? Number(key) : key;
    if (inside !== null) return { ...inside, path: [step, ...inside.path] };
  }
  return null;
}

function protoOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
