/** Times written as text, straight from bytes: ISO 8601 with or without an offset, and epoch numbers. */
import { civilOf, dayOf } from '../domain/calendar/civil.ts';
import { DAY_MS, HOUR_MS, type MarketTime, MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import { parseDecimal } from './decimals.ts';
import { type EpochUnit, epochMs, epochUnit } from './epoch.ts';
import type { Stamps } from './stamps.ts';

const SPACE = 32;
const PLUS = 43;
const COMMA = 44;
const DASH = 45;
const POINT = 46;
const DIGIT_0 = 48;
const COLON = 58;
const LOWER_CASE = 32;
const T = 116;
const Z = 122;

const UNREADABLE =
  'is not a time: write ISO 8601 such as "2024-01-02 09:30", or epoch seconds or milliseconds';

type Form = 'a date' | 'a time without offset' | 'a time with offset' | `epoch ${EpochUnit}`;

/** Reads the times of one file, all of which must be written in the form of the first. */
export class TimeText {
  /** Why the last {@link parse} gave `NaN`; continues a sentence that begins with the text. */
  problem = '';
  readonly #stamps: Stamps;
  #fileForm: Form | null = null;

  /** What reading a text leaves: milliseconds, of an instant or as a wall clock shows them. */
  #ms = 0;
  /** Where reading a text has come to. */
  #at = 0;

  #ymd = -1;
  #midnight = Number.NaN;

  constructor(stamps: Stamps) {
    this.#stamps = stamps;
  }

  /** Start of the bar whose time is written in `bytes[start, end)`; `NaN` if it cannot be told. */
  parse(bytes: Uint8Array, start: number, end: number): MarketTime {
    const form =
      bytes[start + 4] === DASH ? this.#iso(bytes, start, end) : this.#number(bytes, start, end);
    if (form === null || Number.isNaN(this.#ms)) return this.#refuse(UNREADABLE);
    this.#fileForm ??= form;
    if (form !== this.#fileForm) {
      return this.#refuse(`is ${form}, unlike the rows before it: ${this.#fileForm}`);
    }
    const opened = this.#opened(form);
    return Number.isNaN(opened) ? this.#refuse(this.#stamps.problem) : opened;
  }

  #opened(form: Form): MarketTime {
    if (form === 'a time without offset') return this.#stamps.ofLocal(this.#ms);
    if (form === 'a date') return this.#stamps.ofDate(this.#ms);
    return this.#stamps.ofInstant(this.#ms);
  }

  #iso(bytes: Uint8Array, start: number, end: number): Form | null {
    if (end - start < 10 || bytes[start + 7] !== DASH) return null;
    this.#ms = this.#midnightOf(
      digits(bytes, start, 4) * 10_000 +
        digits(bytes, start + 5, 2) * 100 +
        digits(bytes, start + 8, 2),
    );
    this.#at = start + 10;
    if (this.#at === end) return 'a date';
    const separator = bytes[this.#at++]!;
    if (separator !== SPACE && (separator | LOWER_CASE) !== T) return null;
    this.#ms += this.#timeOfDay(bytes, end);
    if (this.#at < end && bytes[this.#at] === SPACE) this.#at++;
    if (this.#at === end) return 'a time without offset';
    this.#ms -= this.#offset(bytes, end);
    return this.#at === end ? 'a time with offset' : null;
  }

  /** `HH:MM`, `HH:MM:SS` or with decimals of a second. */
  #timeOfDay(bytes: Uint8Array, end: number): number {
    const at = this.#at;
    const hours = digits(bytes, at, 2);
    const minutes = digits(bytes, at + 3, 2);
    if (at + 5 > end || bytes[at + 2] !== COLON || !(hours < 24 && minutes < 60)) return Number.NaN;
    this.#at = at + 5;
    const toMinute = hours * HOUR_MS + minutes * MINUTE_MS;
    if (bytes[this.#at] !== COLON || this.#at >= end) return toMinute;
    const seconds = digits(bytes, at + 6, 2);
    if (at + 8 > end || !(seconds < 60)) return Number.NaN;
    this.#at = at + 8;
    return toMinute + seconds * SECOND_MS + this.#decimals(bytes, end);
  }

  #decimals(bytes: Uint8Array, end: number): number {
    const mark = bytes[this.#at];
    if (this.#at >= end || (mark !== POINT && mark !== COMMA)) return 0;
    let unit = SECOND_MS;
    let ms = 0;
    for (this.#at++; this.#at < end; this.#at++) {
      const digit = bytes[this.#at]! - DIGIT_0;
      if (digit < 0 || digit > 9) break;
      unit /= 10;
      ms += digit * unit;
    }
    return ms;
  }

  /** `Z`, `+HH`, `+HHMM` or `+HH:MM`, in milliseconds ahead of UTC. */
  #offset(bytes: Uint8Array, end: number): number {
    const sign = bytes[this.#at++]!;
    if ((sign | LOWER_CASE) === Z) return 0;
    if (sign !== PLUS && sign !== DASH) return Number.NaN;
    const hours = digits(bytes, this.#at, 2);
    this.#at += 2;
    let minutes = 0;
    if (this.#at < end) {
      if (bytes[this.#at] === COLON) this.#at++;
      minutes = digits(bytes, this.#at, 2);
      this.#at += 2;
    }
    const ahead = hours * HOUR_MS + minutes * MINUTE_MS;
    return sign === DASH ? -ahead : ahead;
  }

  /** Epoch times; eight digits are a date such as `20240102`, as epoch seconds they would be of 1970. */
  #number(bytes: Uint8Array, start: number, end: number): Form | null {
    if (end - start === 8) {
      this.#ms = this.#midnightOf(digits(bytes, start, 8));
      return 'a date';
    }
    const value = parseDecimal(bytes, start, end);
    const unit = epochUnit(value);
    if (unit === null) return null;
    this.#ms = epochMs(value, unit);
    return `epoch ${unit}`;
  }

  /** Cached, since consecutive rows mostly share their date. `NaN` for no date. */
  #midnightOf(ymd: number): number {
    if (ymd !== this.#ymd) {
      const civil = {
        year: Math.floor(ymd / 10_000),
        month: Math.floor(ymd / 100) % 100,
        day: ymd % 100,
      };
      const number = dayOf(civil);
      const { month, day } = civilOf(number);
      this.#midnight = month === civil.month && day === civil.day ? number * DAY_MS : Number.NaN;
      this.#ymd = ymd;
    }
    return this.#midnight;
  }

  #refuse(problem: string): number {
    this.problem = problem;
    return Number.NaN;
  }
}

/** The number in `count` digits, `NaN` if one of them is none. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let number = 0;
  for (let i = start; i < start + count; i++) {
    const digit = bytes[i]! - DIGIT_0;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
