import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { ended, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
const session = { data: { type: 'synthetic', seed: 7 } };
const config = terminal.write('config.json', configOf({ session }));

describe('openbell run --stately', () => {
  it('shows the charts on 127.0.0.1, also to whoever comes late, and records the same', async () => {
    const plain = await terminal.json('run', config, '--json', '--log', 'plain');
    const child = terminal.start('run', config, '--json', '--log', 'shown', '--stately');
    const end = ended(child);
    const spoken = await said(child.stderr, /stays up until Ctrl-C/);
    const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(spoken)!;
    const page = await (await fetch(url!)).text();
    expect(page).toContain('<title>Openbell in the Stately inspector</title>');

    const socket = new WebSocket(url!.replace('http', 'ws'));
    const names = new Set<string>();
    await new Promise<void>((done, fail) => {
      socket.onerror = () => fail(new Error('the socket broke'));
      socket.onmessage = ({ data }) => {
        const { type, name, snapshot, sessionId } = JSON.parse(data);
        if (type === '@xstate.actor') names.add(name);
        if (type === '@xstate.snapshot' && snapshot.value === 'completed') done();
        expect(sessionId).toMatch(/^x:\d+$/);
      };
    });
    expect([...names]).toEqual(expect.arrayContaining(['session', 'processor', 'strategy']));

    const closed = new Promise((done) => {
      socket.onclose = done;
    });
    child.kill('SIGINT');
    await closed;
    const { code, stdout } = await end;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).chain_hash).toBe(plain.chain_hash);
  });

  it('refuses a page from elsewhere', async () => {
    const child = terminal.start('run', config, '--json', '--log', 'foreign', '--stately');
    const end = ended(child);
    const spoken = await said(child.stderr, /stays up until Ctrl-C/);
    const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(spoken)!;
    const answer = await upgrade(new URL(url!), 'http://evil.example');
    expect(answer).toBe(403);
    expect(await upgrade(new URL(url!), url!.slice(0, -1))).toBe(101);
    child.kill('SIGINT');
    expect((await end).code).toBe(0);
  });
});

/** Asks for a socket as a page of `origin` would. @returns the status of the answer */
async function upgrade(url: URL, origin: string): Promise<number> {
  const headers = {
    origin,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  };
  return new Promise((done, fail) => {
    const asked = request(url, { headers });
    asked.on('response', (response) => done(response.statusCode ?? 0));
    asked.on('upgrade', (response, socket) => {
      // The sample of RFC 6455, section 1.3.
      expect(response.headers['sec-websocket-accept']).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
      socket.destroy();
      done(response.statusCode ?? 0);
    });
    asked.on('error', fail);
    asked.end();
  });
}
