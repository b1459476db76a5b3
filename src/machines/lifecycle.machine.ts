/**
 * The life of an actor: set up before each session, torn down after it, acknowledging both.
 *
 *   idle ─▶ settingUp ─▶ ready ─▶ tearingDown ─▶ idle
 *               └──────▶ broken ◀──────┘
 *
 * Tearing down what is idle is acknowledged at once.
 */
import { type AnyActorRef, assign, sendTo, setup } from 'xstate';
import { reasonOf, work } from './step.ts';

export type LifecycleMessage =
  | { type: 'actor.setup'; replyTo: AnyActorRef }
  | { type: 'actor.teardown'; replyTo: AnyActorRef };

export type LifecycleReply =
  | { type: 'actor.acknowledge'; actor: string }
  | { type: 'actor.fail'; actor: string; reason: string };

export interface LifecycleContext {
  readonly name: string;
  readonly replyTo: AnyActorRef | null;
  readonly reason: string;
}

export const lifecycleMachine = setup({
  types: {
    input: {} as { name: string },
    context: {} as LifecycleContext,
    events: {} as LifecycleMessage,
  },
  actors: { setUp: work(), tearDown: work() },
  actions: {
    noteSender: assign(({ event }) => ({ replyTo: event.replyTo })),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
    acknowledge: sendTo(
      ({ context }) => context.replyTo!,
      ({ context }): LifecycleReply => ({ type: 'actor.acknowledge', actor: context.name }),
    ),
    fail: sendTo(
      ({ context }) => context.replyTo!,
      ({ context }): LifecycleReply => ({
        type: 'actor.fail',
        actor: context.name,
        reason: context.reason,
      }),
    ),
  },
}).createMachine({
  id: 'lifecycle',
  context: ({ input }) => ({ name: input.name, replyTo: null, reason: '' }),
  initial: 'idle',
  states: {
    idle: {
      meta: { description: 'Holds nothing.' },
      on: {
        'actor.setup': { target: 'settingUp', actions: 'noteSender' },
        'actor.teardown': { actions: ['noteSender', 'acknowledge'] },
      },
    },
    settingUp: {
      meta: { description: 'Gets what it needs for a session.' },
      invoke: {
        id: 'setUp',
        src: 'setUp',
        onDone: { target: 'ready', actions: 'acknowledge' },
        onError: { target: 'broken', actions: ['noteReason', 'fail'] },
      },
    },
    ready: {
      meta: { description: 'Serves the session.' },
      on: { 'actor.teardown': { target: 'tearingDown', actions: 'noteSender' } },
    },
    tearingDown: {
      meta: { description: 'Lets go of what setup got.' },
      invoke: {
        id: 'tearDown',
        src: 'tearDown',
        onDone: { target: 'idle', actions: 'acknowledge' },
        onError: { target: 'broken', actions: ['noteReason', 'fail'] },
      },
    },
    broken: { meta: { description: 'Its setup or teardown failed; so does the run.' } },
  },
});
