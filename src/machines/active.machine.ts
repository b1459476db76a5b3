/**
 * Phase 3: streams until the clock reaches the close.
 *
 *   activating ─▶ streaming ⇄ paused
 *                     └─▶ closed            any ─▶ failed
 *
 * The pump runs slices of frames; between two slices the chart looks at what has come in meanwhile.
 */
import { assign, fromCallback, sendTo, setup } from 'xstate';
import { type CanFail, type Outcome, onError, outcomeOf, reasonOf, work } from './step.ts';

export type PumpMessage = { type: 'slice.run' };

export type ActiveMessage =
  | { type: 'slice.end' }
  | { type: 'feed.close' }
  | { type: 'feed.fail'; reason: string }
  | { type: 'session.pause' }
  | { type: 'session.resume' };

export const activeMachine = setup({
  types: {
    context: {} as CanFail & { readonly pauseAsked: boolean },
    events: {} as ActiveMessage,
    output: {} as Outcome,
  },
  actors: {
    activate: work(),
    /** Runs one slice for every `slice.run` and answers how it ended. */
    pump: fromCallback<PumpMessage>(() => {}),
  },
  actions: {
    runSlice: sendTo('pump', { type: 'slice.run' }),
    askPause: assign({ pauseAsked: true }),
    dropPause: assign({ pauseAsked: false }),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
    noteFailure: assign(({ event }) => ({
      reason: event.type === 'feed.fail' ? event.reason : '',
    })),
  },
  guards: { pauseAsked: ({ context }) => context.pauseAsked },
}).createMachine({
  id: 'active',
  context: { reason: '', pauseAsked: false },
  initial: 'activating',
  output: outcomeOf,
  states: {
    activating: {
      meta: { description: 'Opens the session and tells the strategies.' },
      on: {
        'session.pause': { actions: 'askPause' },
        'session.resume': { actions: 'dropPause' },
      },
      invoke: {
        id: 'activate',
        src: 'activate',
        onDone: [
          { guard: 'pauseAsked', target: 'paused', actions: 'dropPause' },
          { target: 'streaming' },
        ],
        onError,
      },
    },
    streaming: {
      meta: { description: 'Frames follow one another.' },
      entry: 'runSlice',
      invoke: { id: 'pump', src: 'pump', onError },
      on: {
        'slice.end': { actions: 'runSlice' },
        'feed.close': 'closed',
        'feed.fail': { target: 'failed', actions: 'noteFailure' },
        'session.pause': 'paused',
      },
    },
    paused: {
      meta: { description: 'Stands between two frames until resumed.' },
      on: { 'session.resume': 'streaming' },
    },
    closed: { type: 'final' },
    failed: { type: 'final' },
  },
});
