/** Encodes columns in the forms of `columnForms.ts`. */
import { type ByteWriter, INTEGER_LIMIT } from './bytes.ts';
import { DOUBLE, GRID, INT, NEAR, POWERS, SCALE_MAX, WIDTH_MAX, WIDTHS } from './columnForms.ts';

const NAN_HIGH = 0x7ff80000;
/** Rows from which a grid is always shorter than bytes per row. */
const GRID_ROWS = 3;

/** Encodes the columns of one block after another. Allocates nothing per row. */
export class ColumnEncoder {
  /** Values of the column as whole numbers at `#scale`; and those of the column before. */
  #ints = new Float64Array(256);
  #before = new Float64Array(256);
  #deltas = new Float64Array(256);
  #rowsBefore = 0;
  /** -1: the column before is not stored as whole numbers. */
  #scaleBefore = -1;
  #scale = 0;
  #low = 0;
  #high = 0;

  /** Forgets the column before: a new block begins. */
  begin(): void {
    this.#scaleBefore = -1;
  }

  /** Appends the first `rows` values of `data`. O(rows). */
  encode(writer: ByteWriter, data: Float64Array, rows: number): void {
    writer.reserve(40 + 8 * rows);
    if (rows >= GRID_ROWS && encodeGrid(writer, data, rows)) {
      this.#scaleBefore = -1;
    } else if (rows > 0 && this.#asInts(data, rows)) {
      this.#encodeInts(writer, rows);
      this.#keep(rows);
    } else {
      encodeDoubles(writer, data, rows);
      this.#scaleBefore = -1;
    }
  }

