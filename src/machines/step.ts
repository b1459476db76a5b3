/** The places where charts leave work to plain code, and the transitions all charts share. */

import { fromPromise } from 'xstate';
import { sentenceOf } from '../domain/errors.ts';

/** A piece of work with an input and a result. Until provided it fails, saying so. */
export function step<Output, Input>() {
  return fromPromise<Output, Input>(async () => {
    throw new Error('this chart was started without its steps: provide them with machine.provide');
  });
}

/** A step that only does. */
export const work = step<void, void>;

/** How a chart ended: its output. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Context of a chart that can fail; an empty reason means it has not. */
export interface CanFail {
  readonly reason: string;
}

export function outcomeOf({ context }: { context: CanFail }): Outcome {
  return context.reason === '' ? { ok: true } : { ok: false, reason: context.reason };
}

/** The sentence of whatever went wrong: a step that threw, or a chart that ended in failure. */
export function reasonOf(event: unknown): string {
  const { error, output } = event as { error?: unknown; output?: Outcome };
  if (output !== undefined) return output.ok ? '' : output.reason;
  return sentenceOf(error);
}

/** Where every chart goes when a step throws. */
export const onError = { target: 'failed', actions: 'noteReason' } as const;

/** A step whose end leads to `target`. */
export function thenTo<const Target extends string>(target: Target) {
  return { onDone: { target }, onError };
}

/** A chart whose success leads to `target`, and whose failure is this chart's own. */
export function ifOkTo<const Target extends string>(target: Target) {
  return { onDone: [{ guard: 'succeeded', target }, onError], onError } as const;
}
