/**
 * The contract between a session and a consumer that awaits: frames are handed over in order, each when the
 * promise for the one before has settled.
 *
 * Ready is a one-shot signal: raised when the consumer has taken all there was, reset by the next frame. A
 * data-driven session waits for it before every market instant. A clock-driven one goes on and counts an
 * overrun for each market frame that finds the one before not consumed; it waits in line, none is lost.
 */
import { sentenceOf } from '../domain/errors.ts';
import type { CommittedFrame } from './recorder.ts';

/** Called with one frame at a time; its facts stay valid. */
export type FrameConsumer = (frame: CommittedFrame) => unknown;

/** Where frames come from, and who is told how the consumer keeps up. */
export interface FrameSource {
  /** Calls `take` with every frame as it is committed. @returns how to stop that */
  listen(take: (frame: CommittedFrame) => void): () => void;
  /** Resolves when there are no more frames. */
  readonly ended: Promise<void>;
  /** A market frame found so many others not consumed. @returns whether that is an overrun */
  late(frame: CommittedFrame, behind: number): boolean;
  /** The consumer is ready again, or will take no more. */
  changed(): void;
  failed(reason: string): void;
}

export class StreamSubscription {
  /**
   * Resolves when the run is over and every frame consumed, or after `stop`. Rejects with what the consumer
   * threw; where nobody looks at it, the journal has it as `SubscriberFailed`.
   */
  readonly done: Promise<void>;

  readonly #consumer: FrameConsumer;
  readonly #source: FrameSource;
  readonly #settled = Promise.withResolvers<void>();
  readonly #frames: CommittedFrame[] = [];
  readonly #unlisten: () => void;
  #ready = true;
  #stopped = false;
  #ended = false;
  /** Market frames not yet consumed. */
  #behind = 0;
  #overruns = 0;

  constructor(consumer: FrameConsumer, source: FrameSource) {
    this.#consumer = consumer;
    this.#source = source;
    this.done = this.#settled.promise;
    this.done.catch(() => {});
    this.#unlisten = source.listen((frame) => this.#take(frame));
    void source.ended.then(() => this.#end());
  }

  /** True if every frame so far was consumed, or no more will be. */
  get ready(): boolean {
    return this.#ready || this.#stopped;
  }

  /** Frames that wait for the consumer, without the one it is at. */
  get queued(): number {
    return this.#frames.length;
  }

  /** How many market frames of a clock-driven session found the one before not consumed. */
  get overruns(): number {
    return this.#overruns;
  }

  /** Ends it: the frame the consumer is at, if any, is its last, and nobody waits for it. */
  stop(): void {
    this.#unlisten();
    this.#stopped = true;
    this.#frames.length = 0;
    this.#settled.resolve();
    this.#source.changed();
  }

  #take(frame: CommittedFrame): void {
    if (frame.market) {
      if (this.#behind > 0 && this.#source.late(frame, this.#behind)) this.#overruns += 1;
      this.#behind += 1;
    }
    this.#frames.push(frame);
    if (!this.#ready) return;
    this.#ready = false;
    // After the commit that hands it over.
    queueMicrotask(() => void this.#consume());
  }

  async #consume(): Promise<void> {
    try {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        await this.#consumer(frame);
        if (frame.market) this.#behind -= 1;
      }
    } catch (error) {
      this.#settled.reject(error);
      this.#source.failed(sentenceOf(error));
      this.stop();
    }
    this.#ready = true;
    if (this.#ended) this.#settled.resolve();
    this.#source.changed();
  }

  /** There are no more frames: it is done once those it has are consumed. */
  #end(): void {
    this.#unlisten();
    this.#ended = true;
    if (this.#ready) this.#settled.resolve();
  }
}
