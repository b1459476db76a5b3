/** Following a log: what is there, then what comes. */
import type { Frame } from '../domain/frame.ts';
import type { ReadRange } from './eventLog.ts';

export interface TailOptions {
  readonly from?: number;
  readonly signal?: AbortSignal;
}

/** What can be followed. */
export interface TailSource {
  read(range: ReadRange): Iterable<Frame>;
  /** True if nothing can come any more; asked before what is there is read. */
  hasEnded(): boolean;
  /** Resolves, sooner or later, when fact `seq` may be there, the log has ended, or `signal` aborts. */
  wait(seq: number, signal: AbortSignal | undefined): Promise<void>;
}

export async function* tailOf(source: TailSource, options: TailOptions): AsyncGenerator<Frame> {
  const { from = 1, signal } = options;
  const isAborted = () => signal?.aborted ?? false;
  let next = from;
  while (!isAborted()) {
    const ended = source.hasEnded();
    for (const frame of source.read({ from: next })) {
      next = frame.firstSeq + frame.count;
      yield frame;
      if (isAborted()) return;
    }
    if (ended) return;
    await source.wait(next, signal);
  }
}

/** Those who wait for a log to grow, in the process that writes it. */
export class Waiters {
  #wakers: (() => void)[] = [];

  /** Resolves at the next `wake`, or when `signal` aborts. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakers.push(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  wake(): void {
    if (this.#wakers.length === 0) return;
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}
