/** A run that goes on: told of what is appended, and, where that is allowed, able to halt it. */
import { computed, effect, signal } from '@preact/signals';
import type { z } from 'zod';
import {
  type ControlMessage,
  type EngineState,
  LiveMessage,
} from '../../../src/inspect/protocol.ts';
import { go, part, place } from '../state/place.ts';
import { isExported, token } from './ask.ts';
import { at, grow, last, refreshRun, run } from './run.ts';

/** How long to wait before trying again, in milliseconds. */
const RETRY_MS = 1000;

const open = signal<WebSocket | null>(null);

export const connected = computed(() => open.value !== null);

/** The engine behind the run; null where it cannot be controlled. */
export const engine = signal<EngineState | null>(null);

/** Why the engine did not do what it was told. */
export const refusal = signal('');

/** Facts after the cursor. */
export const behind = computed(() => last.value - at.value);

/** Listens while the run goes on. */
export function followLive(): void {
  const wanted = computed(() => !isExported && run.value?.live === true);
  effect(() => {
    if (wanted.value) connect(wanted.peek.bind(wanted));
  });
  const controls = computed(() => engine.value !== null);
  const lines = part('breakpoints');
  effect(() => {
    if (controls.value) order({ type: 'breakpoints', breakpoints: [...lines.value] });
  });
}

function connect(isWanted: () => boolean): void {
  const address = new URL(`api/live?token=${encodeURIComponent(token)}`, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.hash = '';
  const socket = new WebSocket(address);
  socket.addEventListener('open', () => {
    open.value = socket;
  });
  socket.addEventListener('message', (event: MessageEvent<string>) => {
    take(LiveMessage.parse(JSON.parse(event.data)));
  });
  socket.addEventListener('close', () => {
    open.value = null;
    if (isWanted()) setTimeout(() => isWanted() && connect(isWanted), RETRY_MS);
  });
}

/** Calls for the run anew no more often than this, in milliseconds: its lists grow with it. */
const REFRESH_MS = 1000;
let refreshing = false;

function take(message: LiveMessage): void {
  switch (message.type) {
    case 'hello':
      adopt(message.engine);
      grow(message);
      break;
    case 'appended':
      grow(message);
      refreshSoon();
      break;
    case 'status':
    case 'index':
      refreshRun();
      break;
    case 'engine':
      engine.value = message.engine;
      break;
    case 'refused':
      refusal.value = message.message;
      break;
    case 'done':
      refusal.value = '';
      break;
  }
}

/** Breakpoints that the engine was started with are those of the page, unless its address has others. */
function adopt(state: EngineState | null): void {
  const { breakpoints } = place.peek();
  if (state !== null && breakpoints.length === 0 && state.breakpoints.length > 0) {
    go({ breakpoints: state.breakpoints }, 'silent');
  }
  engine.value = state;
}

function refreshSoon(): void {
  if (refreshing) return;
  refreshing = true;
  setTimeout(() => {
    refreshing = false;
    refreshRun();
  }, REFRESH_MS);
}

type Order =
  z.input<typeof ControlMessage> extends infer M
    ? M extends { id: number }
      ? Omit<M, 'id'>
      : never
    : never;

let orders = 0;

/** Tells the engine; its answer comes as a message. */
export function order(command: Order): void {
  open.peek()?.send(JSON.stringify({ ...command, id: ++orders }));
}
