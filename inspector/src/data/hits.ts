/** The facts that the filter picks: how many, which of them is at the cursor, and the rows that are in view. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { EVENTS_LIMIT, type FactRow } from '../../../src/inspect/protocol.ts';
import { AskError, ask } from './ask.ts';
import { query } from './filter.ts';
import { resource } from './resource.ts';
import { at, last, log, run } from './run.ts';

const PAGE = 200;
const PAGES_MAX = 60;
/** How long to wait for the count to go on, in milliseconds. */
const COUNT_PAUSE_MS = 200;

/** Asks again while the server still counts. */
const counting = signal(0);

const rank = resource(
  () => {
    if (run.value === null || query.value === '') return null;
    return {
      question: { log: log.value, seq: at.value, q: query.value },
      last: last.value,
      again: counting.value,
    };
  },
  async ({ question }, signal) => {
    const answer = await ask('rank', question, { signal });
    if (!answer.complete) setTimeout(() => counting.value++, COUNT_PAUSE_MS);
    return { ...answer, q: question.q, seq: question.seq };
  },
);

/** What is wrong with the filter as it was typed. */
export const filterProblem = computed(() => (query.value === '' ? null : rank.problem.value));

/** How many facts the filter picks, and whether all were counted; null while nothing is known of it. */
export const hits = computed(() => {
  if (query.value === '') return { total: last.value, complete: true };
  const known = rank.value.value;
  return known?.q === query.value ? known : null;
});

/** Number of the row at the cursor, from 0; of one that is left out, of the row before it, and a half. */
export const cursorRow = computed(() => {
  if (query.value === '') return at.value - 1;
  const known = rank.value.value;
  if (known === null || known.q !== query.value || known.seq !== at.value) return null;
  return known.picked ? known.before : known.before - 0.5;
});

const pages = new Map<number, readonly FactRow[]>();
const asked = new Set<number>();
/** Raised when rows have come. */
export const arrived = signal(0);

let generation = 0;
effect(() => {
  void [query.value, log.value];
  generation++;
  pages.clear();
  asked.clear();
  untracked(() => arrived.value++);
});

/** The row of this number, if it has come; else it is asked for. */
export function rowAt(index: number): FactRow | null {
  const page = Math.floor(index / PAGE);
  const row = pages.get(page)?.[index % PAGE];
  if (row !== undefined) return row;
  void load(page);
  return null;
}

async function load(page: number): Promise<void> {
  if (asked.has(page)) return;
  asked.add(page);
  const mine = generation;
  const limit = Math.min(PAGE, EVENTS_LIMIT);
  try {
    const answer = await ask('events', {
      log: log.peek(),
      offset: page * PAGE,
      limit,
      q: query.peek(),
    });
    if (mine !== generation) return;
    pages.set(page, answer.rows);
    if (pages.size > PAGES_MAX) pages.delete(pages.keys().next().value!);
    arrived.value++;
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
  } finally {
    // A page that is not full may have more in a moment: it is asked for again when a row of it is missing.
    if (mine === generation) setTimeout(() => asked.delete(page), COUNT_PAUSE_MS);
  }
}
