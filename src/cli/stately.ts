/**
 * The Stately inspector for `run --stately`: a local page that shows a run's statecharts on stately.ai.
 *
 * The package's own server listens on every network interface and forgets all but the last 200 messages, so
 * this one takes its place: on 127.0.0.1, and a page opened late still sees every actor from its start.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInspector, type StatelyInspectionEvent } from '@statelyai/inspect';
import type { SessionOptions } from '../actors/openSession.ts';
import { Broadcast } from './webSocket.ts';

export interface StatelyInspector {
  readonly url: string;
  /** For `openSession`. */
  readonly inspect: NonNullable<SessionOptions['inspect']>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const USUAL_PORT = 8080;
const KEPT_MAX = 20_000;

/** Listens on the usual port, or on any free one where that is taken. */
export async function openStately(): Promise<StatelyInspector> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
  });
  const messages = new Messages();
  const broadcast = new Broadcast(server, () => messages.kept);
  await listen(server, USUAL_PORT).catch(() => listen(server, 0));
  server.unref();
  const inspector = createInspector({
    send: (event) => {
      const text = JSON.stringify(event);
      messages.keep(event, text);
      broadcast.send(text);
    },
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    inspect: inspector.inspect,
    close: () => {
      broadcast.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a page that is opened late has to be told: every actor, and what happened most recently. */
class Messages {
  kept: string[] = [];
  #actors: string[] = [];

  keep(event: StatelyInspectionEvent, text: string): void {
    if (event.type === '@xstate.actor') this.#actors.push(text);
    this.kept.push(text);
    if (this.kept.length < KEPT_MAX) return;
    const recent = this.kept.slice(-KEPT_MAX / 2);
    const known = new Set(recent);
    this.kept = [...this.#actors.filter((actor) => !known.has(actor)), ...recent];
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Hands what comes from the socket to the inspector in its frame, once that is there. */
const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>Openbell in the Stately inspector</title>
<style>html, body, iframe { margin: 0; width: 100%; height: 100%; border: 0; overflow: hidden }</style>
<iframe src="https://stately.ai/inspect"></iframe>
<script>
  const inspector = document.querySelector('iframe');
  const waiting = [];
  let ready = false;
  const hand = (message) => inspector.contentWindow.postMessage(message, 'https://stately.ai');
  addEventListener('message', ({ data, origin }) => {
    if (origin !== 'https://stately.ai' || data?.type !== '@statelyai.connected') return;
    ready = true;
    waiting.splice(0).forEach(hand);
  });
  new WebSocket('ws://' + location.host).onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (ready) hand(message);
    else waiting.push(message);
  };
</script>
`;
