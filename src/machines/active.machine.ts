/**
 * Phase 3: streams until the clock reaches the close.
 *
 *   activating ─▶ streaming ⇄ paused
 *               ▲  │  │  └─▶ closed            any ─▶ failed
 *               │  ▼  ▼
 *       inserting    scanning
 *
 * The pump runs slices of frames; between two slices the chart looks at what has come in meanwhile. Inserting
 * is the load of Phase 2 for the symbols that wait; scanning stands between two halves of a frame.
 */
import { assign, fromCallback, sendTo, setup } from 'xstate';
import { type Asked, type AskMessage, askedIn, insertionMachine } from './insertion.machine.ts';
import { SCANNING, scanningMachine } from './scanning.machine.ts';
import { type CanFail, ifOkTo, type Outcome, onError, outcomeOf, reasonOf, work } from './step.ts';

export type PumpMessage = { type: 'slice.run' };

export type ActiveMessage =
  /** `asked`: what strategies have asked for in it. */
  | { type: 'slice.end'; asked: readonly Asked[] }
  /** The clock has reached a time at which these scanners look. */
  | { type: 'scan.begin'; scanners: readonly string[] }
  | { type: 'feed.close' }
  | { type: 'feed.fail'; reason: string }
  | { type: 'session.pause' }
  | { type: 'session.resume' }
  | AskMessage;

export interface ActiveInput {
  /** What was asked for before the session opened. */
  readonly pending: readonly Asked[];
  readonly handshakeTimeoutMs: number;
}

export interface ActiveContext extends CanFail {
  readonly handshakeTimeoutMs: number;
  readonly pauseAsked: boolean;
  /** What waits to be served, in the order it came. */
  readonly pending: readonly Asked[];
  /** What is being served. */
  readonly inserting: readonly Asked[];
  /** Scanners that are to look now. */
  readonly scanners: readonly string[];
}

export const activeMachine = setup({
  types: {
    input: {} as ActiveInput,
    context: {} as ActiveContext,
    events: {} as ActiveMessage,
    output: {} as Outcome,
  },
  actors: {
    activate: work(),
    insertion: insertionMachine,
    scanning: scanningMachine,
    /** Runs one slice for every `slice.run` and answers how it ended. */
    pump: fromCallback<PumpMessage>(() => {}),
  },
  actions: {
    runSlice: sendTo('pump', { type: 'slice.run' }),
    askPause: assign({ pauseAsked: true }),
    dropPause: assign({ pauseAsked: false }),
    queue: assign({
      pending: ({ context, event }) => [...context.pending, ...wishesIn(event)],
    }),
    takePending: assign({ inserting: ({ context }) => context.pending, pending: [] }),
    noteScanners: assign(({ event }) => ({
      scanners: event.type === 'scan.begin' ? event.scanners : [],
    })),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
    noteFailure: assign(({ event }) => ({
      reason: event.type === 'feed.fail' ? event.reason : '',
    })),
  },
  guards: {
    pauseAsked: ({ context }) => context.pauseAsked,
    hasAsked: ({ event }) => wishesIn(event).length > 0,
    hasPending: ({ context }) => context.pending.length > 0,
    succeeded: ({ event }) => reasonOf(event) === '',
  },
}).createMachine({
  id: 'active',
  context: ({ input }) => ({
    ...input,
    reason: '',
    pauseAsked: false,
    inserting: [],
    scanners: [],
  }),
  // Kept in every state below, so that no request is lost while another one is served.
  on: {
    'symbol.add': { actions: 'queue' },
    'session.change': { actions: 'queue' },
    'session.pause': { actions: 'askPause' },
    'session.resume': { actions: 'dropPause' },
  },
  initial: 'activating',
  output: outcomeOf,
  states: {
    activating: {
      meta: { description: 'Opens the session and tells the strategies.' },
      invoke: { id: 'activate', src: 'activate', onDone: 'turning', onError },
    },
    turning: {
      meta: { description: 'Between two things: what has come in meanwhile decides.' },
      always: [
        { guard: 'hasPending', target: 'inserting' },
        { guard: 'pauseAsked', target: 'paused' },
        { target: 'streaming' },
      ],
    },
    streaming: {
      meta: { description: 'Frames follow one another.' },
      entry: 'runSlice',
      invoke: { id: 'pump', src: 'pump', onError },
      on: {
        'slice.end': [
          { guard: 'hasAsked', target: 'turning', actions: 'queue' },
          { actions: 'runSlice' },
        ],
        'scan.begin': { target: 'scanning', actions: 'noteScanners' },
        'feed.close': 'closed',
        'feed.fail': { target: 'failed', actions: 'noteFailure' },
        'session.pause': { target: 'turning', actions: 'askPause' },
        'symbol.add': { target: 'turning', actions: 'queue' },
        'session.change': { target: 'turning', actions: 'queue' },
      },
    },
    paused: {
      meta: { description: 'Stands between two frames until resumed.' },
      on: {
        'session.resume': { target: 'turning', actions: 'dropPause' },
        'symbol.add': { target: 'turning', actions: 'queue' },
        'session.change': { target: 'turning', actions: 'queue' },
      },
    },
    inserting: {
      meta: { description: 'Serves what was asked for: symbols to add, changes to make.' },
      entry: 'takePending',
      invoke: {
        id: 'insertion',
        src: 'insertion',
        input: ({ context }) => ({ asked: context.inserting }),
        ...ifOkTo('turning'),
      },
    },
    scanning: {
      meta: { description: 'Scanners whose time has come look for symbols; the clock stands.' },
      invoke: {
        id: 'scanning',
        systemId: SCANNING,
        src: 'scanning',
        input: ({ context }) => ({
          scanners: context.scanners,
          schedule: 'regular_session' as const,
          setUp: false,
          handshakeTimeoutMs: context.handshakeTimeoutMs,
        }),
        ...ifOkTo('turning'),
      },
    },
    closed: { type: 'final' },
    failed: { type: 'final' },
  },
});

/** What a message asks for, strategies in a slice included. */
function wishesIn(message: ActiveMessage): readonly Asked[] {
  return message.type === 'slice.end' ? message.asked : askedIn(message);
}
