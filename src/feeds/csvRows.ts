/**
 * The rows of a CSV file, from bytes to numbers in one go.
 *
 * A general parser (udsv) makes strings, tells neither byte offsets nor line numbers, and mends a row with
 * stray quotes in silence; an index needs the offsets, and a price must never be mended. So lines are split
 * here: a row is a line, quoted fields and doubled quotes are understood, line breaks inside quotes are not.
 */
import type { Bar } from '../domain/bars.ts';
import type { ColumnLayout } from './columns.ts';
import { parseDecimal, textOf } from './decimals.ts';
import { emptyRow, type RowSink } from './intake.ts';
import type { TimeText } from './timeText.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;

export type Delimiter = ',' | ';' | '\t' | '|';

export interface CsvShape {
  readonly delimiter: Delimiter;
  /** Fields that every row has. */
  readonly fields: number;
  readonly layout: ColumnLayout;
}

/** Whole lines of a file, in memory. */
export interface Lines {
  /** The lines are `bytes[start, end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where `bytes` begins in the file. */
  readonly offset: number;
  /** Number of the first line, from 1. */
  readonly line: number;
}

export class CsvRows {
  readonly #shape: CsvShape;
  readonly #delimiter: number;
  readonly #time: TimeText;
  readonly #row = emptyRow();
  /** What the present line is: the bounds of its fields, how many there are, whether any is quoted. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #fields = 0;
  #quoted = false;

  constructor(shape: CsvShape, time: TimeText) {
    this.#shape = shape;
    this.#delimiter = shape.delimiter.charCodeAt(0);
    this.#time = time;
    this.#starts = new Int32Array(shape.fields);
    this.#ends = new Int32Array(shape.fields);
  }

  /** Gives every row but blank lines to `sink`. @returns the number of the line that comes next */
  read({ bytes, start, end, offset, line }: Lines, sink: RowSink): number {
    const row = this.#row;
    row.line = line;
    let at = start;
    while (at < end) {
      const stop = this.#split(bytes, at, end);
      row.start = offset + at;
      row.end = offset + stop;
      if (!isBlank(bytes, at, stop)) {
        row.bar.opened = Number.NaN;
        const reason = this.#quoted ? this.#parseQuoted(bytes, at, stop) : this.#parse(bytes);
        if (reason === null) sink.row(row);
        else sink.bad(row.line, reason, row.bar.opened);
      }
      at = stop + 1;
      row.line++;
    }
    return row.line;
  }

  /** Finds the fields of the line at `start`. @returns where it stops: at its line feed or at `end` */
  #split(bytes: Uint8Array, start: number, end: number): number {
    const { fields } = this.#shape;
    let count = 0;
    let at = start;
    let fieldStart = start;
    this.#quoted = false;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === LF) break;
      if (byte === this.#delimiter) {
        if (count < fields) {
          this.#starts[count] = fieldStart;
          this.#ends[count] = at;
        }
        count++;
        fieldStart = at + 1;
      } else if (byte === QUOTE) {
        this.#quoted = true;
      }
    }
    if (count < fields) {
      this.#starts[count] = fieldStart;
      this.#ends[count] = at > fieldStart && bytes[at - 1] === CR ? at - 1 : at;
    }
    this.#fields = count + 1;
    return at;
  }

  /** Fills the row from the fields in `bytes`; says why it cannot. */
  #parse(bytes: Uint8Array): string | null {
    const { fields, layout } = this.#shape;
    if (this.#fields !== fields) return `has ${this.#fields} fields, the header ${fields}`;
    const { bar } = this.#row;
    bar.opened = this.#parseTime(bytes);
    if (Number.isNaN(bar.opened))
      return `time ${this.#text(bytes, layout.time)} ${this.#time.problem}`;
    bar.open = this.#number(bytes, layout.open);
    bar.high = this.#number(bytes, layout.high);
    bar.low = this.#number(bytes, layout.low);
    bar.close = this.#number(bytes, layout.close);
    bar.volume = this.#number(bytes, layout.volume);
    return Number.isNaN(bar.open + bar.high + bar.low + bar.close + bar.volume)
      ? this.#notANumber(bytes, bar)
      : null;
  }

  #parseTime(bytes: Uint8Array): number {
    let start = this.#starts[this.#shape.layout.time]!;
    let end = this.#ends[this.#shape.layout.time]!;
    while (start < end && bytes[start] === SPACE) start++;
    while (start < end && bytes[end - 1] === SPACE) end--;
    return this.#time.parse(bytes, start, end);
  }

  #number(bytes: Uint8Array, column: number): number {
    return parseDecimal(bytes, this.#starts[column]!, this.#ends[column]!);
  }

  #notANumber(bytes: Uint8Array, bar: Bar): string | null {
    for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
      if (!Number.isNaN(bar[field])) continue;
      return `${field} ${this.#text(bytes, this.#shape.layout[field])} is not a number`;
    }
    return null;
  }

  #text(bytes: Uint8Array, column: number): string {
    const start = this.#starts[column]!;
    return JSON.stringify(
      textOf(bytes, start, Math.min(this.#ends[column]!, start + LONGEST_SHOWN)),
    );
  }

  /** Rare, so it may make strings: the fields without their quotes take the place of the line. */
  #parseQuoted(bytes: Uint8Array, start: number, stop: number): string | null {
    const fields = splitLine(textOf(bytes, start, stop), this.#shape.delimiter);
    if (fields === null) return 'has quotes that do not match on the line';
    let at = 0;
    const parts = fields.map((field) => Buffer.from(field));
    for (const [i, part] of parts.entries()) {
      this.#starts[i] = at;
      at += part.length;
      this.#ends[i] = at;
    }
    this.#fields = fields.length;
    return this.#parse(Buffer.concat(parts));
  }
}

const LONGEST_SHOWN = 40;

const FIELD: Readonly<Record<Delimiter, RegExp>> = {
  ',': fieldPattern(','),
  ';': fieldPattern(';'),
  '\t': fieldPattern('\t'),
  '|': fieldPattern('|'),
};

/** The fields of one line, without their quotes; `null` if the quotes do not match. */
export function splitLine(line: string, delimiter: Delimiter): string[] | null {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const pattern = FIELD[delimiter];
  const fields: string[] = [];
  for (pattern.lastIndex = 0; ; ) {
    const match = pattern.exec(text);
    if (match === null) return null;
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '') return fields;
  }
}

/** The delimiter of a header: the first of the usual ones that it holds. */
export function delimiterOf(header: string): Delimiter {
  return (['\t', '|', ';'] as const).find((delimiter) => header.includes(delimiter)) ?? ',';
}

function fieldPattern(delimiter: Delimiter): RegExp {
  return new RegExp(` *(?:"((?:[^"]|"")*)" *|([^"${delimiter}]*))([${delimiter}]|$)`, 'y');
}

function isBlank(bytes: Uint8Array, start: number, stop: number): boolean {
  return stop === start || (stop === start + 1 && bytes[start] === CR);
}
