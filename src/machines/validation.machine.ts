/**
 * Phase 0, once per run: can this system serve this config?
 *
 *   gathering ─▶ indexing ─▶ choosing ─▶ done        any ─▶ failed
 *
 * It registers nothing; what it finds serves every day and every symbol added later.
 */
import { assign, setup } from 'xstate';
import { type CanFail, type Outcome, outcomeOf, reasonOf, thenTo, work } from './step.ts';

export const validationMachine = setup({
  types: { context: {} as CanFail, output: {} as Outcome },
  actors: { gatherRequirements: work(), indexData: work(), chooseStreams: work() },
  actions: { noteReason: assign(({ event }) => ({ reason: reasonOf(event) })) },
}).createMachine({
  id: 'validation',
  context: { reason: '' },
  initial: 'gathering',
  output: outcomeOf,
  states: {
    gathering: {
      meta: { description: 'Collects every interval that anything asks for.' },
      invoke: { id: 'gather', src: 'gatherRequirements', ...thenTo('indexing') },
    },
    indexing: {
      meta: { description: 'Looks once at all data of the configured symbols.' },
      invoke: { id: 'index', src: 'indexData', ...thenTo('choosing') },
    },
    choosing: {
      meta: { description: 'Chooses the base interval and what is derived from it.' },
      invoke: { id: 'choose', src: 'chooseStreams', ...thenTo('done') },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
