/** Asks the server, or, in an exported page, what answers in its place. */
import {
  type Answerer,
  type AnswerOf,
  ENDPOINTS,
  type EndpointName,
  ErrorAnswer,
  type QuestionOf,
} from '../../../src/inspect/protocol.ts';

/** The page was opened with it; it is sent with every question and never put into a link. */
export const token = new URLSearchParams(location.search).get('token') ?? '';

/** An answer that says what was wrong with the question. */
export class AskError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const embedded = (globalThis as { openbell?: Answerer }).openbell;

/** True in a page that was exported: nothing can be asked for that is not in it. */
export const isExported = embedded !== undefined;

const KEPT_MAX = 400;
/** Answers that cannot change, newest last. */
const kept = new Map<string, unknown>();

/** Asks one question. `keep`: the answer will be the same for ever. */
export async function ask<N extends EndpointName>(
  name: N,
  question: QuestionOf<N>,
  options: { readonly signal?: AbortSignal; readonly keep?: boolean } = {},
): Promise<AnswerOf<N>> {
  if (embedded !== undefined) return embedded.ask(name, question);
  const address = `api/${name}${searchOf(question)}`;
  if (options.keep === true && kept.has(address)) return kept.get(address) as AnswerOf<N>;
  const answer = await send(name, address, { signal: options.signal ?? null });
  if (options.keep === true) keep(address, answer);
  return answer;
}

/** Puts something beside the log in place of what was there. */
export async function put<N extends EndpointName>(
  name: N,
  body: AnswerOf<N>,
): Promise<AnswerOf<N>> {
  return send(name, `api/${name}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

async function send<N extends EndpointName>(
  name: N,
  address: string,
  init: RequestInit,
): Promise<AnswerOf<N>> {
  const headers = { ...init.headers, authorization: `Bearer ${token}` };
  const response = await fetch(address, { ...init, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new AskError('unreachable', 'The inspector does not answer: was it stopped?');
  });
  const json: unknown = await response.json();
  if (!response.ok) {
    const { error } = ErrorAnswer.parse(json);
    throw new AskError(error.code, error.message);
  }
  return ENDPOINTS[name].answer.parse(json) as AnswerOf<N>;
}

function keep(address: string, answer: unknown): void {
  kept.set(address, answer);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
}

function searchOf(question: object): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(question)) {
    if (value !== undefined) words.set(key, String(value));
  }
  const text = words.toString();
  return text === '' ? '' : `?${text}`;
}
