/** Drives a session as the user asks: in the background, up to a time, step by step, or not at all. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UsageError } from '../../domain/errors.ts';
import type { MarketTime, RunSummary, Session } from '../../index.ts';

/** `standing`: begun, and waiting to be told to go on. */
export type DriveState =
  | 'ready'
  | 'running'
  | 'paused'
  | 'standing'
  | 'completed'
  | 'failed'
  | 'stopped';

export class Drive {
  /** Called when a run in the background has come to its end by itself. */
  onEnd: (failure: unknown) => void = () => {};
  /** Resolves when nothing runs in the background any more. */
  atRest: Promise<void> = Promise.resolve();

  readonly #session: Session;
  /** Gives up the run that is under way; null if none is. */
  #going: AbortController | null = null;
  #paused = false;
  /** Whether the session was told of the pause. */
  #told = false;

  constructor(session: Session) {
    this.#session = session;
  }

  get state(): DriveState {
    const { status } = this.#session;
    if (status !== 'running') return status;
    if (this.#going !== null) return 'running';
    return this.#paused ? 'paused' : 'standing';
  }

  get over(): boolean {
    return ['completed', 'failed', 'stopped'].includes(this.#session.status);
  }

  /** Runs to the end, in the background. */
  begin(): void {
    this.#getReady();
    const giveUp = new AbortController();
    this.#going = giveUp;
    const { signal } = giveUp;
    const ended = (failure: unknown) => {
      if (this.#going !== giveUp) return;
      this.#going = null;
      this.onEnd(failure);
    };
    const gone = this.#session.runUntil(() => false, { signal, paced: true });
    this.atRest = gone.then(() => ended(null), ended);
  }

  /** Runs until everything due at or before `time` is done, or `signal` aborts. */
  async goTo(time: MarketTime, signal: AbortSignal): Promise<void> {
    this.#getReady();
    await this.#session.runUntil(time, { signal });
    await this.settle();
  }

  /** Goes on by some market instants, fewer if the run ends or `signal` aborts. @returns how many */
  async step(count: number, signal: AbortSignal): Promise<number> {
    this.#getReady();
    let done = 0;
    const isLast = () => {
      done += 1;
      return done === count;
    };
    await this.#session.runUntil(isLast, { signal });
    await this.settle();
    return done;
  }

  /** Stands still from the next frame on. */
  async pause(): Promise<void> {
    if (this.state !== 'running') {
      throw new UsageError(`the run is ${this.state}: only one in the background can be paused`);
    }
    // A session hears of a pause only while its market is open; without demand it stands in every phase.
    this.#told = this.#session.view.active;
    if (this.#told) this.#session.pause();
    this.#paused = true;
    this.#giveUp();
    await nextTurn();
  }

  resume(): void {
    if (this.state !== 'paused') {
      const go = this.over ? 'it is over' : '"system start" goes on';
      throw new UsageError(`the run is ${this.state}, not paused: ${go}`);
    }
    this.begin();
  }

  /** Ends the run where it is. */
  async stop(): Promise<RunSummary> {
    if (this.over) throw new UsageError(`the run is ${this.state} already`);
    if (this.state === 'ready') throw new UsageError('nothing runs yet: "system start" begins');
    const stopped = this.#session.stop();
    this.#giveUp();
    return stopped;
  }

  /** That a run failed in the very instant it was to reach, shows a turn later. @throws {RunFailedError} */
  async settle(): Promise<void> {
    await nextTurn();
    if (this.over) await this.#session.runUntil(() => true);
  }

  #getReady(): void {
    if (this.over) {
      throw new UsageError(
        `the run is ${this.state}: leave with "exit" and open the shell again for another one`,
      );
    }
    if (this.#going !== null) {
      throw new UsageError('the run is under way in the background: "system pause" halts it');
    }
    if (this.#paused && this.#told) this.#session.resume();
    this.#paused = false;
  }

  #giveUp(): void {
    const going = this.#going;
    this.#going = null;
    going?.abort();
  }
}
