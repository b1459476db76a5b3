/**
 * The inspector's server: the page, and the answers to its questions. On 127.0.0.1 only, for whoever has the
 * token of its address; it can change nothing but the notes, and an engine where that was allowed.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { sentenceOf, UsageError } from '../domain/errors.ts';
import { type Inspectable, Inspection, type InspectionOptions } from './inspection.ts';
import { NotesConflict } from './notesFile.ts';
import { BatchQuestions } from './protocol/batch.ts';
import { Notes } from './protocol/live.ts';
import { AnswerTooLarge, isEndpoint } from './queries/answers.ts';
import { answerBatch } from './serverBatch.ts';
import { LiveFeed } from './serverLive.ts';
import { builtPage, PageFiles, SECURITY_HEADERS } from './serverPage.ts';

const HOST = '127.0.0.1';
const URL_MAX = 8192;
const BODY_MAX = 4 * 2 ** 20;

export interface ServerOptions extends InspectionOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Folder of the built page; default that of the package. */
  readonly page?: string;
}

export interface InspectorServer extends AsyncDisposable {
  /** With the token: whoever has it can ask everything. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly inspection: Inspection;
  close(): Promise<void>;
}

/** What is not answered as it was asked. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Serves a run to a browser on this machine.
 *
 * @param run its folder, or one in memory
 * @throws {UsageError} if there is no run, or the port is taken
 */
export async function serveInspector(
  run: Inspectable,
  { port = 0, page, ...options }: ServerOptions = {},
): Promise<InspectorServer> {
  const inspection = new Inspection(run, options);
  const site = new Site(inspection, new PageFiles(page ?? builtPage()));
  await listen(site.server, port);
  const { port: given } = site.server.address() as AddressInfo;
  site.port = given;
  const { token } = site;
  const close = () => site.close();
  return {
    url: `http://${HOST}:${given}/?token=${token}`,
    port: given,
    token,
    inspection,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const problem = `port ${port} cannot be used (${error.code}): choose another, or 0 for any`;
      reject(taken ? new UsageError(problem) : error);
    });
    server.listen(port, HOST, resolve);
  });
}

class Site {
  readonly token = randomBytes(24).toString('base64url');
  readonly server: Server;
  port = 0;
  readonly #inspection: Inspection;
  readonly #page: PageFiles;
  readonly #live: LiveFeed;

  constructor(inspection: Inspection, page: PageFiles) {
    this.#inspection = inspection;
    this.#page = page;
    this.#live = new LiveFeed(inspection);
    this.server = createServer((request, response) => {
      this.#respond(request, response).catch((error: unknown) => refuse(response, error));
    });
    this.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.server.on('clientError', (_, socket) => socket.destroy());
  }

