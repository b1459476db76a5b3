/**
 * Questions that are asked in one turn go to the server in one request: a move of the cursor asks a dozen. What comes
 * back in one piece is handed on in one task, so that the page is drawn once.
 */
import { signal } from '@preact/signals';
import {
  AskedLine,
  BATCH_MAX,
  type BatchQuestions,
  ErrorAnswer,
} from '../../../src/inspect/protocol.ts';

/** An answer that says what was wrong with the question. */
export class AskError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** False once the server did not answer, until it does. */
export const answering = signal(true);

interface Asked {
  readonly name: string;
  readonly question: Record<string, unknown>;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

let waiting: Asked[] = [];

/** Asks with all others of this turn. @param token that of the page's address */
export function askTogether(
  token: string,
  name: string,
  question: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    waiting.push({ name, question, signal, resolve, reject });
    if (waiting.length === 1) queueMicrotask(() => sendAll(token));
  });
}

function sendAll(token: string): void {
  const all = waiting.filter((asked) => {
    if (asked.signal?.aborted) asked.reject(asked.signal.reason);
    return !asked.signal?.aborted;
  });
  waiting = [];
  for (let i = 0; i < all.length; i += BATCH_MAX) {
    const part = all.slice(i, i + BATCH_MAX);
    send(token, part).catch((error: unknown) => {
      for (const asked of part) asked.reject(error);
    });
  }
}

async function send(token: string, all: readonly Asked[]): Promise<void> {
  const body: BatchQuestions = {
    questions: all.map(({ name, question }) => ({ name, question })),
  };
  const response = await fetch('api/ask', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    signal: whenAllGaveUp(all),
  }).catch(unreachable);
  answering.value = true;
  if (!response.ok) throw await problemOf(response);
  let rest = '';
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read().catch(unreachable);
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    for (const line of lines) settle(all, AskedLine.parse(JSON.parse(line)));
  }
  // Those that are answered take no notice.
  const cut = new AskError('unreachable', 'The inspector broke off in the middle of its answer.');
  for (const asked of all) asked.reject(cut);
}

function settle(all: readonly Asked[], line: AskedLine): void {
  const asked = all[line.i];
  if ('error' in line) asked?.reject(new AskError(line.error.code, line.error.message));
  else asked?.resolve(line.answer);
}

/** A request is given up when nobody waits for any of its answers. */
function whenAllGaveUp(all: readonly Asked[]): AbortSignal {
  const giving = new AbortController();
  let left = all.length;
  for (const { signal, reject } of all) {
    signal?.addEventListener('abort', () => {
      reject(signal.reason);
      left -= 1;
      if (left === 0) giving.abort();
    });
  }
  return giving.signal;
}

export function unreachable(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  answering.value = false;
  throw new AskError('unreachable', 'The inspector does not answer: was it stopped?');
}

export async function problemOf(response: Response): Promise<AskError> {
  const { error } = ErrorAnswer.parse(await response.json());
  return new AskError(error.code, error.message);
}
