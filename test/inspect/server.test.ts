/** Who is let in by the inspector's server, and what it says to the rest. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openSession, serveInspector } from '../../src/index.ts';
import { barsOf, configOf } from '../support.ts';
import { marketRun, temporaryFolder } from './marketRun.ts';
import { served } from './served.ts';

const run = await marketRun();
const page = temporaryFolder();
mkdirSync(join(page, 'assets'));
writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
writeFileSync(join(page, 'assets/app-1a2b.js'), 'export {};');
writeFileSync(join(page, 'secret.txt'), 'no page of ours');
const inspector = await served(run.folder, { page });
const { request, ask, server } = inspector;
const { port, token } = server;

/** A request as no browser would send it. */
function raw(options: { path?: string; method?: string; headers?: Record<string, string> }) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, ...options }, (response) => {
      let body = '';
      response.on('data', (piece) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const authorization = `Bearer ${token}`;

describe('the server', () => {
  it('gives the page to anyone on this machine, and answers to those with the token only', async () => {
    expect((await request('/', { headers: {} })).body).toContain('<title>page</title>');
    expect((await request('/api/run', { headers: {} })).status).toBe(401);
    expect((await request('/api/run', { headers: { authorization: 'Bearer x' } })).status).toBe(
      401,
    );
    expect((await request(`/api/run?token=${token}`, { headers: {} })).status).toBe(401);
    expect((await request('/api/run')).status).toBe(200);
    expect(token.length).toBeGreaterThanOrEqual(32);
  });

  it('tells the browser to load nothing from elsewhere', async () => {
    for (const path of ['/', '/api/run', '/nowhere']) {
      const { headers } = await request(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('does not answer to another name, or to the page of another site', async () => {
    const path = '/api/run';
    const headers = { authorization };
    expect((await raw({ path, headers: { ...headers, host: 'evil.example' } })).status).toBe(421);
    expect(
      (await raw({ path, headers: { ...headers, host: `evil.example:${port}` } })).status,
    ).toBe(421);
    const origin = 'http://evil.example';
    expect(
      (await raw({ path, headers: { ...headers, host: `127.0.0.1:${port}`, origin } })).status,
    ).toBe(403);
    expect((await raw({ path: '/', headers: { host: 'evil.example' } })).status).toBe(421);
  });

  it('serves the files of the page and no others', async () => {
    const asset = await request('/assets/app-1a2b.js');
    expect([asset.status, asset.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ]);
    const outside = [
      '/../package.json',
      '/..%2f..%2fpackage.json',
      '/assets/../../package.json',
      '//etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/secret.txt',
      '/assets',
      '/assets/',
    ];
    for (const path of outside) {
      expect([path, (await raw({ path })).status]).toEqual([path, 404]);
    }
  });

  it('reads with GET and HEAD only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status } = await raw({ path: '/api/run', method, headers: { authorization } });
      expect([method, status]).toEqual([method, 405]);
    }
    expect(await raw({ path: '/api/run', method: 'HEAD', headers: { authorization } })).toEqual({
      status: 200,
      body: '',
    });
  });

  it('refuses what is too long, and says what cannot be answered', async () => {
    expect((await request(`/api/events?q=${'x'.repeat(9000)}`)).status).toBe(414);
    expect((await request(`/api/events?q=${'x'.repeat(2500)}`)).status).toBe(400);
    const cases: [path: string, message: RegExp][] = [
      ['/api/state?at=99999999', /no fact 99999999/],
      ['/api/state?at=-1', /"at"/],
      ['/api/state?at=x', /"at"/],
      ['/api/state?at=5&path=a..b', /no place/],
      ['/api/event?seq=0', /from 1/],
      ['/api/events?log=b', /no second run/],
      ['/api/bars?symbol=__proto__&interval=1m&at=50', /__proto__/],
      ['/api/why?at=500&path=__proto__.x', /./],
    ];
    for (const [path, message] of cases) {
      const { status, body } = await request(path);
      if (path.includes('__proto__.x')) expect(status).toBeLessThan(500);
      else expect([path, status]).toEqual([path, 400]);
      if (status === 400) expect(JSON.parse(body).error.message).toMatch(message);
    }
    expect((await request('/api/nothing')).status).toBe(404);
    expect((await request('/api/__proto__')).status).toBe(404);
  });

  it('answers many questions in one request, each on a line of its own', async () => {
    const body = (questions: unknown) => ({
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ questions }),
    });
    const one = await ask('event', { seq: 40 });
    const diff = await ask('diff', { from: 39, to: 40 });
    const many = await request(
      '/api/ask',
      body([
        { name: 'event', question: { seq: '40' } },
        { name: 'event', question: { seq: '99999999' } },
        { name: 'nothing', question: {} },
        { name: 'diff', question: { from: 39, to: 40 } },
      ]),
    );
    expect(many.status).toBe(200);
    const lines = many.body.trimEnd().split('\n');
    const said = lines.map((line) => JSON.parse(line)).sort((a, b) => a.i - b.i);
    expect(said).toMatchObject([
      { i: 0, answer: one },
      { i: 1, error: { code: 'bad_request' } },
      { i: 2, error: { code: 'not_found' } },
      { i: 3, answer: diff },
    ]);
    const tooMany = Array.from({ length: 65 }, () => ({ name: 'run', question: {} }));
    expect((await request('/api/ask', body(tooMany))).status).toBe(400);
    expect((await request('/api/ask', body([]))).status).toBe(400);
    expect((await request('/api/ask')).status).toBe(405);
    const nobody = { ...body([]), headers: { 'content-type': 'application/json' } };
    expect((await request('/api/ask', nobody)).status).toBe(401);
  });

  it('listens on 127.0.0.1 only, and says so if the port is taken', async () => {
    await expect(serveInspector(run.folder, { port })).rejects.toThrow(
      `port ${port} cannot be used`,
    );
  });
});

describe('untrusted texts', () => {
  it('come as JSON and never as a page', async () => {
    const hostile = '</script><img src=x onerror=alert(1)>';
    const shout = () => ({
      subscribe: () => ({ bars: ['1m'] }),
      onBar: (bar: { symbol: string }, { emit }: { emit: (signal: object) => void }) =>
        emit({ symbol: bar.symbol, side: 'buy', reason: hostile }),
    });
    const session = await openSession({
      config: configOf({ session: { strategies: [{ module: 'shout' }] } }),
      data: { AAPL: barsOf({ dates: ['2024-01-02'] }) },
      log: join(temporaryFolder(), 'run'),
      strategies: { shout } as never,
    });
    await session.finish();
    const other = await served(session.folder!);
    const { body, headers } = await other.request('/api/events?limit=5&q=type:SignalEmitted');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.parse(body).rows[0].text).toContain(hostile);
  });
});

describe('notes', () => {
  const notes = {
    revision: 0,
    notes: [{ id: 'a', seq: 120, text: 'gap starts' }],
    views: [],
    mutes: [],
  };
  const put = (body: unknown, headers: Record<string, string> = {}) =>
    request('/api/notes', {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('are kept beside the log, one revision after another', async () => {
    expect(await ask('notes')).toEqual({ revision: 0, notes: [], views: [], mutes: [] });
    const saved = await put(notes);
    expect([saved.status, JSON.parse(saved.body).revision]).toEqual([200, 1]);
    expect((await ask('notes')).notes).toEqual([
      { id: 'a', seq: 120, log: 'a', text: 'gap starts' },
    ]);
    const kept = JSON.parse(readFileSync(join(run.folder, 'notes.json'), 'utf8'));
    expect(kept.notes[0].text).toBe('gap starts');
    const again = await put(notes);
    expect([again.status, JSON.parse(again.body).error.code]).toEqual([409, 'conflict']);
    expect((await put({ ...notes, revision: 1 })).status).toBe(200);
  });

  it('are refused if they are none, or come from elsewhere', async () => {
    expect((await put('{')).status).toBe(400);
    expect((await put({ ...notes, notes: [{ id: '', seq: -1 }] })).status).toBe(400);
    expect((await put(notes, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await put(notes, { authorization: 'Bearer x' })).status).toBe(401);
    expect((await put('x'.repeat(5_000_000))).status).toBe(413);
    expect(existsSync(join(run.folder, 'notes.json'))).toBe(true);
  });
});

describe('the socket', () => {
  const answerOf = (url: string, origin?: string) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url, origin === undefined ? {} : { origin });
      socket.on('message', (data) => {
        resolve(JSON.parse(String(data)).type);
        socket.close();
      });
      socket.on('error', (error) => resolve(error.message));
    });

  it('is open to the page with the token only', async () => {
    const url = `ws://127.0.0.1:${port}/api/live`;
    expect(await answerOf(`${url}?token=${token}`)).toBe('hello');
    expect(await answerOf(`${url}?token=${token}`, `http://127.0.0.1:${port}`)).toBe('hello');
    expect(await answerOf(`${url}?token=${token}`, 'http://evil.example')).toContain('403');
    expect(await answerOf(url)).toContain('401');
    expect(await answerOf(`${url}?token=x`)).toContain('401');
    expect(await answerOf(`ws://127.0.0.1:${port}/api/else?token=${token}`)).toContain('401');
  });
});
