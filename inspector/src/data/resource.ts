/** Answers that follow the place: asked for again when the question changes, the old one shown meanwhile. */
import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { AskError } from './batch.ts';

export interface Resource<T> {
  /** The newest answer; null before the first. */
  readonly value: ReadonlySignal<T | null>;
  /** True while `value` answers an older question, and has for long enough to be worth saying. */
  readonly stale: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<string | null>;
}

/** Most answers come sooner, in milliseconds. */
const STALE_MS = 150;

/**
 * @param question a key of what is to be known, reads signals; null asks nothing
 * @param answer   is given the question and gives up when the signal says so
 */
export function resource<Q, T>(
  question: () => Q | null,
  answer: (question: Q, signal: AbortSignal) => Promise<T>,
): Resource<T> {
  const value = signal<T | null>(null);
  const stale = signal(false);
  const problem = signal<string | null>(null);
  let asked = '';
  let running: AbortController | null = null;
  let late: ReturnType<typeof setTimeout> | undefined;
  const settle = (mine: AbortController, then: () => void) => {
    if (running !== mine) return;
    running = null;
    clearTimeout(late);
    batch(() => {
      stale.value = false;
      then();
    });
  };
  effect(() => {
    const next = question();
    const key = JSON.stringify(next);
    if (key === asked) return;
    asked = key;
    running?.abort();
    running = null;
    if (next === null) {
      clearTimeout(late);
      untracked(() => {
        value.value = null;
        stale.value = false;
      });
      return;
    }
    const mine = new AbortController();
    running = mine;
    clearTimeout(late);
    late = setTimeout(() => {
      stale.value = true;
    }, STALE_MS);
    answer(next, mine.signal).then(
      (got) =>
        settle(mine, () => {
          value.value = got;
          problem.value = null;
        }),
      (error: unknown) =>
        settle(mine, () => {
          // That nobody answers is said once, for the whole page.
          const isGone = error instanceof AskError && error.code === 'unreachable';
          problem.value = isGone ? null : error instanceof Error ? error.message : String(error);
          stale.value = isGone;
        }),
    );
  });
  return { value, stale, problem };
}
