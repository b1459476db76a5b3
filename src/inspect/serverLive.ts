/** The WebSocket of a live page: tells of everything appended, and takes commands where that is allowed. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { sentenceOf } from '../domain/errors.ts';
import type { Inspection } from './inspection.ts';
import { ControlMessage, type LiveMessage } from './protocol/live.ts';

/** How often it looks whether the log has grown, host time. */
const POLL_MS = 100;
/** Bytes that may wait in a socket; a page that is slower hears of more at once. */
const WAITING_MAX = 1 << 18;
const MESSAGE_MAX = 1 << 16;

/** A page, with the last fact it was told of. */
interface Listener {
  readonly socket: WebSocket;
  told: number;
}

export class LiveFeed {
  readonly #inspection: Inspection;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MAX });
  readonly #listeners = new Set<Listener>();
  readonly #release: () => void;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #live = true;
  #ready = false;

  constructor(inspection: Inspection) {
    this.#inspection = inspection;
    const engine = inspection.engine;
    this.#release =
      engine?.onChange(() => this.#send({ type: 'engine', engine: engine.state() })) ?? (() => {});
    this.#live = inspection.a.source.live();
    this.#schedule(0);
  }

  /** Takes over a request to upgrade, which was found to be from the page. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (page) => this.#welcome(page));
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#release();
    for (const { socket } of this.#listeners) socket.terminate();
    this.#server.close();
  }

  #welcome(socket: WebSocket): void {
    const { a, engine } = this.#inspection;
    const last = a.index.position;
    const listener: Listener = { socket, told: last };
    const hello: LiveMessage = {
      type: 'hello',
      last,
      at: a.index.lastAt,
      status: a.source.status(),
      live: a.source.live(),
      engine: engine?.state() ?? null,
    };
    socket.send(JSON.stringify(hello));
    this.#listeners.add(listener);
    socket.on('close', () => this.#listeners.delete(listener));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => this.#obey(socket, isBinary ? '' : String(data)));
  }

  #schedule(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#look().then(
        () => this.#schedule(POLL_MS),
        // A log that cannot be read any more is told of when the page asks.
        () => this.#schedule(POLL_MS * 10),
      );
    }, ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { a } = this.#inspection;
    if (!this.#live && this.#ready) return;
    // First whether it goes on: what is appended before it ends is seen then.
    const live = a.source.live();
    await this.#inspection.grow();
    this.#tell();
    const { position } = a.index;
    if (!this.#ready) {
      this.#ready = true;
      this.#send({ type: 'index', ready: true, indexed: position, total: position });
    }
    if (live || !this.#live) return;
    this.#live = false;
    const status = a.source.status();
    this.#send({ type: 'status', status, last: position, chainHash: a.log.chainHash() });
  }

  #tell(): void {
    const { position, lastAt } = this.#inspection.a.index;
    for (const listener of this.#listeners) {
      const { socket, told } = listener;
      if (position <= told || socket.bufferedAmount > WAITING_MAX) continue;
      const count = position - told;
      socket.send(
        JSON.stringify({
          type: 'appended',
          last: position,
          at: lastAt,
          count,
        } satisfies LiveMessage),
      );
      listener.told = position;
    }
  }

  #send(message: LiveMessage): void {
    const text = JSON.stringify(message);
    for (const { socket } of this.#listeners) socket.send(text);
  }

  #obey(socket: WebSocket, text: string): void {
    const message = ControlMessage.safeParse(parsed(text));
    if (!message.success) {
      socket.close(1008, 'not understood');
      return;
    }
    const { id } = message.data;
    try {
      this.#carryOut(message.data);
      socket.send(JSON.stringify({ type: 'done', id } satisfies LiveMessage));
    } catch (error) {
      const reason = sentenceOf(error);
      socket.send(JSON.stringify({ type: 'refused', id, message: reason } satisfies LiveMessage));
    }
  }

  #carryOut(message: ControlMessage): void {
    const { engine } = this.#inspection;
    if (engine === null) throw new Error('control is off: start the run with --allow-control');
    if (message.type === 'pause') engine.pause();
    else if (message.type === 'resume') engine.resume();
    else if (message.type === 'step') engine.step(message.unit);
    else engine.setBreakpoints(message.breakpoints);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