  close(): Promise<void> {
    this.#live.close();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = this.#addressOf(request);
    if (url.pathname.startsWith('/api/')) {
      await this.#answer(request, response, url);
      return;
    }
    allowMethods(request, response, ['GET', 'HEAD']);
    const file = this.#page.find(url.pathname);
    if (file === null) throw new Refusal(404, 'not_found', `there is no "${url.pathname}" here`);
    const cache = file.immutable ? 'public, max-age=31536000, immutable' : 'no-store';
    send(request, response, 200, file.body, { 'content-type': file.type, 'cache-control': cache });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!this.#isToken(given)) {
      throw new Refusal(
        401,
        'unauthorized',
        'this needs the token of the address that was printed',
      );
    }
    const name = url.pathname.slice('/api/'.length);
    if (name === 'ask') {
      allowMethods(request, response, ['POST']);
      await answerBatch(await bodyOf(request, BatchQuestions), response, {
        answer: (asked, question) => this.#ask(asked, question),
        problem: (error) => ({ code: kindOf(error).code, message: sentenceOf(error) }),
      });
      return;
    }
    allowMethods(request, response, name === 'notes' ? ['GET', 'HEAD', 'PUT'] : ['GET', 'HEAD']);
    const answer =
      request.method === 'PUT'
        ? this.#inspection.saveNotes(await bodyOf(request, Notes))
        : await this.#ask(name, Object.fromEntries(url.searchParams));
    sendJson(request, response, 200, answer);
  }

  #ask(name: string, question: object): Promise<unknown> {
    if (!isEndpoint(name)) throw new Refusal(404, 'not_found', `there is no question "${name}"`);
    return this.#inspection.ask(name, question as never);
  }

  /** Checks what every request has to fulfil. A page of another site reaches this port, but not this name. */
  #addressOf(request: IncomingMessage): URL {
    const { url = '/', headers } = request;
    if (!this.#isHost(headers.host)) {
      throw new Refusal(421, 'wrong_host', 'this server answers as 127.0.0.1 only');
    }
    if (headers.origin !== undefined && !this.#isOrigin(headers.origin)) {
      throw new Refusal(403, 'wrong_origin', 'this server answers its own page only');
    }
    if (url.length > URL_MAX) throw new Refusal(414, 'too_long', 'the question is too long');
    try {
      return new URL(url, `http://${HOST}`);
    } catch {
      throw new Refusal(400, 'bad_request', 'the address cannot be understood');
    }
  }

  #isHost(host: string | undefined): boolean {
    return host === `${HOST}:${this.port}` || host === `localhost:${this.port}`;
  }

  #isOrigin(origin: string): boolean {
    return origin.startsWith('http://') && this.#isHost(origin.slice('http://'.length));
  }

  #isToken(given: string | null | undefined): boolean {
    if (typeof given !== 'string') return false;
    const [a, b] = [Buffer.from(given), Buffer.from(this.token)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    try {
      const { pathname, searchParams } = this.#addressOf(request);
      if (pathname !== '/api/live' || !this.#isToken(searchParams.get('token'))) {
        throw new Refusal(401, 'unauthorized', '');
      }
      this.#live.accept(request, socket, head);
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 400;
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    }
  }
}

function allowMethods(request: IncomingMessage, response: ServerResponse, allowed: string[]): void {
  if (allowed.includes(request.method ?? '')) return;
  response.setHeader('allow', allowed.join(', '));
  throw new Refusal(405, 'not_allowed', `${request.method} is not for this address`);
}

/** A schema of the protocol. */
interface Shape<T> {
  safeParse(json: unknown):
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] };
      };
}

/** What was sent, which must be JSON of that shape. @throws {Refusal} if it is not, or is too much */
async function bodyOf<T>(request: IncomingMessage, shape: Shape<T>): Promise<T> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new Refusal(415, 'bad_request', 'this takes JSON');
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > BODY_MAX) throw new Refusal(413, 'too_large', 'this is too much at once');
    pieces.push(piece);
  }
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(pieces).toString());
  } catch {
    throw new Refusal(400, 'bad_request', 'what was sent is no JSON');
  }
  const body = shape.safeParse(json);
  if (body.success) return body.data;
  const [issue] = body.error.issues;
  throw new Refusal(400, 'bad_request', `"${issue?.path.join('.')}": ${issue?.message}`);
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, code } = kindOf(error);
  const message = sentenceOf(error);
  if (response.headersSent) response.destroy();
  else sendJson({ method: 'GET' }, response, status, { error: { code, message } });
}

function kindOf(error: unknown): { status: number; code: string } {
  if (error instanceof Refusal) return error;
  if (error instanceof AnswerTooLarge) return { status: 413, code: 'too_large' };
  if (error instanceof NotesConflict) return { status: 409, code: 'conflict' };
  if (error instanceof UsageError || error instanceof RangeError) {
    return { status: 400, code: 'bad_request' };
  }
  return { status: 500, code: 'failed' };
}

function sendJson(
  request: Pick<IncomingMessage, 'method'>,
  response: ServerResponse,
  status: number,
  answer: unknown,
): void {
  const body = Buffer.from(JSON.stringify(answer));
  send(request, response, status, body, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
}

function send(
  { method }: Pick<IncomingMessage, 'method'>,
  response: ServerResponse,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'content-length': body.length });
  response.end(method === 'HEAD' ? undefined : body);
}
