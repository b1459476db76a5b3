/**
 * How far the host wants a session to go: to the end, one more instant, or until something holds.
 *
 * Between two frames and before a day is torn down the session waits here for demand. Nothing runs that was
 * not asked for, and waiting leaves no trace in the log.
 */
import type { MarketTime } from '../domain/time.ts';

/** Where a session stands that asks whether to go on. */
export interface Standing {
  /** The next instant, if it goes on. */
  next(): MarketTime;
}

interface Goal {
  /** False: stop here. */
  wants(standing: Standing): boolean;
  /** Told of every market frame. */
  framed(): void;
  reached(): void;
}

export class Demand {
  #goal: Goal | null = null;
  #waiting: (() => void) | null = null;

  /** To the end of the run. */
  everything(): void {
    this.#set({ wants: () => true, framed: () => {}, reached: () => {} });
  }

  /** So many more market frames. Resolves when they are done. */
  frames(count: number): Promise<void> {
    let left = count;
    return new Promise((resolve) => {
      this.#set({
        wants: () => left > 0,
        framed: () => {
          left -= 1;
        },
        reached: resolve,
      });
    });
  }

  /** Every instant up to `time`, itself included. */
  until(time: MarketTime): Promise<void> {
    return new Promise((resolve) => {
      this.#set({
        wants: (standing) => standing.next() <= time,
        framed: () => {},
        reached: resolve,
      });
    });
  }

  /** Until `holds` is true after a market frame. */
  untilHolds(holds: () => boolean): Promise<void> {
    let met = false;
    return new Promise((resolve) => {
      this.#set({
        wants: () => !met,
        framed: () => {
          met ||= holds();
        },
        reached: resolve,
      });
    });
  }

  /** Told of every market frame. */
  framed(): void {
    this.#goal?.framed();
  }

  /** True if the session is to go on from here now. */
  wants(standing: Standing): boolean {
    const goal = this.#goal;
    if (goal === null) return false;
    if (goal.wants(standing)) return true;
    this.#goal = null;
    goal.reached();
    return false;
  }

  /** Waits until the session is to go on. Ends early, without demand, when `signal` aborts. */
  async wanted(standing: Standing, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.wants(standing)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = () => resolve();
      this.#waiting = stop;
      signal.addEventListener('abort', stop);
      await promise;
      signal.removeEventListener('abort', stop);
    }
  }

  /** The run is over: whoever waits for a goal is released. */
  end(): void {
    const goal = this.#goal;
    this.#goal = null;
    goal?.reached();
  }

  #set(goal: Goal): void {
    this.#goal?.reached();
    this.#goal = goal;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }
}
