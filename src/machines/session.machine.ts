/**
 * The trading days of a run as a statechart: one state per phase.
 *
 *   validating ─▶ initializing ─▶ active ─▶ ending ─▶ completed
 *     Phase 0        Phase 2       Phase 3  Phase 4 │
 *                       ▲                           │ next trading day
 *                       └──────── tearingDown ◀─────┘
 *                                   Phase 1
 *   any phase ─▶ failed          any phase ─▶ stopped
 *
 * The chart decides when; `domain` and `actors` decide what. It reads no clock and never writes SessionData.
 */
import { assign, enqueueActions, sendTo, setup } from 'xstate';
import { activeMachine } from './active.machine.ts';
import { endingMachine } from './ending.machine.ts';
import { initializationMachine, type PhaseInput } from './initialization.machine.ts';
import { type Asked, type AskMessage, askedIn } from './insertion.machine.ts';
import { lifecycleMachine } from './lifecycle.machine.ts';
import { scannerMachine } from './scanner.machine.ts';
import { scannerId } from './scanning.machine.ts';
import { type CanFail, ifOkTo, type Outcome, onError, outcomeOf, reasonOf } from './step.ts';
import { teardownMachine } from './teardown.machine.ts';
import { validationMachine } from './validation.machine.ts';

/** Messages from outside. Facts are in the past tense, messages are imperatives. */
export type SessionMessage =
  | { type: 'session.pause' }
  | { type: 'session.resume' }
  | { type: 'session.stop' }
  | AskMessage;

export interface SessionInput {
  readonly symbols: readonly string[];
  /** Every scanner of the run, in the config's order. */
  readonly scanners: readonly { readonly name: string; readonly preSession: boolean }[];
  /** Trading days of the run. */
  readonly sessions: number;
  /** How long a setup or teardown may stay unanswered, in host time. */
  readonly handshakeTimeoutMs: number;
}

export interface SessionContext extends SessionInput, CanFail {
  /** Sessions begun before the present one. */
  readonly day: number;
  /** What was asked for while no session was open. */
  readonly pending: readonly Asked[];
}

/** Actors with setup and teardown, in the order they are asked. */
export const SESSION_ACTORS = ['processor', 'quality', 'strategy', 'scanner'] as const;

const phaseInput = ({ context }: { context: SessionContext }): PhaseInput => ({
  symbols: context.symbols,
  actors: SESSION_ACTORS,
  preSession: context.scanners.filter(({ preSession }) => preSession).map(({ name }) => name),
  handshakeTimeoutMs: context.handshakeTimeoutMs,
});

export const sessionMachine = setup({
  types: {
    input: {} as SessionInput,
    context: {} as SessionContext,
    events: {} as SessionMessage,
    output: {} as Outcome,
  },
  actors: {
    validation: validationMachine,
    initialization: initializationMachine,
    active: activeMachine,
    ending: endingMachine,
    teardown: teardownMachine,
    processor: lifecycleMachine,
    quality: lifecycleMachine,
    scanner: lifecycleMachine,
    strategy: lifecycleMachine,
    oneScanner: scannerMachine,
  },
  actions: {
    /** Records that a message came when no state handles it. */
    refuseMessage: () => {},
    startScanners: enqueueActions(({ context, enqueue }) => {
      for (const { name } of context.scanners) {
        const id = scannerId(name);
        enqueue.spawnChild('oneScanner', { id, systemId: id, input: { name } });
      }
    }),
    queue: assign({
      pending: ({ context, event }) => [...context.pending, ...askedIn(event)],
    }),
    dropPending: assign({ pending: [] }),
    countDay: assign({ day: ({ context }) => context.day + 1 }),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
  },
  guards: {
    succeeded: ({ event }) => reasonOf(event) === '',
    hasNextDay: ({ context, event }) =>
      reasonOf(event) === '' && context.day + 1 < context.sessions,
    fromOutside: ({ event }) => !(event.type as string).startsWith('xstate.'),
  },
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, day: 0, pending: [], reason: '' }),
  initial: 'validating',
  output: outcomeOf,
  entry: 'startScanners',
  invoke: SESSION_ACTORS.map((name) => ({
    id: name,
    systemId: name,
    src: name,
    input: { name },
  })),
  on: {
    'session.stop': '.stopped',
    'symbol.add': { actions: 'queue' },
    'session.change': { actions: 'queue' },
    '*': { guard: 'fromOutside', actions: 'refuseMessage' },
  },
  states: {
    validating: {
      meta: { phase: 0, description: 'Can this system serve this config?' },
      invoke: {
        id: 'validation',
        src: 'validation',
        ...ifOkTo('initializing'),
      },
    },
    initializing: {
      meta: { phase: 2, description: 'Symbols are loaded, actors set up.' },
      invoke: {
        id: 'initialization',
        src: 'initialization',
        input: phaseInput,
        ...ifOkTo('active'),
      },
    },
    active: {
      meta: { phase: 3, description: 'The market is open.' },
      on: {
        'session.pause': { actions: sendTo('active', ({ event }) => event) },
        'session.resume': { actions: sendTo('active', ({ event }) => event) },
        'symbol.add': { actions: sendTo('active', ({ event }) => event) },
        'session.change': { actions: sendTo('active', ({ event }) => event) },
      },
      exit: 'dropPending',
      invoke: {
        id: 'active',
        src: 'active',
        input: ({ context }) => ({
          pending: context.pending,
          handshakeTimeoutMs: context.handshakeTimeoutMs,
        }),
        ...ifOkTo('ending'),
      },
    },
    ending: {
      meta: { phase: 4, description: 'The session is over; its data stays.' },
      invoke: {
        id: 'ending',
        src: 'ending',
        onDone: [
          { guard: 'hasNextDay', target: 'tearingDown', actions: 'countDay' },
          { guard: 'succeeded', target: 'completed' },
          onError,
        ],
        onError,
      },
    },
    tearingDown: {
      meta: { phase: 1, description: 'Makes way for the next day.' },
      invoke: {
        id: 'teardown',
        src: 'teardown',
        input: phaseInput,
        ...ifOkTo('initializing'),
      },
    },
    completed: { type: 'final', meta: { description: 'Every session was run.' } },
    failed: { type: 'final', meta: { description: 'Something broke; the log says what.' } },
    stopped: { type: 'final', meta: { description: 'Asked to stop.' } },
  },
});