  #encodeInts(writer: ByteWriter, rows: number): void {
    const low = this.#low;
    const width = widthOf(this.#high - low);
    if (this.#scaleBefore === this.#scale && this.#rowsBefore === rows) {
      this.#countDeltas(rows);
      const deltaWidth = widthOf(this.#high - this.#low);
      const saved = rows * (width - deltaWidth) + integerBytes(low) - integerBytes(this.#low);
      if (deltaWidth <= WIDTH_MAX && saved > 0) {
        writer.byte(NEAR + this.#scale * WIDTHS + deltaWidth);
        writer.integer(this.#low);
        writeOffsets(writer, this.#deltas, this.#low, { rows, width: deltaWidth });
        return;
      }
    }
    writer.byte(INT + this.#scale * WIDTHS + width);
    writer.integer(low);
    writeOffsets(writer, this.#ints, low, { rows, width });
  }

  #countDeltas(rows: number): void {
    const ints = this.#ints;
    const before = this.#before;
    const deltas = this.#deltas;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < rows; i++) {
      const delta = ints[i]! - before[i]!;
      deltas[i] = delta;
      if (delta < low) low = delta;
      if (delta > high) high = delta;
    }
    this.#low = low;
    this.#high = high;
  }

  #keep(rows: number): void {
    const ints = this.#ints;
    this.#ints = this.#before;
    this.#before = ints;
    this.#rowsBefore = rows;
    this.#scaleBefore = this.#scale;
  }

  /** Finds the smallest scale that holds every value. False if there is none, or the values lie too far apart. */
  #asInts(data: Float64Array, rows: number): boolean {
    if (this.#ints.length < rows) this.#grow(rows);
    this.#scale = 0;
    for (;;) {
      const failed = this.#scaleUp(data, rows);
      if (failed === rows) break;
      do {
        if (++this.#scale > SCALE_MAX) return false;
      } while (!isExact(data[failed]!, POWERS[this.#scale]!));
    }
    return (
      this.#low > -INTEGER_LIMIT && this.#high < INTEGER_LIMIT && this.#high - this.#low < 2 ** 32
    );
  }

  /** Fills `#ints` at the present scale. Returns the first row whose value does not come back exactly. */
  #scaleUp(data: Float64Array, rows: number): number {
    const power = POWERS[this.#scale]!;
    const ints = this.#ints;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < rows; i++) {
      const value = data[i]!;
      // As `Math.round`, wherever that gives the value back, and several times as quick.
      const int = Math.floor(value * power + 0.5);
      if (int / power !== value || (int === 0 && Object.is(value, -0))) return i;
      ints[i] = int;
      if (int < low) low = int;
      if (int > high) high = int;
    }
    this.#low = low;
    this.#high = high;
    return rows;
  }

  #grow(rows: number): void {
    const capacity = Math.max(rows, this.#ints.length * 2);
    const before = this.#before;
    this.#ints = new Float64Array(capacity);
    this.#deltas = new Float64Array(capacity);
    this.#before = new Float64Array(capacity);
    this.#before.set(before);
  }
}

function isExact(value: number, power: number): boolean {
  return Math.round(value * power) / power === value && !Object.is(value, -0);
}

function widthOf(span: number): number {
  if (span === 0) return 0;
  if (span < 2 ** 8) return 1;
  if (span < 2 ** 16) return 2;
  return span < 2 ** 24 ? 3 : span < 2 ** 32 ? 4 : WIDTHS;
}

function integerBytes(value: number): number {
  let bytes = 1;
  for (let rest = Math.abs(value) * 2; rest >= 128; rest /= 128) bytes++;
  return bytes;
}

/**
 * Appends the column as a grid, or as the one number it consists of, and returns true; or returns false at the
 * first value that lies off the grid.
 */
function encodeGrid(writer: ByteWriter, data: Float64Array, rows: number): boolean {
  const start = data[0]!;
  const step = data[1]! - start;
  if (!isWhole(start) || !isWhole(step)) return false;
  let run = 0;
  while (run < rows && isAt(data[run]!, start + step * run)) run++;
  if (run === 0) return false;
  if (run === rows && step === 0) {
    writer.byte(INT);
    writer.integer(start);
    return true;
  }
  const rise = run < rows ? data[run]! - start : 0;
  if (!isWhole(rise)) return false;
  let line = start + rise;
  for (let row = run, i = 0; row < rows; row++) {
    if (!isAt(data[row]!, line + step * i)) return false;
    if (++i < run) continue;
    i = 0;
    line += rise;
  }
  writer.byte(GRID);
  writer.count(run);
  writer.integer(start);
  writer.integer(step);
  writer.integer(rise);
  return true;
}

/** Equal, and not -0, which no sum of whole numbers gives back. */
function isAt(value: number, expected: number): boolean {
  return value === expected && (value !== 0 || !Object.is(value, -0));
}

function isWhole(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < INTEGER_LIMIT;
}

function encodeDoubles(writer: ByteWriter, data: Float64Array, rows: number): void {
  writer.byte(DOUBLE);
  const { view } = writer;
  let at = writer.length;
  for (let i = 0; i < rows; i++, at += 8) {
    const value = data[i]!;
    if (Number.isNaN(value)) {
      view.setUint32(at, 0, true);
      view.setUint32(at + 4, NAN_HIGH, true);
    } else {
      view.setFloat64(at, value, true);
    }
  }
  writer.length = at;
}

/** Appends `ints[i] - base` as `width` bytes each. */
function writeOffsets(
  writer: ByteWriter,
  ints: Float64Array,
  base: number,
  { rows, width }: { rows: number; width: number },
): void {
  const { bytes, view } = writer;
  let at = writer.length;
  switch (width) {
    case 1:
      for (let i = 0; i < rows; i++) bytes[at++] = ints[i]! - base;
      break;
    case 2:
      for (let i = 0; i < rows; i++, at += 2) view.setUint16(at, ints[i]! - base, true);
      break;
    case 3:
      for (let i = 0; i < rows; i++, at += 3) {
        const offset = (ints[i]! - base) | 0;
        view.setUint16(at, offset, true);
        bytes[at + 2] = offset >> 16;
      }
      break;
    case 4:
      for (let i = 0; i < rows; i++, at += 4) view.setUint32(at, ints[i]! - base, true);
      break;
  }
  writer.length = at;
}
