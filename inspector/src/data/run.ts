/** The run that is looked at, and how far its log goes. */
import { computed, effect, signal } from '@preact/signals';
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import { go, part, place } from '../state/place.ts';
import { AskError, ask } from './ask.ts';

export type Run = AnswerOf<'run'>;

const known = signal<{ readonly run: Run; readonly side: 'a' | 'b' } | null>(null);
const problem = signal<string | null>(null);
/** Last fact that a live run has told of. */
const grown = signal<{ last: number; at: number } | null>(null);

export const run = computed(() => known.value?.run ?? null);
export const runProblem = computed(() => problem.value);

/** The last fact there is. */
export const last = computed(() => Math.max(grown.value?.last ?? 0, run.value?.last ?? 0));

/** The cursor, kept within the log. */
export const at = computed(() => {
  const { seq, follow } = place.value;
  if (follow) return last.value;
  return seq < 0 ? last.value : Math.min(seq, last.value);
});

export const log = part('log');

/** False while the run that is known is the other one, or none. */
export const isLoaded = computed(() => known.value?.side === log.value);

/** How long to wait for more of the index, in milliseconds. */
const INDEX_PAUSE_MS = 150;

/** Asks for the run, and again while its index grows. */
export function followRun(): void {
  effect(() => {
    const side = log.value;
    void load(side);
  });
}

async function load(side: 'a' | 'b'): Promise<void> {
  try {
    const answer = await ask('run', { log: side });
    if (log.peek() !== side) return;
    known.value = { run: answer, side };
    problem.value = null;
    if (place.peek().seq < 0) {
      const seq = await startOf(answer, side);
      if (place.peek().seq < 0) go({ seq, follow: answer.live }, 'silent');
    }
    if (!answer.index.ready) setTimeout(() => void load(side), INDEX_PAUSE_MS);
  } catch (error) {
    problem.value = problemIn(error);
  }
}

/** Where a page opens that was not told where: at the end; of two runs, where they part. */
async function startOf(answer: Run, side: 'a' | 'b'): Promise<number> {
  if (answer.other === null || answer.live) return answer.last;
  try {
    const { first, beyond } = await ask('divergence', {}, { keep: true });
    return (beyond ?? first)?.seq[side] ?? answer.last;
  } catch {
    // The comparison itself says what is wrong.
    return answer.last;
  }
}

function problemIn(error: unknown): string {
  const code = error instanceof AskError ? error.code : '';
  if (code === 'unauthorized') {
    return 'This page was opened without its key. Copy the whole address that "openbell inspect" printed, with what stands behind "token=".';
  }
  // The banner says so.
  if (code === 'unreachable' && run.peek() !== null) return '';
  return error instanceof Error ? error.message : String(error);
}

/** Asks for the run anew: more of it is known. */
export function refreshRun(): void {
  void load(log.peek());
}

/** A live run has told how far it is. */
export function grow(to: { last: number; at: number }): void {
  if (to.last > (grown.peek()?.last ?? 0)) grown.value = to;
}

/** The phase at the cursor. */
export const phase = computed(() => {
  const phases = run.value?.phases ?? [];
  return phases.findLast(({ first }) => first <= at.value) ?? null;
});

/** The trading day at the cursor. */
export const day = computed(() => {
  const days = run.value?.days ?? [];
  return days.findLast(({ first }) => first <= at.value) ?? null;
});

/** Symbols that the run has brought in by the cursor. */
export const symbols = computed(() =>
  (run.value?.symbols ?? []).filter(({ since }) => since <= at.value),
);

/** The symbol and interval that the chart shows: those asked for, else the first there are. */
export const shown = computed(() => {
  const { symbol, interval } = place.value;
  const all = run.value?.symbols ?? [];
  const found = all.find((each) => each.symbol === symbol) ?? symbols.value[0] ?? null;
  if (found === null) return null;
  const intervals = found.intervals;
  const chosen = intervals.find((each) => each.interval === interval) ?? intervals[0];
  return chosen === undefined ? null : { ...found, shownInterval: chosen };
});
