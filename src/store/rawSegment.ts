/** A segment as it was written, read through a window that moves along. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { ReadCounters } from './readCounters.ts';
import type { RecordHeader } from './record.ts';
import { Damage, recordAt, type Segment } from './segment.ts';

const WINDOW_FIRST = 1 << 14;
/** Bytes of the window at most, unless one record is longer. */
export const WINDOW_MAX = 1 << 18;

export interface RawOptions {
  readonly counters?: ReadCounters | undefined;
  /** Memory for the window, of who opens one segment after another. */
  readonly room?: Buffer | undefined;
}

export class RawSegment implements Segment {
  readonly name: string;
  /** Bytes in the file when it was opened: what is added later is not seen. */
  readonly size: number;
  readonly #fd: number;
  #window: Buffer;
  #start = 0;
  #filled = 0;
  #next = WINDOW_FIRST;

  readonly #counters: ReadCounters;

  constructor(name: string, fd: number, options: RawOptions = {}) {
    this.name = name;
    this.#counters = options.counters ?? new ReadCounters();
    this.#window = options.room ?? Buffer.alloc(0);
    this.#fd = fd;
    this.size = fstatSync(fd).size;
  }

  first(): RecordHeader | null {
    return recordAt(this, 0);
  }

  left(offset: number): number {
    return Math.max(0, this.size - offset);
  }

  view(offset: number, length: number): Buffer {
    const from = offset - this.#start;
    if (from >= 0 && from + length <= this.#filled) {
      return this.#window.subarray(from, from + length);
    }
    this.#fill(offset, length);
    return this.#window.subarray(0, length);
  }

  place(offset: number): number {
    return offset;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** The first windows after a jump are small, for those who want few frames only. */
  #fill(offset: number, length: number): void {
    const goesOn = offset > this.#start && offset <= this.#start + this.#filled;
    if (!goesOn) this.#next = WINDOW_FIRST;
    const wanted = Math.min(Math.max(length, this.#next), this.left(offset));
    this.#next = Math.min(this.#next * 2, WINDOW_MAX);
    if (this.#window.length < wanted) this.#window = Buffer.allocUnsafeSlow(wanted);
    this.#filled = 0;
    while (this.#filled < wanted) {
      const at = offset + this.#filled;
      const read = readSync(this.#fd, this.#window, this.#filled, wanted - this.#filled, at);
      if (read === 0) throw new Damage('the file has become shorter', this.name, at);
      this.#filled += read;
      this.#counters.bytes += read;
    }
    this.#start = offset;
  }
}
