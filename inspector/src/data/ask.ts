/** Asks the server, or, in an exported page, what answers in its place. */
import {
  type Answerer,
  type AnswerOf,
  ENDPOINTS,
  type EndpointName,
  type QuestionOf,
} from '../../../src/inspect/protocol.ts';
import { AskError, askTogether, problemOf, unreachable } from './batch.ts';

export { AskError };

/** The page was opened with it; it is sent with every question and never put into a link. */
export const token = new URLSearchParams(location.search).get('token') ?? '';

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
  const address = `${name} ${JSON.stringify(question)}`;
  if (options.keep === true && kept.has(address)) return kept.get(address) as AnswerOf<N>;
  const got = await askTogether(token, name, defined(question), options.signal);
  const answer = ENDPOINTS[name].answer.parse(got) as AnswerOf<N>;
  if (options.keep === true) keep(address, answer);
  return answer;
}

/** Puts something beside the log in place of what was there. */
export async function put<N extends EndpointName>(
  name: N,
  body: AnswerOf<N>,
): Promise<AnswerOf<N>> {
  const response = await fetch(`api/${name}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  }).catch(unreachable);
  if (!response.ok) throw await problemOf(response);
  return ENDPOINTS[name].answer.parse(await response.json()) as AnswerOf<N>;
}

function keep(address: string, answer: unknown): void {
  kept.set(address, answer);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
}

/** As it is sent: what is undefined is left out, and fields are texts, as they are in an address. */
function defined(question: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(question).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    ),
  );
}
