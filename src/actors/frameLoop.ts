/**
 * The frame loop: from one market instant to the next, stage by stage, in plain code.
 *
 * An instant is due when a base bar ends, a derived window that holds a bar ends, a scan is due, or the session
 * closes. A slice is a run of consecutive frames; where it is cut never changes what is recorded. Scans stand
 * between what the market did at an instant and what strategies make of it: there the loop stops and goes on.
 */

import type { Session } from '../domain/calendar/calendar.ts';
import type { ParsedInterval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import { Lag, type LagRule } from './lag.ts';
import type { FrameWatch, Metrics } from './metrics.ts';
import type { Processor } from './processor.ts';
import type { Quality } from './quality.ts';
import type { Recorder } from './recorder.ts';
import type { Scanners } from './scanners.ts';
import type { Strategies } from './strategies.ts';
import { StrategyError } from './strategy.ts';
import { settle, type Track } from './track.ts';

/** What facts of a catch-up carry besides. */
const CATCHUP = { catchup: true };
const NONE: readonly string[] = [];

/** Why a slice ended. */
export type SliceOutcome =
  | { readonly kind: 'paused' }
  | { readonly kind: 'closed' }
  /** Halfway through an instant: scanners are to look before it goes on; `takeScans` says which. */
  | { readonly kind: 'scans' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether a slice ends; asked after each instant. `recorded`: something happened at it. */
export type SliceLimit = (instants: number, recorded: boolean) => boolean;

export interface FrameStages {
  readonly recorder: Recorder;
  readonly processor: Processor;
  readonly quality: Quality;
  readonly strategies: Strategies;
  readonly scanners: Scanners;
  readonly base: ParsedInterval;
  readonly lag: LagRule;
  readonly metrics: Metrics;
}

export class FrameLoop {
  /** Base bars so far. */
  bars = 0;

  readonly #stages: FrameStages;
  readonly #session: Session;
  readonly #tracks: readonly Track[];
  #closed = false;
  #failure: string | null = null;
  #halfway = false;
  /** Measures the present instant; null if it is not one of those measured. */
  #watch: FrameWatch | null = null;
  /** Scanners that are to look before it goes on. */
  #scans = NONE;

  /** @param tracks ascending by symbol, queues loaded */
  constructor(stages: FrameStages, session: Session, tracks: readonly Track[]) {
    this.#stages = stages;
    this.#session = session;
    this.#tracks = tracks;
    for (const track of tracks) track.schedule(stages.base, session);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** True if it will run no more frames: closed or failed. */
  get over(): boolean {
    return this.#closed || this.#failure !== null;
  }

  /** True while scanners look, between the two halves of an instant. */
  get halfway(): boolean {
    return this.#halfway;
  }

  /**
   * The next instant at which something is due; the close at the latest. A window whose last day a symbol
   * missed is overdue: it closes at the first instant the symbol is back. O(symbols).
   */
  next(): MarketTime {
    const { recorder, scanners } = this.#stages;
    if (this.#halfway) return recorder.at;
    const due = Math.min(this.#session.close, dueOf(this.#tracks), scanners.next);
    return Math.max(due, recorder.at);
  }

  /**
   * Does for tracks that have just joined what was due up to the clock, instant by instant, as if they had
   * been there; no strategy is called. From then on they are like any other.
   */
  catchUp(tracks: readonly Track[], clock: MarketTime): void {
    const lag = new Lag(this.#stages.recorder, this.#stages.lag);
    const { close } = this.#session;
    for (const track of tracks) track.schedule(this.#stages.base, this.#session);
    let done = false;
    while (!done) {
      // The close is an instant of its own, also for a symbol that has no bar then.
      const now = Math.min(dueOf(tracks), close);
      if (now > clock) break;
      this.#catchUpAt(tracks, now, lag);
      done = now === close;
    }
    lag.end();
    this.#stages.recorder.commit();
  }

  #catchUpAt(tracks: readonly Track[], now: MarketTime, lag: Lag): void {
    const { recorder, processor, quality } = this.#stages;
    this.bars += processor.step(tracks, this.#session, now, CATCHUP);
    quality.judge(tracks, this.#session, now, true);
    lag.take(tracks, now);
    recorder.commit();
    for (const track of tracks) settle(track);
  }

  /**
   * Runs frames until `limit` says so, scanners are due, the session closes, or a strategy fails. Closed and
   * failed stay: asked again, it says so again.
   */
  run(limit: SliceLimit): SliceOutcome {
    let instants = 0;
    while (!this.over) {
      const goesOn = this.#halfway;
      if (!goesOn) {
        this.#market(this.next());
        this.#scans = this.#dueScanners();
      }
      if (this.#scans.length > 0) return { kind: 'scans' };
      const recorded = this.#tryDecide() || goesOn;
      instants += 1;
      if (limit(instants, recorded)) break;
    }
    if (this.#failure !== null) return { kind: 'failed', reason: this.#failure };
    return { kind: this.#closed ? 'closed' : 'paused' };
  }

  /** The scanners that are to look; from here on they count as having looked. */
  takeScans(): readonly string[] {
    const scans = this.#scans;
    this.#scans = NONE;
    return scans;
  }

  /** The first half of an instant: what the market did. */
  #market(now: MarketTime): void {
    const { recorder, processor, quality, metrics } = this.#stages;
    const tracks = this.#tracks;
    const watch = metrics.watch();
    this.#watch = watch;
    recorder.advance(now);
    if (now === this.#session.close && !isAnyDue(tracks, now)) this.#skipToClose(now);
    watch?.start();
    this.bars += processor.step(tracks, this.#session, now);
    watch?.stop('processor');
    quality.judge(tracks, this.#session, now);
  }

  /** Scanners whose time has come; what the market did is on the record before they look. */
  #dueScanners(): readonly string[] {
    const { recorder, scanners } = this.#stages;
    if (scanners.next > recorder.at) return NONE;
    const due = scanners.take(recorder.at);
    if (due.length === 0) return due;
    recorder.commit({ market: true });
    // How long scanners take is no time of the frame.
    this.#watch?.end();
    this.#watch = null;
    this.#halfway = true;
    return due;
  }

  /** A strategy that throws ends the run after what it decided on. */
  #tryDecide(): boolean {
    try {
      return this.#decide();
    } catch (error) {
      if (!(error instanceof StrategyError)) throw error;
      this.#failure = error.message;
      return this.#stages.recorder.commit({ market: true });
    }
  }

  /** The second half: what strategies make of it. */
  #decide(): boolean {
    const { recorder, strategies } = this.#stages;
    const watch = this.#watch;
    this.#halfway = false;
    if (strategies.count > 0) {
      watch?.start();
      strategies.dispatch();
      watch?.stop('strategy');
    }
    const recorded = recorder.commit({ market: true });
    watch?.end();
    if (recorder.at === this.#session.close) this.#closed = true;
    return recorded;
  }

  /** Running out of data does not end a session: the clock moves on to the close. */
  #skipToClose(close: MarketTime): void {
    const { recorder } = this.#stages;
    const { data, seq } = recorder;
    const jump = { from: data.now, to: close };
    recorder.append('ClockAdvanced', { by: 'session/clock', cause: seq }, jump);
  }
}

/** The next instant at which a base bar of these tracks or one of their windows ends; Infinity if none. */
function dueOf(tracks: readonly Track[]): MarketTime {
  let due = Number.POSITIVE_INFINITY;
  for (const track of tracks) {
    if (track.nextEnd < due) due = track.nextEnd;
    if (track.due < due) due = track.due;
  }
  return due;
}

/** True if a base bar of these tracks ends at `now`. */
function isAnyDue(tracks: readonly Track[], now: MarketTime): boolean {
  return tracks.some(({ nextEnd }) => nextEnd === now);
}
