/** Ways to move the cursor. Moves wait for one another, so that ten presses are ten steps. */
import { effect, signal, untracked } from '@preact/signals';
import type { Direction, StepUnit } from '../../../src/inspect/protocol.ts';
import { AskError, ask } from '../data/ask.ts';
import { event } from '../data/cursorData.ts';
import { query } from '../data/filter.ts';
import { at, last, log, run, shown } from '../data/run.ts';
import { symbolPath } from '../data/stateTree.ts';
import { go, type Move, place } from '../state/place.ts';

/** A word about what was done, or led nowhere. It goes after a while. */
export const notice = signal('');

const NOTICE_MS = 6000;

effect(() => {
  const text = notice.value;
  if (text === '') return;
  const clear = setTimeout(() => {
    notice.value = '';
  }, NOTICE_MS);
  return () => clearTimeout(clear);
});

let queue: Promise<void> = Promise.resolve();
let waiting = 0;

/** Most steps that wait: who holds a key down wants to stop when they let go. */
const WAITING_MAX = 20;

/** Puts the cursor on a fact. Whoever moves by hand no longer follows the end. */
export function jump(seq: number, move: Move = 'jump'): void {
  notice.value = '';
  go({ seq: Math.max(Math.min(seq, last.peek()), Math.min(1, last.peek())), follow: false }, move);
}

/** The fact that was pointed at, and the symbol that was chosen then: who chooses another one since keeps it. */
let selected: { readonly seq: number; readonly symbol: string } | null = null;

/** Puts the cursor on a fact that was pointed at: chart and tree go to its symbol. */
export function select(seq: number, move: Move = 'jump'): void {
  jump(seq, move);
  selected = { seq: at.peek(), symbol: place.peek().symbol };
  followSelected();
}

effect(() => {
  void event.value.value;
  untracked(followSelected);
});

function followSelected(): void {
  const row = event.value.peek()?.row;
  if (selected === null || row?.seq !== selected.seq) return;
  const { seq, symbol: before } = selected;
  selected = null;
  const { symbol } = row;
  if (at.peek() !== seq || place.peek().symbol !== before) return;
  if (symbol === null || symbol === shown.peek()?.symbol) return;
  if (!run.peek()?.symbols.some((each) => each.symbol === symbol)) return;
  const { open } = place.peek();
  const opened = open === null ? null : [...new Set([...open, symbolPath(symbol)])];
  go({ symbol, open: opened }, 'silent');
}

/** One step of a unit. */
export function step(unit: StepUnit, dir: Direction): Promise<void> {
  if (unit === 'event' && waiting === 0) {
    jump(at.peek() + (dir === 'next' ? 1 : -1), 'step');
    return Promise.resolve();
  }
  return inTurn(async () => {
    if (unit === 'event') return jump(at.peek() + (dir === 'next' ? 1 : -1), 'step');
    const { seq } = await ask('step', { log: log.peek(), from: at.peek(), unit, dir });
    if (seq === null) notice.value = `No ${dir} ${unit}.`;
    else jump(seq, 'step');
  });
}

/** The next fact that the filter picks. */
export function hit(dir: Direction): Promise<void> {
  return inTurn(async () => {
    const q = query.peek();
    const { seq } = await ask('find', { log: log.peek(), from: at.peek(), dir, q });
    if (seq === null) notice.value = q === '' ? 'No further fact.' : `No ${dir} hit of the filter.`;
    else select(seq, 'step');
  });
}

/** Goes to a place in words: a number, a time. */
export function goTo(words: string): Promise<void> {
  return inTurn(async () => {
    const plain = words.replaceAll(/[\s,#\u202f]/g, '');
    if (/^\d+$/.test(plain)) return select(Number(plain));
    const question = { log: log.peek(), time: words.trim(), from: at.peek() };
    const { seq } = await ask('at', question);
    jump(seq);
  });
}

/** Where playback would stop. */
export async function nextBreak(dir: Direction): Promise<number | null> {
  const on = place.peek().breakpoints.join('\n');
  if (on === '') return null;
  const { seq } = await ask('break', { log: log.peek(), from: at.peek(), dir, on });
  return seq;
}

export function toBreak(dir: Direction): Promise<void> {
  return inTurn(async () => {
    const seq = await nextBreak(dir);
    if (seq === null)
      notice.value = `No breakpoint is hit ${dir === 'next' ? 'after' : 'before'} this.`;
    else select(seq);
  });
}

export function toCause(): void {
  const row = event.value.peek()?.row;
  if (row === undefined) return;
  if (row.cause === null) notice.value = 'This fact is an input: nothing in the log led to it.';
  else select(row.cause);
}

export function toEffect(): void {
  const found = event.value.peek();
  if (found === null) return;
  if (found.firstEffect === null) notice.value = 'No fact names this one as its cause.';
  else select(found.firstEffect.seq);
}

export function toEnd(): void {
  jump(last.peek());
}

export function toStart(): void {
  jump(1);
}

/** Follows the end of a run that goes on. */
export function follow(): void {
  if (run.peek()?.live !== true) notice.value = 'This run has ended: there is nothing to follow.';
  else go({ follow: !place.peek().follow, seq: at.peek() });
}

async function inTurn(move: () => Promise<void>): Promise<void> {
  if (waiting >= WAITING_MAX) return;
  waiting++;
  queue = queue.then(move).catch((error: unknown) => {
    notice.value = error instanceof AskError ? error.message : String(error);
  });
  await queue;
  waiting--;
}
