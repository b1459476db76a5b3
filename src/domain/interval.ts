/**
 * Bar intervals: `30s`, `5m`, `1h`, `1d`, `2w`, always in canonical spelling.
 *
 * Canonical means the largest unit that divides evenly: `60m` is `1h`, `90m` stays. A session is
 * not 24 hours long, so nothing is ever carried across hour → day or day → week.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts';

/** A canonical interval such as `5m`. */
export type Interval = string;

export type IntervalUnit = 's' | 'm' | 'h' | 'd' | 'w';

export interface ParsedInterval {
  readonly text: Interval;
  readonly count: number;
  readonly unit: IntervalUnit;
  /** Nominal length in milliseconds; a day counts 24 hours. Orders intervals, and is the window of intraday ones. */
  readonly ms: number;
  /** True for units s, m, h: windows lie inside one session. */
  readonly intraday: boolean;
}

const UNIT_MS: Record<IntervalUnit, number> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

const cache = new Map<string, ParsedInterval | null>();

/**
 * Reads an interval, `null` if `text` is none. O(1) after the first call with the same text.
 */
export function tryParseInterval(text: string): ParsedInterval | null {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parse(text);
  if (cache.size < 10_000) cache.set(text, parsed);
  return parsed;
}

/** Reads an interval. @throws {RangeError} if `text` is none */
export function parseInterval(text: string): ParsedInterval {
  const parsed = tryParseInterval(text);
  if (parsed === null) {
    throw new RangeError(`"${text}" is not an interval: write a number and one of s, m, h, d, w`);
  }
  return parsed;
}

/** Ascending by length. */
export function compareIntervals(a: Interval, b: Interval): number {
  return parseInterval(a).ms - parseInterval(b).ms;
}

function parse(text: string): ParsedInterval | null {
  const match = /^([1-9]\d{0,5})([smhdw])$/.exec(text);
  if (match === null) return null;
  let count = Number(match[1]);
  let unit = match[2] as IntervalUnit;
  if (unit === 's' && count % 60 === 0) {
    count /= 60;
    unit = 'm';
  }
  if (unit === 'm' && count % 60 === 0) {
    count /= 60;
    unit = 'h';
  }
  const intraday = unit === 's' || unit === 'm' || unit === 'h';
  return { text: `${count}${unit}`, count, unit, ms: count * UNIT_MS[unit], intraday };
}
