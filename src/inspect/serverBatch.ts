/**
 * Many questions in one request: what a page asks when its cursor moves. Each answer is a line of JSON, sent as soon
 * as it is there, in whatever order.
 */
import type { ServerResponse } from 'node:http';
import type { AskedLine, BatchQuestions } from './protocol/batch.ts';
import type { EndpointName, QuestionOf } from './protocol.ts';
import { SECURITY_HEADERS } from './serverPage.ts';

export interface BatchAnswerer {
  answer(name: string, question: QuestionOf<EndpointName>): Promise<unknown>;
  /** What to say of a question that cannot be answered. */
  problem(error: unknown): { readonly code: string; readonly message: string };
}

export async function answerBatch(
  { questions }: BatchQuestions,
  response: ServerResponse,
  from: BatchAnswerer,
): Promise<void> {
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'application/x-ndjson; charset=utf-8',
    'cache-control': 'no-store',
  });
  let lines = '';
  const flush = () => {
    if (lines !== '' && !response.destroyed) response.write(lines);
    lines = '';
  };
  const say = (line: AskedLine) => {
    // What is answered in one turn goes out as one piece.
    if (lines === '') setImmediate(flush);
    lines += `${JSON.stringify(line)}\n`;
  };
  const numbered = questions.map((asked, i) => ({ ...asked, i }));
  // A difference is of an earlier moment too: from that the state is folded on, for all the others.
  const isLate = ({ name }: { name: string }) => (name === 'diff' ? 0 : 1);
  await Promise.all(
    numbered
      .sort((a, b) => isLate(a) - isLate(b))
      .map(async ({ name, question, i }) => {
        // Who has moved on needs no answer any more.
        if (response.destroyed) return;
        try {
          say({ i, answer: await from.answer(name, question as QuestionOf<EndpointName>) });
        } catch (error) {
          say({ i, error: from.problem(error) });
        }
      }),
  );
  flush();
  response.end();
}
