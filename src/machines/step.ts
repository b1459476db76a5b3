/** The places where charts leave work to plain code: named, typed, given by `actors/` or by a test. */
import { fromPromise } from 'xstate';

/** A piece of work with an input and a result. Until provided it fails, saying so. */
export function step<Output, Input>() {
  return fromPromise<Output, Input>(async () => {
    throw new Error('this chart was started without its steps: provide them with machine.provide');
  });
}

/** How a phase's chart ended: what it is final with. */
export type PhaseOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The sentence of whatever a step threw. */
export function reasonOf(event: { readonly error?: unknown }): string {
  const { error } = event;
  return error instanceof Error ? error.message : String(error);
}

/** A step that only does. */
export const work = step<void, void>;
