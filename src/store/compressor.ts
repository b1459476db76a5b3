/**
 * Frames of zstd, made and taken apart by the threads that Node has for such work.
 *
 * What zstd works in is kept from frame to frame, and what it has written to is freed at once: left to the collector,
 * both would leave a process that runs for long with tens of megabytes of holes.
 */
import {
  constants,
  createZstdCompress,
  createZstdDecompress,
  type ZstdCompress,
  type ZstdDecompress,
  zstdCompressSync,
} from 'node:zlib';
import { ByteWriter } from './bytes.ts';

/** Most of what is in a log are digits of prices, and alike in fours; a higher level costs more than it saves. */
const PARAMS = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_windowLog]: 16,
  [constants.ZSTD_c_minMatch]: 4,
};
const CHUNK_BYTES = 1 << 16;
// What is written is a frame of its own at once: to end it later would take another turn of the threads.
const COMPRESSING = { params: PARAMS, chunkSize: CHUNK_BYTES, flush: constants.ZSTD_e_end };

/** What Node adds to a frame that ends where its room ends: it asks zstd for more, and that is a frame of nothing. */
const NOTHING = zstdCompressSync(Buffer.alloc(0), { params: PARAMS });

/** Makes one frame at a time, and looks into one at a time. After a failure it is of no use any more. */
export interface Compressor {
  /** Some bytes, which must not change meanwhile, as one frame; it is there until the next one is asked for. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** True if `frame` is one such frame, all of it, and holds these bytes. Rejects where it is none. */
  holds(frame: Uint8Array, bytes: Uint8Array): Promise<boolean>;
  /** Gives back the memory. Nothing is to be on its way. */
  close(): void;
}

export class ZstdCompressor implements Compressor {
  readonly #frame = new ByteWriter(CHUNK_BYTES);
  readonly #compressing = new Lane(createZstdCompress(COMPRESSING), (part) => {
    this.#frame.reserve(part.length);
    this.#frame.bytes.set(part, this.#frame.length);
    this.#frame.length += part.length;
  });
  /** What is to come out, as far as it has not; null once it is something else. */
  #expected: Uint8Array | null = null;
  readonly #decompressing = new Lane(createZstdDecompress({ chunkSize: CHUNK_BYTES }), (part) => {
    const { length } = part;
    const isSame = this.#expected !== null && part.equals(this.#expected.subarray(0, length));
    this.#expected = isSame ? this.#expected!.subarray(length) : null;
  });

  async compress(bytes: Uint8Array): Promise<Uint8Array> {
    this.#frame.length = 0;
    await this.#compressing.take(bytes);
    const made = this.#frame.written();
    const end = made.length - NOTHING.length;
    return NOTHING.equals(made.subarray(Math.max(0, end))) && end > 0
      ? made.subarray(0, end)
      : made;
  }

  async holds(frame: Uint8Array, bytes: Uint8Array): Promise<boolean> {
    const before = this.#decompressing.taken;
    this.#expected = bytes;
    await this.#decompressing.take(frame);
    return this.#expected?.length === 0 && this.#decompressing.taken - before === frame.length;
  }

  close(): void {
    this.#compressing.close();
    this.#decompressing.close();
  }
}

/** Does one piece of work after another. */
class Lane {
  readonly #stream: ZstdCompress | ZstdDecompress;
  /** What the stream wrote to so far; it goes on in the last one at most. */
  #chunks: ArrayBuffer[] = [];
  #fail: (error: Error) => void = () => {};

  /** @param onPart given what comes out, which is there only as long as it is looked at */
  constructor(stream: ZstdCompress | ZstdDecompress, onPart: (part: Buffer) => void) {
    this.#stream = stream;
    this.#stream.on('data', (part: Buffer<ArrayBuffer>) => {
      onPart(part);
      if (this.#chunks.at(-1) !== part.buffer) this.#chunks.push(part.buffer);
    });
    this.#stream.on('error', (error) => this.#fail(error));
  }

  /** Bytes that the stream has looked at: what comes after a frame it leaves. */
  get taken(): number {
    return this.#stream.bytesWritten;
  }

  take(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      for (const chunk of this.#chunks.splice(0, this.#chunks.length - 1)) chunk.transfer(0);
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
