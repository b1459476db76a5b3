/**
 * Phase 2, every session: load the day's symbols, set up the actors, let scanners look.
 *
 *   loading ─▶ settingUp ─▶ scanning ─▶ done        any ─▶ failed
 */
import { assign, setup } from 'xstate';
import { handshakeMachine } from './handshake.machine.ts';
import { loadingMachine } from './loading.machine.ts';
import { type PhaseOutcome, reasonOf, work } from './step.ts';

export interface PhaseInput {
  readonly symbols: readonly string[];
  readonly actors: readonly string[];
  readonly handshakeTimeoutMs: number;
}

export const initializationMachine = setup({
  types: {
    input: {} as PhaseInput,
    context: {} as PhaseInput & { readonly reason: string },
    output: {} as PhaseOutcome,
  },
  actors: { loading: loadingMachine, handshake: handshakeMachine, preSessionScans: work() },
  actions: {
    noteReason: assign(({ event }) => ({ reason: reasonOf(event as { error?: unknown }) })),
    noteOutcome: assign((_, params: { outcome: PhaseOutcome }) => ({
      reason: params.outcome.ok ? '' : params.outcome.reason,
    })),
  },
  guards: { succeeded: (_, params: { outcome: PhaseOutcome }) => params.outcome.ok },
}).createMachine({
  id: 'initialization',
  context: ({ input }) => ({ ...input, reason: '' }),
  initial: 'loading',
  output: ({ context }) =>
    context.reason === '' ? { ok: true } : { ok: false, reason: context.reason },
  states: {
    loading: {
      meta: { description: "Loads the day's symbols." },
      invoke: {
        id: 'loading',
        src: 'loading',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: [
          {
            guard: { type: 'succeeded', params: ({ event }) => ({ outcome: event.output }) },
            target: 'settingUp',
          },
          {
            target: 'failed',
            actions: { type: 'noteOutcome', params: ({ event }) => ({ outcome: event.output }) },
          },
        ],
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    settingUp: {
      meta: { description: 'Sets up every actor, each acknowledging.' },
      invoke: {
        id: 'handshake',
        src: 'handshake',
        input: ({ context }) => ({
          message: 'actor.setup' as const,
          actors: context.actors,
          timeoutMs: context.handshakeTimeoutMs,
        }),
        onDone: [
          {
            guard: { type: 'succeeded', params: ({ event }) => ({ outcome: event.output }) },
            target: 'scanning',
          },
          {
            target: 'failed',
            actions: { type: 'noteOutcome', params: ({ event }) => ({ outcome: event.output }) },
          },
        ],
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    scanning: {
      meta: { description: 'Runs pre-session scans with the clock stopped.' },
      invoke: {
        id: 'scans',
        src: 'preSessionScans',
        onDone: 'done',
        onError: { target: 'failed', actions: 'noteReason' },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
