/**
 * Phase 0, once per run: can this system serve this config?
 *
 *   gathering ─▶ indexing ─▶ choosing ─▶ done        any ─▶ failed
 *
 * It registers nothing; what it finds serves every day and every symbol added later.
 */
import { assign, setup } from 'xstate';
import { type PhaseOutcome, reasonOf, work } from './step.ts';

export const validationMachine = setup({
  types: { context: {} as { reason: string }, output: {} as PhaseOutcome },
  actors: { gatherRequirements: work(), indexData: work(), chooseBase: work() },
  actions: {
    noteReason: assign(({ event }) => ({ reason: reasonOf(event as { error?: unknown }) })),
  },
}).createMachine({
  id: 'validation',
  context: { reason: '' },
  initial: 'gathering',
  output: ({ context }) =>
    context.reason === '' ? { ok: true } : { ok: false, reason: context.reason },
  states: {
    gathering: {
      meta: { description: 'Collects every interval that anything asks for.' },
      invoke: {
        id: 'gather',
        src: 'gatherRequirements',
        onDone: 'indexing',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    indexing: {
      meta: { description: 'Looks once at all data of the configured symbols.' },
      invoke: {
        id: 'index',
        src: 'indexData',
        onDone: 'choosing',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    choosing: {
      meta: { description: 'Chooses the base interval and what is derived from it.' },
      invoke: {
        id: 'choose',
        src: 'chooseBase',
        onDone: 'done',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
