/**
 * Sends one message to a list of actors, one after another, and waits for every acknowledgement.
 *
 *   asking ─▶ (acknowledged) ─▶ asking the next ─▶ done
 *      └─▶ failed, when one fails or stays unanswered
 *
 * One at a time, so that the order of what they record never depends on which is faster.
 */
import { assign, sendTo, setup } from 'xstate';
import type { LifecycleMessage, LifecycleReply } from './lifecycle.machine.ts';
import { type CanFail, type Outcome, outcomeOf } from './step.ts';

export interface HandshakeInput {
  readonly message: LifecycleMessage['type'];
  /** Names under which the actors are known to the system. */
  readonly actors: readonly string[];
  readonly handshakeTimeoutMs: number;
}

export interface HandshakeContext extends HandshakeInput, CanFail {
  readonly asked: number;
}

export const handshakeMachine = setup({
  types: {
    input: {} as HandshakeInput,
    context: {} as HandshakeContext,
    events: {} as LifecycleReply,
    output: {} as Outcome,
  },
  delays: { unanswered: ({ context }) => context.handshakeTimeoutMs },
  actions: {
    ask: sendTo(
      ({ context, system }) => system.get(context.actors[context.asked]!),
      ({ context, self }): LifecycleMessage => ({ type: context.message, replyTo: self }),
    ),
    count: assign(({ context }) => ({ asked: context.asked + 1 })),
    noteFailure: assign(({ context, event }) => ({
      reason:
        event.type === 'actor.fail'
          ? `${event.actor} failed on ${context.message}: ${event.reason}`
          : context.reason,
    })),
    noteSilence: assign(({ context }) => ({
      reason:
        `${context.actors[context.asked]} did not answer ${context.message} ` +
        `within ${context.handshakeTimeoutMs / 1000} s`,
    })),
  },
  guards: { allAsked: ({ context }) => context.asked >= context.actors.length },
}).createMachine({
  id: 'handshake',
  context: ({ input }) => ({ ...input, asked: 0, reason: '' }),
  initial: 'next',
  output: outcomeOf,
  states: {
    next: {
      always: [{ guard: 'allAsked', target: 'done' }, { target: 'asking' }],
    },
    asking: {
      meta: { description: 'Waits for one actor to acknowledge.' },
      entry: 'ask',
      after: { unanswered: { target: 'failed', actions: 'noteSilence' } },
      on: {
        'actor.acknowledge': { target: 'next', actions: 'count' },
        'actor.fail': { target: 'failed', actions: 'noteFailure' },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});
