/**
 * Phase 1, from the second session on: make way for the next day.
 *
 *   clearingData ─▶ clearingQueues ─▶ stoppingActors ─▶ advancingClock ─▶ done     any ─▶ failed
 */
import { assign, setup } from 'xstate';
import { handshakeMachine } from './handshake.machine.ts';
import type { PhaseInput } from './initialization.machine.ts';
import { type PhaseOutcome, reasonOf, work } from './step.ts';

export const teardownMachine = setup({
  types: {
    input: {} as PhaseInput,
    context: {} as PhaseInput & { readonly reason: string },
    output: {} as PhaseOutcome,
  },
  actors: {
    clearData: work(),
    clearQueues: work(),
    handshake: handshakeMachine,
    advanceClock: work(),
  },
  actions: {
    noteReason: assign(({ event }) => ({ reason: reasonOf(event as { error?: unknown }) })),
    noteOutcome: assign((_, params: { outcome: PhaseOutcome }) => ({
      reason: params.outcome.ok ? '' : params.outcome.reason,
    })),
  },
  guards: { succeeded: (_, params: { outcome: PhaseOutcome }) => params.outcome.ok },
}).createMachine({
  id: 'teardown',
  context: ({ input }) => ({ ...input, reason: '' }),
  initial: 'clearingData',
  output: ({ context }) =>
    context.reason === '' ? { ok: true } : { ok: false, reason: context.reason },
  states: {
    clearingData: {
      meta: { description: 'Clears SessionData of all symbols.' },
      invoke: {
        id: 'clearData',
        src: 'clearData',
        onDone: 'clearingQueues',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    clearingQueues: {
      meta: { description: 'Empties the queues.' },
      invoke: {
        id: 'clearQueues',
        src: 'clearQueues',
        onDone: 'stoppingActors',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    stoppingActors: {
      meta: { description: 'Tears down every actor, each acknowledging.' },
      invoke: {
        id: 'handshake',
        src: 'handshake',
        input: ({ context }) => ({
          message: 'actor.teardown' as const,
          actors: context.actors,
          timeoutMs: context.handshakeTimeoutMs,
        }),
        onDone: [
          {
            guard: { type: 'succeeded', params: ({ event }) => ({ outcome: event.output }) },
            target: 'advancingClock',
          },
          {
            target: 'failed',
            actions: { type: 'noteOutcome', params: ({ event }) => ({ outcome: event.output }) },
          },
        ],
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    advancingClock: {
      meta: { description: "Moves the clock to the next session's open." },
      invoke: {
        id: 'clock',
        src: 'advanceClock',
        onDone: 'done',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
