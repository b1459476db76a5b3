/**
 * The host's timers in the hands of a test: time stands while anything can run, then leaps to the next timer.
 * A day at its own pace takes no longer than one as fast as possible, and every instant can be told exactly.
 */
import { setImmediate as realTurn } from 'node:timers/promises';
import { afterEach, beforeEach, vi } from 'vitest';

/** Turns of the event loop after which what works in memory has come to rest. */
const TURNS = 8;

/** Takes the timers over for the tests of this file or block. */
export function takeHostTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Waits without letting time pass. */
export async function rest(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await realTurn();
}

/** Lets so many milliseconds pass, one timer after another, with rest in between. */
export async function pass(ms: number): Promise<void> {
  const until = performance.now() + ms;
  const wake = setTimeout(() => {}, ms);
  await rest();
  while (performance.now() < until) {
    vi.advanceTimersToNextTimer();
    await rest();
  }
  clearTimeout(wake);
}

/** Lets time pass until `promise` settles. */
export async function settled<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  await rest();
  while (!over) {
    vi.advanceTimersToNextTimer();
    await rest();
  }
  return promise;
}

/** Takes so many milliseconds, as a loop would that lets nothing else run. */
export function toil(ms: number): void {
  vi.advanceTimersByTime(ms);
}
