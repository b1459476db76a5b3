/**
 * Phase 4: the session is over; its data stays as it is.
 *
 *   deactivating ─▶ notifying ─▶ done        any ─▶ failed
 */
import { assign, setup } from 'xstate';
import { type CanFail, type Outcome, outcomeOf, reasonOf, thenTo, work } from './step.ts';

export const endingMachine = setup({
  types: { context: {} as CanFail, output: {} as Outcome },
  actors: { deactivate: work(), notifyActors: work() },
  actions: { noteReason: assign(({ event }) => ({ reason: reasonOf(event) })) },
}).createMachine({
  id: 'ending',
  context: { reason: '' },
  initial: 'deactivating',
  output: outcomeOf,
  states: {
    deactivating: {
      meta: { description: 'Records the end of the session.' },
      invoke: { id: 'deactivate', src: 'deactivate', ...thenTo('notifying') },
    },
    notifying: {
      meta: { description: 'Tells scanner and strategy.' },
      invoke: { id: 'notify', src: 'notifyActors', ...thenTo('done') },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
