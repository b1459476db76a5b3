/** Notes beside the log: moments with a word about them. */
import { computed, signal } from '@preact/signals';
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import { go, place, viewHere } from '../state/place.ts';
import { AskError, ask, isExported, put } from './ask.ts';

type Notes = AnswerOf<'notes'>;
type Note = Notes['notes'][number];

const kept = signal<Notes | null>(null);

/** Why notes were not kept, if so. */
export const notesProblem = signal('');

/** Notes and the marks of the address, in the order of the log. */
export const pins = computed(() => {
  const { log, pins: marks } = place.value;
  const notes = (kept.value?.notes ?? []).filter((note) => note.log === log);
  const bare = marks
    .filter((seq) => !notes.some((note) => note.seq === seq))
    .map((seq): Note => ({ id: '', seq, log, text: '' }));
  return [...notes, ...bare].sort((a, b) => a.seq - b.seq);
});

export async function loadNotes(): Promise<void> {
  await attempt(async () => {
    kept.value = await ask('notes', {});
  });
}

/** Marks a fact: kept beside the log, and in the address. */
export function pin(seq: number, text = ''): void {
  const { log, pins: marks } = place.peek();
  if (!marks.includes(seq)) go({ pins: [...marks, seq].sort((a, b) => a - b) }, 'silent');
  void change((notes) =>
    notes.some((note) => note.seq === seq && note.log === log)
      ? notes
      : [...notes, { id: `${log}${seq}`, seq, log, text }],
  );
}

export function unpin(seq: number): void {
  const { log, pins: marks } = place.peek();
  go({ pins: marks.filter((each) => each !== seq) }, 'silent');
  void change((notes) => notes.filter((note) => note.seq !== seq || note.log !== log));
}

export function write(seq: number, text: string): void {
  const { log } = place.peek();
  void change((notes) => [
    ...notes.filter((note) => note.seq !== seq || note.log !== log),
    { id: `${log}${seq}`, seq, log, text },
  ]);
}

/** Views that were kept: how the page was set up, by name. */
export const views = computed(() => kept.value?.views ?? []);

/** Keeps how the page is set up now; in place of a view of that name. */
export function keepView(name: string): void {
  const query = viewHere();
  void changeAll((notes) => ({
    ...notes,
    views: [...notes.views.filter((view) => view.name !== name), { name, query }],
  }));
}

export function dropView(name: string): void {
  void changeAll((notes) => ({
    ...notes,
    views: notes.views.filter((view) => view.name !== name),
  }));
}

let queue: Promise<void> = Promise.resolve();

function change(edit: (notes: Note[]) => Note[]): Promise<void> {
  return changeAll((all) => ({ ...all, notes: edit(all.notes) }));
}

/** One change after another; where somebody else was faster it is made on theirs. */
function changeAll(edit: (all: Notes) => Notes): Promise<void> {
  queue = queue.then(() => attempt(() => send(edit)));
  return queue;
}

async function send(edit: (all: Notes) => Notes, again = true): Promise<void> {
  const next = edit(kept.peek() ?? { revision: 0, notes: [], views: [], mutes: [] });
  kept.value = next;
  if (isExported) return;
  try {
    kept.value = await put('notes', next);
  } catch (error) {
    if (!again || !(error instanceof AskError) || error.code !== 'conflict') throw error;
    kept.value = await ask('notes', {});
    await send(edit, false);
  }
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
    notesProblem.value = '';
  } catch (error) {
    const isSaid = error instanceof AskError && /^un(reachable|authorized)$/.test(error.code);
    notesProblem.value = isSaid ? '' : error instanceof Error ? error.message : String(error);
  }
}
