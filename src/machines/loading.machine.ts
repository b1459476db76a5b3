/**
 * Loads a list of symbols into the session: all of a day's, or one that is added at 11:00. There is no
 * other way in.
 *
 *   checking ─▶ registering ─▶ loadingHistory ─▶ registeringIndicators ─▶ calculatingHistorical
 *                                                                               │
 *                            done ◀─ scoringHistory ◀─ loadingQueues ◀──────────┘
 *
 * Symbols that cannot be loaded are refused in `checking`; an error afterwards fails the load.
 */
import { assign, setup } from 'xstate';
import { type PhaseOutcome, reasonOf, step } from './step.ts';

export interface LoadingInput {
  readonly symbols: readonly string[];
}

interface LoadingContext {
  readonly symbols: readonly string[];
  readonly reason: string;
}

/** Takes the symbols to load. */
const load = step<void, LoadingInput>;

export const loadingMachine = setup({
  types: {
    input: {} as LoadingInput,
    context: {} as LoadingContext,
    output: {} as PhaseOutcome & { readonly symbols: readonly string[] },
  },
  actors: {
    /** Reads the data; gives the symbols that can be loaded. */
    checkSymbols: step<readonly string[], LoadingInput>(),
    registerSymbols: load(),
    loadHistory: load(),
    registerIndicators: load(),
    calculateHistorical: load(),
    loadQueues: load(),
    scoreHistory: load(),
  },
  actions: {
    noteReason: assign(({ event }) => ({ reason: reasonOf(event as { error?: unknown }) })),
  },
}).createMachine({
  id: 'loading',
  context: ({ input }) => ({ symbols: input.symbols, reason: '' }),
  initial: 'checking',
  output: ({ context }) =>
    context.reason === ''
      ? { ok: true, symbols: context.symbols }
      : { ok: false, reason: context.reason, symbols: [] },
  states: {
    checking: {
      meta: { description: 'Reads the data of each symbol; refuses those that cannot be loaded.' },
      invoke: {
        id: 'check',
        src: 'checkSymbols',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: {
          target: 'registering',
          actions: assign(({ event }) => ({ symbols: event.output })),
        },
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    registering: {
      meta: { description: 'Registers the symbols with their intervals.' },
      invoke: {
        id: 'register',
        src: 'registerSymbols',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: 'loadingHistory',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    loadingHistory: {
      meta: { description: 'Brings in bars of earlier days.' },
      invoke: {
        id: 'history',
        src: 'loadHistory',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: 'registeringIndicators',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    registeringIndicators: {
      meta: { description: 'Registers session indicators, warmed with those bars.' },
      invoke: {
        id: 'indicators',
        src: 'registerIndicators',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: 'calculatingHistorical',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    calculatingHistorical: {
      meta: { description: 'Calculates historical indicators from earlier days.' },
      invoke: {
        id: 'historical',
        src: 'calculateHistorical',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: 'loadingQueues',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    loadingQueues: {
      meta: { description: "Queues today's base bars." },
      invoke: {
        id: 'queues',
        src: 'loadQueues',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: 'scoringHistory',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    scoringHistory: {
      meta: { description: 'Scores the quality of the requested history.' },
      invoke: {
        id: 'score',
        src: 'scoreHistory',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: 'done',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
