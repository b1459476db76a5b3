/**
 * Lets scanners work, strictly one at a time, and serves what they ask for meanwhile: a symbol that a scan
 * awaits is loaded while the scan goes on.
 *
 *   running { scans: next ⇄ asking ─▶ done  ‖  insertion: idle ⇄ inserting ─▶ done } ─▶ done
 *      └─▶ failed
 *
 * The clock stands until every scan has settled and everything asked for is there.
 */
import { assign, sendTo, setup } from 'xstate';
import { type Asked, type AskMessage, askedIn, insertionMachine } from './insertion.machine.ts';
import type { LifecycleMessage, LifecycleReply } from './lifecycle.machine.ts';
import type { ScannerMessage, ScannerReply, ScanSchedule } from './scanner.machine.ts';
import { type CanFail, type Outcome, outcomeOf, reasonOf } from './step.ts';

export interface ScanningInput {
  /** Scanners to ask, in this order. */
  readonly scanners: readonly string[];
  readonly schedule: ScanSchedule;
  /** Whether they are to be set up first, all of them. */
  readonly setUp: boolean;
  /** How long setting up may take, in host time. */
  readonly handshakeTimeoutMs: number;
}

/** Under this name scanners reach the chart that serves them. */
export const SCANNING = 'scanning';

/** The name under which a scanner's chart is known to the system. */
export function scannerId(name: string): string {
  return `scanner/${name}`;
}

type ScanningMessage = LifecycleReply | ScannerReply | AskMessage;

export interface ScanningContext extends ScanningInput, CanFail {
  readonly done: number;
  /** True once no scanner will ask for anything more. */
  readonly over: boolean;
  readonly pending: readonly Asked[];
  readonly inserting: readonly Asked[];
}

export const scanningMachine = setup({
  types: {
    input: {} as ScanningInput,
    context: {} as ScanningContext,
    events: {} as ScanningMessage,
    output: {} as Outcome,
  },
  actors: { insertion: insertionMachine },
  delays: { unanswered: ({ context }) => context.handshakeTimeoutMs },
  actions: {
    askSetUp: sendTo(
      ({ system }) => system.get('scanner'),
      ({ self }): LifecycleMessage => ({ type: 'actor.setup', replyTo: self }),
    ),
    askScan: sendTo(
      ({ context, system }) => system.get(scannerId(context.scanners[context.done]!)),
      ({ context, self }): ScannerMessage => ({
        type: 'scanner.scan',
        replyTo: self,
        schedule: context.schedule,
      }),
    ),
    count: assign(({ context }) => ({ done: context.done + 1 })),
    queue: assign({
      pending: ({ context, event }) => [...context.pending, ...askedIn(event)],
    }),
    noteOver: assign({ over: true }),
    takePending: assign({ inserting: ({ context }) => context.pending, pending: [] }),
    noteReason: assign(({ event }) => ({ reason: failureIn(event) })),
    noteSilence: assign(({ context }) => ({
      reason: `scanner did not answer actor.setup within ${context.handshakeTimeoutMs / 1000} s`,
    })),
  },
  guards: {
    wantsSetUp: ({ context }) => context.setUp,
    allDone: ({ context }) => context.done >= context.scanners.length,
    hasPending: ({ context }) => context.pending.length > 0,
    isOver: ({ context }) => context.over,
    succeeded: ({ event }) => reasonOf(event) === '',
    // Before the session a scan that fails leaves the day without its symbols: the run fails.
    mustNotFail: ({ context, event }) =>
      context.schedule === 'pre_session' && failureIn(event) !== '',
  },
}).createMachine({
  id: 'scanning',
  context: ({ input }) => ({
    ...input,
    done: 0,
    over: false,
    pending: [],
    inserting: [],
    reason: '',
  }),
  initial: 'running',
  output: outcomeOf,
  states: {
    running: {
      type: 'parallel',
      onDone: 'done',
      on: {
        'symbol.add': { actions: 'queue' },
        'session.change': { actions: 'queue' },
      },
      states: {
        scans: {
          initial: 'deciding',
          states: {
            deciding: {
              always: [
                { guard: 'wantsSetUp', target: 'settingUp' },
                { guard: 'allDone', target: 'done' },
                { target: 'asking' },
              ],
            },
            settingUp: {
              meta: { description: 'Every scanner is set up for the session.' },
              entry: ['askSetUp', assign({ setUp: false })],
              after: { unanswered: { target: '#scanning.failed', actions: 'noteSilence' } },
              on: {
                'actor.acknowledge': 'deciding',
                'actor.fail': { target: '#scanning.failed', actions: 'noteReason' },
              },
            },
            asking: {
              meta: { description: 'One scanner looks for symbols.' },
              entry: 'askScan',
              on: {
                'scanner.settle': [
                  { guard: 'mustNotFail', target: '#scanning.failed', actions: 'noteReason' },
                  { target: 'deciding', actions: 'count' },
                ],
              },
            },
            done: { type: 'final', entry: 'noteOver' },
          },
        },
        insertion: {
          initial: 'idle',
          states: {
            idle: {
              meta: { description: 'Nothing is asked for.' },
              always: [
                { guard: 'hasPending', target: 'inserting' },
                { guard: 'isOver', target: 'done' },
              ],
            },
            inserting: {
              meta: { description: 'Brings in what scanners have asked for.' },
              entry: 'takePending',
              invoke: {
                id: 'insertion',
                src: 'insertion',
                input: ({ context }) => ({ asked: context.inserting }),
                onDone: [
                  { guard: 'succeeded', target: 'idle' },
                  { target: '#scanning.failed', actions: 'noteReason' },
                ],
                onError: { target: '#scanning.failed', actions: 'noteReason' },
              },
            },
            done: { type: 'final' },
          },
        },
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});

function failureIn(message: ScanningMessage): string {
  if (message.type === 'scanner.settle') return message.reason;
  if (message.type === 'actor.fail') return `${message.actor} failed: ${message.reason}`;
  return reasonOf(message);
}
