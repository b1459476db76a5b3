/**
 * Phase 2, every session: load the day's symbols, set up the actors, let scanners look.
 *
 *   loading ─▶ settingUp ─▶ scanning ─▶ done        any ─▶ failed
 */
import { assign, setup } from 'xstate';
import { handshakeMachine } from './handshake.machine.ts';
import { loadingMachine } from './loading.machine.ts';
import { type CanFail, ifOkTo, type Outcome, outcomeOf, reasonOf, thenTo, work } from './step.ts';

export interface PhaseInput {
  readonly symbols: readonly string[];
  readonly actors: readonly string[];
  readonly handshakeTimeoutMs: number;
}

export const initializationMachine = setup({
  types: {
    input: {} as PhaseInput,
    context: {} as PhaseInput & CanFail,
    output: {} as Outcome,
  },
  actors: { loading: loadingMachine, handshake: handshakeMachine, preSessionScans: work() },
  actions: { noteReason: assign(({ event }) => ({ reason: reasonOf(event) })) },
  guards: { succeeded: ({ event }) => reasonOf(event) === '' },
}).createMachine({
  id: 'initialization',
  context: ({ input }) => ({ ...input, reason: '' }),
  initial: 'loading',
  output: outcomeOf,
  states: {
    loading: {
      meta: { description: "Loads the day's symbols." },
      invoke: {
        id: 'loading',
        src: 'loading',
        input: ({ context }) => ({ symbols: context.symbols }),
        ...ifOkTo('settingUp'),
      },
    },
    settingUp: {
      meta: { description: 'Sets up every actor, each acknowledging.' },
      invoke: {
        id: 'handshake',
        src: 'handshake',
        input: ({ context }) => ({ message: 'actor.setup' as const, ...context }),
        ...ifOkTo('scanning'),
      },
    },
    scanning: {
      meta: { description: 'Runs pre-session scans with the clock stopped.' },
      invoke: { id: 'scans', src: 'preSessionScans', ...thenTo('done') },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
