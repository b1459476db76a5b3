/** Decodes columns in the forms of `columnForms.ts`. */
import { type ByteReader, Malformed } from './bytes.ts';
import { DOUBLE, END, GRID, INT, NEAR, POWERS, WIDTHS } from './columnForms.ts';

/** Decodes the columns of one block after another. */
export class ColumnDecoder {
  #before: Float64Array = new Float64Array(0);
  #rowsBefore = 0;
  #scaleBefore = -1;

  begin(): void {
    this.#scaleBefore = -1;
  }

  /**
   * Fills the first `rows` places of `into`, which is not written to again before the block is done.
   * @throws {Malformed} if the bytes are no column of that many rows
   */
  decode(reader: ByteReader, into: Float64Array, rows: number): void {
    const form = reader.byte();
    const scaleBefore = this.#scaleBefore;
    this.#scaleBefore = -1;
    if (form === GRID) {
      decodeGrid(reader, into, rows);
    } else if (form === DOUBLE) {
      reader.doubles(into, rows);
    } else if (form < END) {
      const near = form >= NEAR;
      const packed = form - (near ? NEAR : INT);
      const scale = Math.floor(packed / WIDTHS);
      if (near && (scale !== scaleBefore || rows !== this.#rowsBefore)) {
        throw new Malformed('a column is counted from one that is not there');
      }
      const power = POWERS[scale]!;
      decodeInts(reader, into, { rows, power: near ? 1 : power, width: packed % WIDTHS });
      if (near) addBefore(into, this.#before, power, rows);
      this.#scaleBefore = scale;
    } else {
      throw new Malformed(`a column has the unknown form ${form}`);
    }
    this.#before = into;
    this.#rowsBefore = rows;
  }
}

function decodeGrid(reader: ByteReader, into: Float64Array, rows: number): void {
  const run = reader.count();
  const start = reader.integer();
  const step = reader.integer();
  const rise = reader.integer();
  if (run === 0) throw new Malformed('a grid has runs of no rows');
  let line = start;
  for (let row = 0, i = 0; row < rows; row++) {
    into[row] = line + step * i;
    if (++i < run) continue;
    i = 0;
    line += rise;
  }
}

function decodeInts(
  reader: ByteReader,
  into: Float64Array,
  { rows, power, width }: { rows: number; power: number; width: number },
): void {
  const base = reader.integer();
  const at = reader.take(rows * width);
  const { bytes } = reader;
  switch (width) {
    case 0:
      into.fill(base / power, 0, rows);
      break;
    case 1:
      for (let i = 0; i < rows; i++) into[i] = (base + bytes[at + i]!) / power;
      break;
    case 2:
      for (let i = 0; i < rows; i++) into[i] = (base + uint16(bytes, at + 2 * i)) / power;
      break;
    case 3:
      for (let i = 0; i < rows; i++) into[i] = (base + uint24(bytes, at + 3 * i)) / power;
      break;
    case 4:
      for (let i = 0; i < rows; i++) into[i] = (base + uint32(bytes, at + 4 * i)) / power;
      break;
  }
}

/** Turns differences into values; both columns are whole numbers once multiplied by `power`. */
function addBefore(into: Float64Array, before: Float64Array, power: number, rows: number): void {
  // To round by `Math.round` takes several times as long.
  for (let i = 0; i < rows; i++) {
    into[i] = (Math.floor(before[i]! * power + 0.5) + into[i]!) / power;
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function uint24(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) | (bytes[at + 2]! << 16);
}

function uint32(bytes: Uint8Array, at: number): number {
  return uint24(bytes, at) + bytes[at + 3]! * 0x1000000;
}
