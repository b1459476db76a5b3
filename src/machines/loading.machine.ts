/**
 * Loads a list of symbols into the session: all of a day's, or one that is added at 11:00. There is no
 * other way in.
 *
 *   checking ⇄ backingOff
 *      └─▶ registering ─▶ loadingHistory ─▶ registeringIndicators ─▶ calculatingHistorical
 *                                                                            │
 *                  done ◀─ catchingUp ◀─ scoringHistory ◀─ loadingQueues ◀───┘
 *
 * Everything is read in `checking`: what cannot be read is tried again, then refused. The steps after it only
 * record, so that a symbol that is refused has left no trace.
 */
import { assign, setup } from 'xstate';
import { type CanFail, type Outcome, onError, outcomeOf, reasonOf, step, thenTo } from './step.ts';

export interface LoadingInput {
  readonly symbols: readonly string[];
  /** True for the load of a day, which also brings back what earlier sessions asked for. */
  readonly wholeDay?: boolean;
}

/** Reads before a symbol is refused. */
export const ATTEMPTS = 3;

export interface CheckInput extends LoadingInput {
  /** True unless something could not be read before. */
  readonly first: boolean;
  /** False: what cannot be read is tried again; true: it is refused. */
  readonly last: boolean;
}

/** A step on the symbols to load. */
const load = step<void, LoadingInput>;

const toLoad = ({ context }: { context: LoadingInput }): LoadingInput => ({
  symbols: context.symbols,
  wholeDay: context.wholeDay ?? false,
});

export const loadingMachine = setup({
  types: {
    input: {} as LoadingInput,
    context: {} as LoadingInput & CanFail & { readonly attempt: number },
    output: {} as Outcome,
  },
  actors: {
    /** Reads the data; gives the symbols that can be loaded. */
    checkSymbols: step<readonly string[], CheckInput>(),
    registerSymbols: load(),
    loadHistory: load(),
    registerIndicators: load(),
    calculateHistorical: load(),
    loadQueues: load(),
    scoreHistory: load(),
    catchUp: load(),
  },
  actions: {
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
    countAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
  },
  delays: { backoff: ({ context }) => 50 * 2 ** context.attempt },
  guards: { mayRetry: ({ context }) => context.attempt < ATTEMPTS },
}).createMachine({
  id: 'loading',
  context: ({ input }) => ({ ...input, reason: '', attempt: 1 }),
  initial: 'checking',
  output: outcomeOf,
  states: {
    checking: {
      meta: { description: 'Reads the data of each symbol; refuses those that cannot be loaded.' },
      invoke: {
        id: 'check',
        src: 'checkSymbols',
        input: ({ context }) => ({
          ...toLoad({ context }),
          first: context.attempt === 1,
          last: context.attempt === ATTEMPTS,
        }),
        onDone: {
          target: 'registering',
          actions: assign(({ event }) => ({ symbols: event.output })),
        },
        onError: [{ guard: 'mayRetry', target: 'backingOff', actions: 'countAttempt' }, onError],
      },
    },
    backingOff: {
      meta: { description: 'Something could not be read; waits before it is tried again.' },
      after: { backoff: 'checking' },
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
      invoke: { id: 'score', src: 'scoreHistory', input: toLoad, ...thenTo('catchingUp') },
    },
    catchingUp: {
      meta: { description: 'Brings symbols added mid-session up to the clock.' },
      invoke: { id: 'catchUp', src: 'catchUp', input: toLoad, ...thenTo('done') },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
