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
import { type CanFail, type Outcome, onError, outcomeOf, reasonOf, step, thenTo } from './step.ts';

export interface LoadingInput {
  readonly symbols: readonly string[];
}

/** A step on the symbols to load. */
const load = step<void, LoadingInput>;

const toLoad = ({ context }: { context: LoadingInput }): LoadingInput => ({
  symbols: context.symbols,
});

export const loadingMachine = setup({
  types: {
    input: {} as LoadingInput,
    context: {} as LoadingInput & CanFail,
    output: {} as Outcome,
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
  actions: { noteReason: assign(({ event }) => ({ reason: reasonOf(event) })) },
}).createMachine({
  id: 'loading',
  context: ({ input }) => ({ symbols: input.symbols, reason: '' }),
  initial: 'checking',
  output: outcomeOf,
  states: {
    checking: {
      meta: { description: 'Reads the data of each symbol; refuses those that cannot be loaded.' },
      invoke: {
        id: 'check',
        src: 'checkSymbols',
        input: toLoad,
        onDone: {
          target: 'registering',
          actions: assign(({ event }) => ({ symbols: event.output })),
        },
        onError,
      },
    },
    registering: {
      meta: { description: 'Registers the symbols with their intervals.' },
      invoke: {
        id: 'register',
        src: 'registerSymbols',
        input: toLoad,
        ...thenTo('loadingHistory'),
      },
    },
    loadingHistory: {
      meta: { description: 'Brings in bars of earlier days.' },
      invoke: {
        id: 'history',
        src: 'loadHistory',
        input: toLoad,
        ...thenTo('registeringIndicators'),
      },
    },
    registeringIndicators: {
      meta: { description: 'Registers session indicators, warmed with those bars.' },
      invoke: {
        id: 'indicators',
        src: 'registerIndicators',
        input: toLoad,
        ...thenTo('calculatingHistorical'),
      },
    },
    calculatingHistorical: {
      meta: { description: 'Calculates historical indicators from earlier days.' },
      invoke: {
        id: 'historical',
        src: 'calculateHistorical',
        input: toLoad,
        ...thenTo('loadingQueues'),
      },
    },
    loadingQueues: {
      meta: { description: "Queues today's base bars." },
      invoke: { id: 'queues', src: 'loadQueues', input: toLoad, ...thenTo('scoringHistory') },
    },
    scoringHistory: {
      meta: { description: 'Scores the quality of the requested history.' },
      invoke: { id: 'score', src: 'scoreHistory', input: toLoad, ...thenTo('done') },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
