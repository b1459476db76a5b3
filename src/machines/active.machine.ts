/**
 * Phase 3: streams until the clock reaches the close.
 *
 *   activating ─▶ streaming ⇄ paused
 *                  ▲  │ └─▶ closed            any ─▶ failed
 *                  │  ▼
 *                inserting
 *
 * The pump runs slices of frames; between two slices the chart looks at what has come in meanwhile. Inserting
 * is the load of Phase 2 for the symbols that wait.
 */
import { assign, fromCallback, sendTo, setup } from 'xstate';
import { loadingMachine } from './loading.machine.ts';
import { type CanFail, type Outcome, onError, outcomeOf, reasonOf, step, work } from './step.ts';

export type PumpMessage = { type: 'slice.run' };

export type ActiveMessage =
  /** `symbols`: what strategies have asked for in it. */
  | { type: 'slice.end'; symbols: readonly string[] }
  | { type: 'feed.close' }
  | { type: 'feed.fail'; reason: string }
  | { type: 'session.pause' }
  | { type: 'session.resume' }
  | { type: 'symbol.add'; symbol: string };

export interface ActiveInput {
  /** Symbols asked for before the session opened. */
  readonly pending: readonly string[];
}

/** What was inserted; a reason means that the load failed and nothing of it may remain. */
export interface InsertionInput {
  readonly symbols: readonly string[];
  readonly reason: string;
}

export interface ActiveContext extends CanFail {
  readonly pauseAsked: boolean;
  /** Symbols that wait to be inserted, in the order they came. */
  readonly pending: readonly string[];
  /** Symbols being inserted. */
  readonly inserting: readonly string[];
  /** Why the load failed; empty if it did not. */
  readonly insertionReason: string;
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
    loading: loadingMachine,
    /** Tells those who asked how the insertion ended. */
    settleInsertion: step<void, InsertionInput>(),
    /** Runs one slice for every `slice.run` and answers how it ended. */
    pump: fromCallback<PumpMessage>(() => {}),
  },
  actions: {
    runSlice: sendTo('pump', { type: 'slice.run' }),
    askPause: assign({ pauseAsked: true }),
    dropPause: assign({ pauseAsked: false }),
    queueSymbol: assign({
      pending: ({ context, event }) =>
        event.type === 'symbol.add' ? [...context.pending, event.symbol] : context.pending,
    }),
    queueWishes: assign({
      pending: ({ context, event }) =>
        event.type === 'slice.end' ? [...context.pending, ...event.symbols] : context.pending,
    }),
    takePending: assign({
      inserting: ({ context }) => [...new Set(context.pending)],
      pending: [],
    }),
    noteInsertion: assign(({ event }) => ({ insertionReason: reasonOf(event) })),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
    noteFailure: assign(({ event }) => ({
      reason: event.type === 'feed.fail' ? event.reason : '',
    })),
  },
  guards: {
    pauseAsked: ({ context }) => context.pauseAsked,
    hasWishes: ({ event }) => event.type === 'slice.end' && event.symbols.length > 0,
    hasPending: ({ context }) => context.pending.length > 0,
  },
}).createMachine({
  id: 'active',
  context: ({ input }) => ({
    reason: '',
    pauseAsked: false,
    pending: input.pending,
    inserting: [],
    insertionReason: '',
  }),
  // Kept in every state below, so that no request is lost while another one loads.
  on: {
    'symbol.add': { actions: 'queueSymbol' },
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
          { guard: 'hasWishes', target: 'turning', actions: 'queueWishes' },
          { actions: 'runSlice' },
        ],
        'feed.close': 'closed',
        'feed.fail': { target: 'failed', actions: 'noteFailure' },
        'session.pause': { target: 'turning', actions: 'askPause' },
        'symbol.add': { target: 'turning', actions: 'queueSymbol' },
      },
    },
    paused: {
      meta: { description: 'Stands between two frames until resumed.' },
      on: {
        'session.resume': { target: 'turning', actions: 'dropPause' },
        'symbol.add': { target: 'turning', actions: 'queueSymbol' },
      },
    },
    inserting: {
      meta: { description: 'Loads symbols added mid-session and brings them up to the clock.' },
      entry: 'takePending',
      initial: 'loading',
      onDone: 'turning',
      states: {
        loading: {
          invoke: {
            id: 'loading',
            src: 'loading',
            input: ({ context }) => ({ symbols: context.inserting }),
            onDone: { target: 'settling', actions: 'noteInsertion' },
            onError: { target: 'settling', actions: 'noteInsertion' },
          },
        },
        settling: {
          invoke: {
            id: 'settle',
            src: 'settleInsertion',
            input: ({ context }) => ({
              symbols: context.inserting,
              reason: context.insertionReason,
            }),
            onDone: 'settled',
            onError: { target: '#active.failed', actions: 'noteReason' },
          },
        },
        settled: { type: 'final' },
      },
    },
    closed: { type: 'final' },
    failed: { type: 'final' },
  },
});
