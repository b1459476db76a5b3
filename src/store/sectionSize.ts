/** What facts take in a log, before compression. */
import type { ControlFact } from '../domain/facts.ts';
import type { Block, Frame } from '../domain/frame.ts';
import { ByteWriter } from './bytes.ts';
import { FrameEncoder } from './frameCodec.ts';
import { jsonOfFacts } from './json.ts';
import { HEADER_BYTES } from './record.ts';

export class SectionSize {
  readonly #encoder = new FrameEncoder();
  readonly #writer = new ByteWriter();

  /** Bytes of a block. O(its size): it is encoded anew. */
  ofBlock(block: Block, at: Frame['at']): number {
    const { firstSeq, facts: count } = block;
    this.#writer.length = 0;
    this.#encoder.encode(
      this.#writer,
      { at, firstSeq, count, sections: [block], series: [] },
      null,
    );
    return this.#writer.length - HEADER_BYTES;
  }

  /** Bytes of a fact that travels as JSON. */
  ofFact(fact: ControlFact): number {
    // Two brackets around one fact, a comma beside each of several: about the same.
    return Buffer.byteLength(jsonOfFacts([fact], fact)) - 1;
  }
}
