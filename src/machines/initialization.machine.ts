/**
 * Phase 2, every session: load the day's symbols, set up the actors, let scanners look.
 *
 *   loading ─▶ settingUp ─▶ scanning ─▶ done        any ─▶ failed
 *
 * Scanners are set up last, where what they ask for can be served.
 */
import { assign, setup } from 'xstate';
import { handshakeMachine } from './handshake.machine.ts';
import { loadingMachine } from './loading.machine.ts';
import { SCANNING, scanningMachine } from './scanning.machine.ts';
import { type CanFail, ifOkTo, type Outcome, outcomeOf, reasonOf } from './step.ts';

export interface PhaseInput {
  readonly symbols: readonly string[];
  readonly actors: readonly string[];
  /** Scanners that look before the session. */
  readonly preSession: readonly string[];
  readonly handshakeTimeoutMs: number;
}

export const initializationMachine = setup({
  types: {
    input: {} as PhaseInput,
    context: {} as PhaseInput & CanFail,
    output: {} as Outcome,
  },
  actors: { loading: loadingMachine, handshake: handshakeMachine, scanning: scanningMachine },
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
        input: ({ context }) => ({ symbols: context.symbols, wholeDay: true }),
        ...ifOkTo('settingUp'),
      },
    },
    settingUp: {
      meta: { description: 'Sets up every actor, each acknowledging.' },
      invoke: {
        id: 'handshake',
        src: 'handshake',
        input: ({ context }) => ({
          message: 'actor.setup' as const,
          actors: context.actors.filter((actor) => actor !== 'scanner'),
          handshakeTimeoutMs: context.handshakeTimeoutMs,
        }),
        ...ifOkTo('scanning'),
      },
    },
    scanning: {
      meta: { description: 'Sets up scanners and runs pre-session scans with the clock stopped.' },
      invoke: {
        id: 'scanning',
        systemId: SCANNING,
        src: 'scanning',
        input: ({ context }) => ({
          scanners: context.preSession,
          schedule: 'pre_session' as const,
          setUp: true,
          handshakeTimeoutMs: context.handshakeTimeoutMs,
        }),
        ...ifOkTo('done'),
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
