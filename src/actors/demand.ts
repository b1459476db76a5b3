/**
 * How far the host wants a session to go: to the end, one more instant, or until something holds.
 *
 * Between two frames and before a day is torn down the session waits here for demand. Nothing runs that was
 * not asked for, and waiting leaves no trace in the log.
 */
import type { MarketTime } from '../domain/time.ts';
import type { Metrics } from './metrics.ts';

/** Where a session stands that asks whether to go on. */
export interface Standing {
  /** The next instant, if it goes on. */
  next(): MarketTime;
}

interface Goal {
  /** False: reached. */
  wants(standing: Standing): boolean;
  /** Told of every market frame. */
  framed?(): void;
  reached(): void;
}

/** Goals stand side by side: the session goes on while any of them wants it to. */
export class Demand {
  readonly #goals = new Set<Goal>();
  readonly #metrics: Metrics | null;
  #waiting: (() => void) | null = null;

  /** @param metrics told how long the session stood still */
  constructor(metrics: Metrics | null = null) {
    this.#metrics = metrics;
  }

  /** To the end of the run. */
  everything(): void {
    this.#add({ wants: () => true, reached: () => {} });
  }

  /** So many more market frames. Resolves when they are done. */
  frames(count: number): Promise<void> {
    let left = count;
    return this.#goal({
      wants: () => left > 0,
      framed: () => {
        left -= 1;
      },
    });
  }

  /** Every instant up to `time`, itself included. */
  until(time: MarketTime): Promise<void> {
    return this.#goal({ wants: (standing) => standing.next() <= time });
  }

  /** Until `holds` is true after a market frame; rejects with what it throws. */
  untilHolds(holds: () => boolean): Promise<void> {
    let met = false;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#add({
      wants: () => !met,
      framed: () => {
        try {
          met ||= holds();
        } catch (error) {
          met = true;
          reject(error);
        }
      },
      reached: resolve,
    });
    return promise;
  }

  /** Told of every market frame. */
  framed(): void {
    for (const goal of this.#goals) goal.framed?.();
  }

  /** True if the session is to go on from here now. */
  wants(standing: Standing): boolean {
    let wanted = false;
    for (const goal of this.#goals) {
      if (goal.wants(standing)) {
        wanted = true;
        continue;
      }
      this.#goals.delete(goal);
      goal.reached();
    }
    return wanted;
  }

  /**
   * Waits until the session is to go on. Ends early, without demand, when `signal` aborts.
   *
   * @param anyway looked at whenever something may have changed: true goes on without a goal
   */
  async wanted(standing: Standing, signal: AbortSignal, anyway = () => false): Promise<void> {
    while (!signal.aborted && !this.wants(standing) && !anyway()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = () => resolve();
      this.#waiting = stop;
      signal.addEventListener('abort', stop);
      await (this.#metrics?.waitFor('host', promise) ?? promise);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Has the session look again whether to go on. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  /** The run is over: whoever waits for a goal is released. */
  end(): void {
    const goals = [...this.#goals];
    this.#goals.clear();
    for (const goal of goals) goal.reached();
  }

  #goal(goal: Omit<Goal, 'reached'>): Promise<void> {
    return new Promise((resolve) => {
      this.#add({ ...goal, reached: () => resolve() });
    });
  }

  #add(goal: Goal): void {
    this.#goals.add(goal);
    this.wake();
  }
}
