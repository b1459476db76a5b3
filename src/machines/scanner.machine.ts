/**
 * The life of one scanner: set up anew for every session, asked to scan, torn down.
 *
 *   idle ─▶ settingUp ─▶ ready ⇄ scanning
 *    ▲          └──────▶ disabled ◀─┘          a scanner that throws is out for the session
 *    └── tearingDown ◀── ready, disabled
 *
 * It is asked one thing at a time, and answers everything it is asked: what its state cannot do, with why not.
 */
import { type AnyActorRef, assign, sendTo, setup } from 'xstate';
import { reasonOf, step } from './step.ts';

export type ScannerMessage =
  | { type: 'scanner.setup'; replyTo: AnyActorRef }
  | { type: 'scanner.scan'; replyTo: AnyActorRef; schedule: ScanSchedule }
  | { type: 'scanner.teardown'; replyTo: AnyActorRef };

/** When a scan takes place: before the session with the clock stopped, or in it. */
export type ScanSchedule = 'pre_session' | 'regular_session';

/** The answer to every message; an empty reason means that it went well. */
export type ScannerReply = { type: 'scanner.settle'; scanner: string; reason: string };

export interface ScannerInput {
  readonly name: string;
}

export interface ScanInput extends ScannerInput {
  readonly schedule: ScanSchedule;
}

export interface ScannerChartContext extends ScannerInput {
  readonly replyTo: AnyActorRef | null;
  readonly schedule: ScanSchedule;
  readonly reason: string;
}

const nameOf = ({ context }: { context: ScannerChartContext }): ScannerInput => ({
  name: context.name,
});

export const scannerMachine = setup({
  types: {
    input: {} as ScannerInput,
    context: {} as ScannerChartContext,
    events: {} as ScannerMessage,
  },
  actors: {
    setUp: step<void, ScannerInput>(),
    scan: step<void, ScanInput>(),
    tearDown: step<void, ScannerInput>(),
  },
  actions: {
    noteSender: assign(({ event }) => ({ replyTo: event.replyTo })),
    noteSchedule: assign(({ context, event }) => ({
      schedule: event.type === 'scanner.scan' ? event.schedule : context.schedule,
    })),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
    forget: assign({ reason: '' }),
    reply: sendTo(
      ({ context }) => context.replyTo!,
      ({ context }): ScannerReply => ({
        type: 'scanner.settle',
        scanner: context.name,
        reason: context.reason,
      }),
    ),
    refuse: sendTo(
      ({ event }) => event.replyTo,
      ({ context, event, self }): ScannerReply => ({
        type: 'scanner.settle',
        scanner: context.name,
        reason:
          `scanner "${context.name}" cannot take ${event.type} ` +
          `while it is ${String(self.getSnapshot().value)}`,
      }),
    ),
  },
}).createMachine({
  id: 'scanner',
  context: ({ input }) => ({ ...input, replyTo: null, schedule: 'regular_session', reason: '' }),
  initial: 'idle',
  // What a state below does not take: whoever asks waits for an answer.
  on: {
    'scanner.setup': { actions: 'refuse' },
    'scanner.scan': { actions: 'refuse' },
    'scanner.teardown': { actions: 'refuse' },
  },
  states: {
    idle: {
      meta: { description: 'Holds nothing.' },
      on: {
        'scanner.setup': { target: 'settingUp', actions: 'noteSender' },
        'scanner.teardown': { actions: ['noteSender', 'reply'] },
      },
    },
    settingUp: {
      meta: { description: 'Prepares for the session.' },
      invoke: {
        id: 'setUp',
        src: 'setUp',
        input: nameOf,
        onDone: { target: 'ready', actions: 'reply' },
        onError: { target: 'disabled', actions: ['noteReason', 'reply'] },
      },
    },
    ready: {
      meta: { description: 'Waits for its next scan.' },
      on: {
        'scanner.scan': { target: 'scanning', actions: ['noteSender', 'noteSchedule'] },
        'scanner.teardown': { target: 'tearingDown', actions: 'noteSender' },
      },
    },
    scanning: {
      meta: { description: 'Looks for symbols; the clock stands.' },
      invoke: {
        id: 'scan',
        src: 'scan',
        input: ({ context }) => ({ name: context.name, schedule: context.schedule }),
        onDone: { target: 'ready', actions: 'reply' },
        onError: { target: 'disabled', actions: ['noteReason', 'reply'] },
      },
    },
    disabled: {
      meta: { description: 'It threw: it scans no more in this session.' },
      on: {
        'scanner.scan': { actions: ['noteSender', 'reply'] },
        'scanner.teardown': { target: 'tearingDown', actions: 'noteSender' },
      },
    },
    tearingDown: {
      meta: { description: 'Lets go of what it holds.' },
      entry: 'forget',
      invoke: {
        id: 'tearDown',
        src: 'tearDown',
        input: nameOf,
        onDone: { target: 'idle', actions: 'reply' },
        onError: { target: 'idle', actions: ['noteReason', 'reply', 'forget'] },
      },
    },
  },
});
