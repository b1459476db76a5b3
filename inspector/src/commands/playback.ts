/** Plays the run: steps at a pace, and stops where a breakpoint is hit. */
import { signal } from '@preact/signals';
import { at, last } from '../data/run.ts';
import { place } from '../state/place.ts';
import { jump, nextBreak, notice, step } from './moves.ts';

export const SPEEDS = [1, 10, 100] as const;
export type Speed = (typeof SPEEDS)[number];

export const playing = signal(false);
export const speed = signal<Speed>(1);

/** Steps a second at speed 1. */
const PACE = 4;
/** Pictures a second at most: faster playback takes several facts at once. */
const PICTURES = 20;

let played = 0;

export function togglePlay(): void {
  if (playing.peek()) stop();
  else void play();
}

export function stop(): void {
  played++;
  playing.value = false;
}

async function play(): Promise<void> {
  const mine = ++played;
  playing.value = true;
  notice.value = '';
  try {
    const barrier = (await nextBreak('next')) ?? Number.POSITIVE_INFINITY;
    while (playing.peek() && played === mine) {
      await advance(barrier);
      if (at.peek() >= Math.min(barrier, last.peek())) break;
    }
    if (played === mine && at.peek() === barrier) {
      notice.value = `Stopped at #${barrier}: a breakpoint is hit.`;
    }
  } catch (error) {
    notice.value = error instanceof Error ? error.message : String(error);
  }
  if (played === mine) playing.value = false;
}

/** One picture: one step, or as many facts as the speed asks for, never past the barrier. */
async function advance(barrier: number): Promise<void> {
  const perSecond = PACE * speed.peek();
  const started = performance.now();
  const unit = place.peek().step;
  const before = at.peek();
  if (unit === 'event') {
    const facts = Math.max(1, Math.round(perSecond / PICTURES));
    jump(Math.min(before + facts, barrier, last.peek()), 'step');
  } else {
    await step(unit, 'next');
    if (at.peek() > barrier) jump(barrier, 'step');
    if (at.peek() === before) return stop();
  }
  const spent = performance.now() - started;
  const rest = 1000 / Math.min(perSecond, PICTURES) - spent;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
}
