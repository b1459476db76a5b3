/**
 * Where commands write. Results go to stdout in large pieces, waiting for a slow reader; everything that is
 * not a result goes to stderr.
 */
import type { Writable } from 'node:stream';

/** Whoever read stdout has gone, as `head` does: reason to end, quietly. */
export class ReaderGone extends Error {
  override name = 'ReaderGone';
}

const PIECE = 64 * 1024;

/** Gathers text and writes it in pieces. Add until it is full, flush, and flush once at the end. */
export class Output {
  readonly #stream: Writable;
  #text = '';

  constructor(stream: Writable = process.stdout) {
    this.#stream = stream;
  }

  add(text: string): void {
    this.#text += text;
  }

  /** True when it is time to flush. */
  get full(): boolean {
    return this.#text.length >= PIECE;
  }

  /** @throws {ReaderGone} if nobody reads any more */
  async flush(): Promise<void> {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(isBrokenPipe(error) ? new ReaderGone() : error);
      });
    });
  }
}

/** Writes one result to stdout. */
export async function print(text: string): Promise<void> {
  const output = new Output();
  output.add(text.endsWith('\n') ? text : `${text}\n`);
  await output.flush();
}

/** Says something to the user that is no result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A stream without a reader must not end the process: whoever writes to it hears of it. */
export function surviveBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}
