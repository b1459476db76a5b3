/** Reading and writing of the log's primitive values. Little-endian, whatever the host. */

/** Whole numbers of at least this size are stored as doubles, never as integers. */
export const INTEGER_LIMIT = 2 ** 51;

/** Bytes that do not mean what they should; who reads them knows the place and says it. */
export class Malformed extends Error {
  override name = 'Malformed';
}

/** One growing buffer, written from front to back and reused. */
export class ByteWriter {
  bytes: Buffer;
  view: DataView;
  length = 0;

  constructor(capacity = 1 << 16) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for `extra` more bytes. Amortised O(1) per byte. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, low ones first. */
  count(value: number): void {
    this.reserve(8);
    const { bytes } = this;
    let rest = value;
    let at = this.length;
    while (rest >= 128) {
      const high = Math.floor(rest / 128);
      bytes[at++] = rest - high * 128 + 128;
      rest = high;
    }
    bytes[at++] = rest;
    this.length = at;
  }

  /** A whole number between ±`INTEGER_LIMIT`; small ones, of either sign, take one byte. */
  integer(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Text as its length in bytes and UTF-8. */
  text(text: string): void {
    if (text.length < 64 && this.#ascii(text)) return;
    const length = Buffer.byteLength(text);
    this.count(length);
    this.reserve(length);
    this.bytes.write(text, this.length, length, 'utf8');
    this.length += length;
  }

  /** What was written; valid until the next write. */
  written(from = 0): Buffer {
    return this.bytes.subarray(from, this.length);
  }

  /** Most texts are short names, for which a loop is quicker than the call of an encoder. */
  #ascii(text: string): boolean {
    this.reserve(1 + text.length);
    const { bytes } = this;
    const from = this.length + 1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[from + i] = code;
    }
    bytes[this.length] = text.length;
    this.length = from + text.length;
    return true;
  }
}

/** Reads one piece of bytes from front to back. Every size is checked before it is used. */
export class ByteReader {
  readonly bytes: Buffer;
  /** All of what `bytes` is a part of. */
  readonly #memory: DataView;
  at = 0;

  /** @param before one that is done with: where it read from the same piece of memory, its view is used again */
  constructor(bytes: Buffer, before: ByteReader | null = null) {
    this.bytes = bytes;
    const isSame = before !== null && before.#memory.buffer === bytes.buffer;
    this.#memory = isSame ? before.#memory : new DataView(bytes.buffer);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Moves over `length` bytes and returns where they begin. @throws {Malformed} if there are fewer */
  take(length: number): number {
    const from = this.at;
    if (length > this.bytes.length - from) {
      throw new Malformed(`${length} bytes are announced where ${this.left} are left`);
    }
    this.at = from + length;
    return from;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  count(): number {
    // Most are small; past the end there is no byte, which is no smaller either.
    const first = this.bytes[this.at]!;
    if (first < 128) {
      this.at += 1;
      return first;
    }
    let value = 0;
    let unit = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      unit *= 128;
    }
    throw new Malformed('a number is too big');
  }

  integer(): number {
    const folded = this.count();
    const half = Math.floor(folded / 2);
    return folded === half * 2 ? half : -half - 1;
  }

  /** Fills the first `count` places of `into` with doubles as they are. */
  doubles(into: Float64Array, count: number): void {
    const memory = this.#memory;
    let at = this.bytes.byteOffset + this.take(8 * count);
    for (let i = 0; i < count; i++, at += 8) into[i] = memory.getFloat64(at, true);
  }

  /** @param like a text that is likely to come again: it is returned itself, which saves decoding */
  text(like = ''): string {
    const length = this.count();
    const from = this.take(length);
    if (length === like.length && this.#holds(like, from)) return like;
    try {
      return this.bytes.toString('utf8', from, from + length);
    } catch {
      throw new Malformed(`a text of ${length} bytes is longer than any can be`);
    }
  }

  /** False also for text that is not ASCII: its characters are not its bytes. */
  #holds(text: string, from: number): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127 || code !== this.bytes[from + i]) return false;
    }
    return true;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
