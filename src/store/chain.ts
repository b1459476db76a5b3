/**
 * The hash chain over a log: one link per chain block of consecutive frames.
 *
 *   link = SHA-256(link before, records of the block's frames as first written)     the first: 32 zero bytes
 *
 * A block ends when it holds 16 KiB of payload, and before a frame that enters a phase: a function of what
 * was recorded only, so that equal runs have equal chains whatever the segments, the pace or the host. A
 * link record stands in the log between the frames of two blocks. It is written before the next frame rather
 * than after the last, so that a log cut anywhere goes on as if it had never been cut. With links beside the
 * frames, a checker can say between which facts a log was altered, and two logs are compared link by link.
 */
import { hash } from 'node:crypto';
import { HEADER_BYTES, readHeader } from './record.ts';

export const LINK_BYTES = 32;
const BLOCK_BYTES = 16_384;

/** One value of the chain, over all facts up to and including `lastSeq`. */
export interface ChainPoint {
  readonly lastSeq: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

export interface ChainLink extends ChainPoint {
  /** First fact of its block. */
  readonly firstSeq: number;
}

/** The link that a link record holds. */
export function linkOf(record: Buffer): ChainLink {
  const { firstSeq, count } = readHeader(record)!;
  const hash = record.toString('hex', HEADER_BYTES, HEADER_BYTES + LINK_BYTES);
  return { firstSeq, lastSeq: firstSeq + count - 1, hash };
}

export class Chain {
  /** The last link, then the records of the open block. */
  #bytes = Buffer.alloc(LINK_BYTES + 2 * BLOCK_BYTES);
  #length = LINK_BYTES;
  #payload = 0;
  /** First fact of the open block and how many it has; of what a link is to cover. */
  firstSeq = 1;
  count = 0;

  /** True if the open block has no frame yet. */
  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** The last link. Valid until the next `cut`. */
  get link(): Buffer {
    return this.#bytes.subarray(0, LINK_BYTES);
  }

  /** Writes the last link into `target`. */
  copyLink(target: Buffer): void {
    this.#bytes.copy(target, 0, 0, LINK_BYTES);
  }

  /** Begins anew from a link, before fact `firstSeq`. */
  restart(link: Uint8Array, firstSeq: number): void {
    this.#bytes.set(link);
    this.#length = LINK_BYTES;
    this.#payload = 0;
    this.firstSeq = firstSeq;
    this.count = 0;
  }

  /** True if the block is over before a frame that enters a phase, or does not. */
  endsBefore(entersPhase: boolean): boolean {
    return this.#payload >= BLOCK_BYTES || (entersPhase && !this.isEmpty);
  }

  /** Adds the record of a frame with `count` facts to the open block. */
  add(record: Buffer, count: number): void {
    const length = this.#length + record.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(record, this.#length);
    this.#length = length;
    this.#payload += record.length - HEADER_BYTES;
    this.count += count;
  }

  /** Ends the open block: its hash becomes the last link. @param known that hash, where it need not be worked out */
  cut(known: Uint8Array | null = null): void {
    this.restart(known ?? this.#digest(), this.firstSeq + this.count);
  }

  /** Hex hash over everything so far, the open block included. */
  hash(): string {
    return (this.isEmpty ? this.link : this.#digest()).toString('hex');
  }

  #digest(): Buffer {
    return hash('sha256', this.#bytes.subarray(0, this.#length), 'buffer');
  }
}
