/**
 * The sending half of a WebSocket server: text to everyone who listens. What listeners say is not read.
 *
 * @see RFC 6455, sections 4.2.2 (handshake) and 5.2 (framing)
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FINAL_TEXT = 0x81;
const FINAL_CLOSE = 0x88;

export class Broadcast {
  readonly #listeners = new Set<Duplex>();
  readonly #welcome: () => Iterable<string>;

  /** @param welcome the messages that a new listener gets first */
  constructor(server: Server, welcome: () => Iterable<string>) {
    this.#welcome = welcome;
    server.on('upgrade', (request, socket) => this.#accept(request, socket));
  }

  send(text: string): void {
    const frame = frameOf(text);
    for (const listener of this.#listeners) listener.write(frame);
  }

  close(): void {
    for (const listener of this.#listeners) listener.end(Buffer.from([FINAL_CLOSE, 0]));
    this.#listeners.clear();
  }

  #accept(request: IncomingMessage, socket: Duplex): void {
    const key = request.headers['sec-websocket-key'];
    if (key === undefined || !isOwnPage(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const accept = createHash('sha1').update(`${key}${HANDSHAKE_GUID}`).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    for (const text of this.#welcome()) socket.write(frameOf(text));
    this.#listeners.add(socket);
    const leave = () => this.#listeners.delete(socket);
    socket.on('close', leave).on('error', leave);
    // Nothing but a goodbye is expected, and it needs no parsing to be answered by the end of the socket.
    socket.on('data', (data: Buffer) => {
      if (data[0] === FINAL_CLOSE) socket.end(Buffer.from([FINAL_CLOSE, 0]));
    });
  }
}

/** Any web page may open a socket to this machine; only ours and programs, which send no origin, may listen. */
function isOwnPage({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === undefined || origin === `http://${host}`;
}

function frameOf(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([FINAL_TEXT, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = FINAL_TEXT;
  if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
