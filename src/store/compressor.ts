/**
 * Frames of zstd, several at once, made by the threads that Node has for such work.
 *
 * What zstd works in is kept from frame to frame, and what it has written to is freed at once: left to the collector,
 * both would leave a process that runs for long with tens of megabytes of holes.
 */
import { constants, createZstdCompress } from 'node:zlib';
import { ByteWriter } from './bytes.ts';

/** Most of what is in a log are digits of prices, and alike in fours; a higher level costs more than it saves. */
const PARAMS = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_windowLog]: 16,
  [constants.ZSTD_c_minMatch]: 4,
};

export interface Compressor {
  /** Some bytes, which must not change meanwhile, as one frame; it is there until the next one is asked for. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Gives back the memory. Nothing is to be on its way. */
  close(): void;
}

export class ZstdCompressor implements Compressor {
  readonly #lanes: Lane[] = [];
  readonly #idle: Lane[] = [];

  async compress(bytes: Uint8Array): Promise<Uint8Array> {
    const lane = this.#idle.pop() ?? this.#begin();
    const frame = await lane.compress(bytes);
    this.#idle.push(lane);
    return frame;
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }

  #begin(): Lane {
    const lane = new Lane();
    this.#lanes.push(lane);
    return lane;
  }
}

const CHUNK_BYTES = 1 << 18;

/** Makes one frame at a time. */
class Lane {
  // What is written is a frame of its own at once: to end it later would take another turn of the threads.
  readonly #stream = createZstdCompress({
    params: PARAMS,
    chunkSize: CHUNK_BYTES,
    flush: constants.ZSTD_e_end,
  });
  readonly #frame = new ByteWriter(1 << 16);
  /** What the stream wrote to so far; it goes on in the last one at most. */
  #chunks: ArrayBuffer[] = [];
  #fail: (error: Error) => void = () => {};

  constructor() {
    this.#stream.on('data', (part: Buffer<ArrayBuffer>) => {
      this.#frame.reserve(part.length);
      this.#frame.bytes.set(part, this.#frame.length);
      this.#frame.length += part.length;
      if (this.#chunks.at(-1) !== part.buffer) this.#chunks.push(part.buffer);
    });
    this.#stream.on('error', (error) => this.#fail(error));
  }

  compress(bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#frame.length = 0;
      for (const chunk of this.#chunks.splice(0, this.#chunks.length - 1)) chunk.transfer(0);
      this.#stream.write(bytes, () => resolve(this.#frame.written()));
    });
  }

  close(): void {
    this.#stream.destroy();
  }
}
