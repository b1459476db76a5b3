/**
 * Phase 1, from the second session on: make way for the next day.
 *
 *   clearingData ─▶ clearingQueues ─▶ stoppingActors ─▶ advancingClock ─▶ done     any ─▶ failed
 */
import { assign, setup } from 'xstate';
import { handshakeMachine } from './handshake.machine.ts';
import type { PhaseInput } from './initialization.machine.ts';
import { type CanFail, ifOkTo, type Outcome, outcomeOf, reasonOf, thenTo, work } from './step.ts';

export const teardownMachine = setup({
  types: {
    input: {} as PhaseInput,
    context: {} as PhaseInput & CanFail,
    output: {} as Outcome,
  },
  actors: {
    clearData: work(),
    clearQueues: work(),
    handshake: handshakeMachine,
    advanceClock: work(),
  },
  actions: { noteReason: assign(({ event }) => ({ reason: reasonOf(event) })) },
  guards: { succeeded: ({ event }) => reasonOf(event) === '' },
}).createMachine({
  id: 'teardown',
  context: ({ input }) => ({ ...input, reason: '' }),
  initial: 'clearingData',
  output: outcomeOf,
  states: {
    clearingData: {
      meta: { description: 'Clears SessionData of all symbols.' },
      invoke: { id: 'clearData', src: 'clearData', ...thenTo('clearingQueues') },
    },
    clearingQueues: {
      meta: { description: 'Empties the queues.' },
      invoke: { id: 'clearQueues', src: 'clearQueues', ...thenTo('stoppingActors') },
    },
    stoppingActors: {
      meta: { description: 'Tears down every actor, each acknowledging.' },
      invoke: {
        id: 'handshake',
        src: 'handshake',
        input: ({ context }) => ({ message: 'actor.teardown' as const, ...context }),
        ...ifOkTo('advancingClock'),
      },
    },
    advancingClock: {
      meta: { description: "Moves the clock to the next session's open." },
      invoke: { id: 'clock', src: 'advanceClock', ...thenTo('done') },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
