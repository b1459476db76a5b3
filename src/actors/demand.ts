/**
 * How far the host wants a session to go: to the end, one more instant, or until something holds.
 *
 * Between two frames and before a day is torn down the session waits here for demand. Nothing runs that was
 * not asked for, and waiting leaves no trace in the log.
 */
import type { MarketTime } from '../domain/time.ts';
import type { Metrics, WaitKind } from './metrics.ts';

/** A timer of the host holds no more. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a timer of the host takes; it warns of one that is over before it begins. */
function timerMs(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 1), TIMER_MS_MAX);
}

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
  /** Wants it at the pace of a clock-driven session, not at once. */
  readonly paced?: boolean;
  /** Stops listening for whoever may give it up. */
  release?(): void;
}

export interface GoalOptions {
  /** Gives the goal up: the session stands where it is. */
  readonly signal?: AbortSignal | undefined;
  /** At the pace of a clock-driven session; without it, at once. */
  readonly paced?: boolean | undefined;
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
    this.#add({ wants: () => true, reached: () => {}, paced: true });
  }

  /** So many more market frames, at once or at the pace of the session. Resolves when they are done. */
  frames(count: number, { paced = false } = {}): Promise<void> {
    let left = count;
    return this.#goal({
      paced,
      wants: () => left > 0,
      framed: () => {
        left -= 1;
      },
    });
  }

  /** At once, for as long as `lasts` says so. Resolves when that is over. */
  lasting(lasts: () => boolean): Promise<void> {
    return this.#goal({ wants: lasts });
  }

  /** Every instant up to `time`, itself included; or until `signal` aborts. */
  until(time: MarketTime, { signal, paced = false }: GoalOptions = {}): Promise<void> {
    return this.#goal({ paced, wants: (standing) => standing.next() <= time }, signal);
  }

  /** Until `holds` is true after a market frame, or `signal` aborts; rejects with what `holds` throws. */
  untilHolds(holds: () => boolean, { signal, paced = false }: GoalOptions = {}): Promise<void> {
    let met = false;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const goal = {
      paced,
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
    };
    this.#add(goal, signal);
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
      this.#drop(goal);
    }
    return wanted;
  }

  /** True if whoever wants the session to go on now wants it at once, whatever its pace. */
  hurries(): boolean {
    for (const { paced } of this.#goals) if (paced !== true) return true;
    return false;
  }

  /**
   * Waits until the session is to go on. Ends early, without demand, when `signal` aborts.
   *
   * @param anyway looked at whenever something may have changed: true goes on without a goal
   */
  async wanted(standing: Standing, signal: AbortSignal, anyway = () => false): Promise<void> {
    await this.met(() => this.wants(standing) || anyway(), signal);
  }

  /** Waits until `holds`, looked at whenever something may have changed, or until `signal` aborts. */
  async met(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !holds()) await this.changed(signal);
  }

  /**
   * Waits until something may have changed: somebody wakes it, `signal` aborts, or `ms` are over.
   *
   * @param kind whom it waits for, as metrics have it; null for the clock
   */
  async changed(
    signal: AbortSignal,
    { ms, kind = 'host' }: { ms?: number; kind?: WaitKind | null } = {},
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    const timer = ms === undefined ? undefined : setTimeout(stop, timerMs(ms));
    this.#waiting = stop;
    signal.addEventListener('abort', stop);
    await (kind === null ? promise : (this.#metrics?.waitFor(kind, promise) ?? promise));
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  }

  /** Has the session look again whether to go on. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  /** The run is over: whoever waits for a goal is released. */
  end(): void {
    for (const goal of this.#goals) this.#drop(goal);
  }

  #goal(goal: Omit<Goal, 'reached'>, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#add({ ...goal, reached: () => resolve() }, signal);
    });
  }

  #add(goal: Goal, signal?: AbortSignal): void {
    this.#goals.add(goal);
    if (signal !== undefined) this.#heed(goal, signal);
    this.wake();
  }

  /** A goal that is given up counts as reached. */
  #heed(goal: Goal, signal: AbortSignal): void {
    const giveUp = () => {
      this.#drop(goal);
      this.wake();
    };
    goal.release = () => signal.removeEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
  }

  #drop(goal: Goal): void {
    if (!this.#goals.delete(goal)) return;
    goal.release?.();
    goal.reached();
  }
}
