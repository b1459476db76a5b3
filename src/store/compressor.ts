/**
 * Frames of zstd, several at once, made and taken apart by the threads that Node has for such work.
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

type Stream = ZstdCompress | ZstdDecompress;

export interface Compressor {
  /** Some bytes, which must not change meanwhile, as one frame; it is there until the next one is asked for. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** What such a frame holds; there until the next one is asked for. */
  decompress(frame: Uint8Array): Promise<Uint8Array>;
  /** Gives back the memory. Nothing is to be on its way. */
  close(): void;
}

export class ZstdCompressor implements Compressor {
  readonly #compressing = new Lanes(() => new Lane(createZstdCompress(COMPRESSING)));
  readonly #decompressing = new Lanes(
    () => new Lane(createZstdDecompress({ chunkSize: CHUNK_BYTES })),
  );

  async compress(bytes: Uint8Array): Promise<Uint8Array> {
    const made = await this.#compressing.take(bytes);
    const end = made.length - NOTHING.length;
    return NOTHING.equals(made.subarray(Math.max(0, end))) && end > 0
      ? made.subarray(0, end)
      : made;
  }

  decompress(frame: Uint8Array): Promise<Uint8Array> {
    return this.#decompressing.take(frame);
  }

  close(): void {
    this.#compressing.close();
    this.#decompressing.close();
  }
}

/** As many as are needed at once. */
class Lanes {
  readonly #begin: () => Lane;
  readonly #all: Lane[] = [];
  readonly #idle: Lane[] = [];

  constructor(begin: () => Lane) {
    this.#begin = begin;
  }

  async take(bytes: Uint8Array): Promise<Uint8Array> {
    let lane = this.#idle.pop();
    if (lane === undefined) {
      lane = this.#begin();
      this.#all.push(lane);
    }
    const result = await lane.take(bytes);
    this.#idle.push(lane);
    return result;
  }

  close(): void {
    for (const lane of this.#all) lane.close();
  }
}

/** Makes one frame at a time, or takes one apart. */
class Lane {
  readonly #stream: Stream;
  /** A batch is more than a chunk, but seldom more than two. */
  readonly #result = new ByteWriter(2 * CHUNK_BYTES);
  /** What the stream wrote to so far; it goes on in the last one at most. */
  #chunks: ArrayBuffer[] = [];
  #fail: (error: Error) => void = () => {};

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#stream.on('data', (part: Buffer<ArrayBuffer>) => {
      this.#result.reserve(part.length);
      this.#result.bytes.set(part, this.#result.length);
      this.#result.length += part.length;
      if (this.#chunks.at(-1) !== part.buffer) this.#chunks.push(part.buffer);
    });
    this.#stream.on('error', (error) => this.#fail(error));
  }

  take(bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#result.length = 0;
      for (const chunk of this.#chunks.splice(0, this.#chunks.length - 1)) chunk.transfer(0);
      this.#stream.write(bytes, () => resolve(this.#result.written()));
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
