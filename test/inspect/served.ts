/** A served run, asked as the page asks. */
import { afterAll } from 'vitest';
import {
  type AnswerOf,
  type EndpointName,
  type InspectorServer,
  type QuestionOf,
  type ServerOptions,
  serveInspector,
} from '../../src/index.ts';
import { ENDPOINTS } from '../../src/inspect/protocol.ts';

export interface Served {
  readonly server: InspectorServer;
  /** Asks and has the answer checked by its schema. */
  ask<N extends EndpointName>(name: N, question?: QuestionOf<N>): Promise<AnswerOf<N>>;
  /** Status and body of any request; the token goes with it unless other headers are given. */
  request(
    path: string,
    init?: RequestInit,
  ): Promise<{ status: number; body: string; headers: Headers }>;
}

/** A page of events once all of the log is counted. */
export async function countedPage(
  { ask }: Pick<Served, 'ask'>,
  question: QuestionOf<'events'>,
): Promise<AnswerOf<'events'>> {
  for (;;) {
    const page = await ask('events', question);
    if (page.complete) return page;
  }
}

/** Serves a run until the tests of the file are over. */
export async function served(
  run: Parameters<typeof serveInspector>[0],
  options: ServerOptions = {},
): Promise<Served> {
  return servedBy(await serveInspector(run, options));
}

export function servedBy(server: InspectorServer): Served {
  afterAll(() => server.close());
  const headers = { authorization: `Bearer ${server.token}` };
  const request = async (path: string, init: RequestInit = {}) => {
    const url = `http://127.0.0.1:${server.port}${path}`;
    const response = await fetch(url, { headers, ...init });
    return { status: response.status, body: await response.text(), headers: response.headers };
  };
  return {
    server,
    request,
    ask: async (name, question) => {
      const { status, body } = await request(`/api/${name}?${searchOf(question ?? {})}`);
      if (status !== 200) throw new Error(`${name} was answered ${status}: ${body}`);
      return ENDPOINTS[name].answer.parse(JSON.parse(body)) as never;
    },
  };
}

function searchOf(question: object): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(question)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return search.toString();
}
