/**
 * Phase 4: the session is over; its data stays as it is.
 *
 *   deactivating ─▶ notifying ─▶ done        any ─▶ failed
 */
import { assign, setup } from 'xstate';
import { type PhaseOutcome, reasonOf, work } from './step.ts';

export const endingMachine = setup({
  types: { context: {} as { reason: string }, output: {} as PhaseOutcome },
  actors: { deactivate: work(), notifyActors: work() },
  actions: {
    noteReason: assign(({ event }) => ({ reason: reasonOf(event as { error?: unknown }) })),
  },
}).createMachine({
  id: 'ending',
  context: { reason: '' },
  initial: 'deactivating',
  output: ({ context }) =>
    context.reason === '' ? { ok: true } : { ok: false, reason: context.reason },
  states: {
    deactivating: {
      meta: { description: 'Records the end of the session.' },
      invoke: {
        id: 'deactivate',
        src: 'deactivate',
        onDone: 'notifying',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    notifying: {
      meta: { description: 'Tells scanner and strategy.' },
      invoke: {
        id: 'notify',
        src: 'notifyActors',
        onDone: 'done',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
