/** Walks a chart without running its steps: every one of them may end well or fail. */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { getShortestPaths } from 'xstate/graph';

export interface Walk {
  readonly input: unknown;
  /** Messages from outside, sent in every state. */
  readonly messages?: readonly object[];
  /** What of the context tells two states of the same name apart; default nothing. */
  readonly detail?: (context: never) => unknown;
}

/** The states that a chart can come to, each told by `detail` apart, from `start` or its beginning. */
export function everyState(
  chart: AnyStateMachine,
  { input, messages = [], detail = () => null }: Walk,
  start?: AnyMachineSnapshot,
): AnyMachineSnapshot[] {
  const endings = (id: string) => [
    { type: `xstate.done.actor.${id}`, output: { ok: true } },
    { type: `xstate.error.actor.${id}`, error: new Error('boom') },
  ];
  const paths = getShortestPaths(chart, {
    input,
    events: ({ children }) => [...messages, ...Object.keys(children).flatMap(endings)] as never,
    serializeState: ({ value, context }) => JSON.stringify([value, detail(context as never)]),
    ...(start && { fromState: start }),
  });
  return paths.map(({ state }) => state);
}
