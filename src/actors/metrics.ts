/**
 * What a run costs in host time: measured beside the log, never part of it and never read by what decides.
 *
 * Everything is kept twice, for the whole run and for the present session. Frames are measured one in
 * 61: looking at the host's clock for each would cost as much as a small frame.
 */
import type { Transition } from './observer.ts';
import { Timing } from './timing.ts';

/** States of the session chart in which time is measured. */
const PHASES = ['validating', 'initializing', 'active', 'ending', 'tearingDown'] as const;

export type Phase = (typeof PHASES)[number];

/**
 * Who waited, and for whom: `log` is the coordinator that holds back the processor until the log is durable,
 * `strategy` the processor that waits for an asynchronous consumer, `host` the session that nobody asked to go on.
 */
export type WaitKind = 'log' | 'strategy' | 'host';

/** What is counted elsewhere, at some moment. */
export interface Counts {
  readonly sessions: number;
  readonly bars_processed: number;
  readonly bars_derived: number;
  readonly indicator_updates: number;
  readonly signals: number;
  readonly frames: number;
  readonly events: number;
  readonly log_bytes: number;
  /** Look-ups of trading days, and days of bars asked for: answered at once, or not. */
  readonly calendar_hits: number;
  readonly calendar_misses: number;
  readonly read_ahead_hits: number;
  readonly read_ahead_misses: number;
}

/** Measurements of one stretch of a run. */
export class Figures {
  readonly startedAt: number;
  /** Where the counts stood at the start; null at the start of the run. */
  readonly counts: Counts | null;
  readonly phases: Readonly<Record<Phase, Timing>> = {
    validating: new Timing(),
    initializing: new Timing(),
    active: new Timing(),
    ending: new Timing(),
    tearingDown: new Timing(),
  };
  /** The first load of the run, and all that came later: of days, and of symbols added. */
  readonly initialLoad = new Timing();
  readonly laterLoads = new Timing();
  /** Begin of Phase 3 to end of Phase 4; and from there to the begin of the next Phase 3. */
  readonly session = new Timing();
  readonly gap = new Timing();
  /** Of frames that were measured: derived bars and indicators; strategies; all there is to a frame. */
  readonly processor = new Timing();
  readonly strategy = new Timing();
  readonly frame = new Timing();
  readonly waits: Readonly<Record<WaitKind, Timing>> = {
    log: new Timing(),
    strategy: new Timing(),
    host: new Timing(),
  };
  overruns = 0;

  constructor(startedAt: number, counts: Counts | null) {
    this.startedAt = startedAt;
    this.counts = counts;
  }
}

/** Takes the times of one frame; used over and over. */
export interface FrameWatch {
  start(): void;
  /** Since `start`. */
  stop(stage: 'processor' | 'strategy'): void;
  /** Since the watch was given out. */
  end(): void;
}

/** A prime: work that comes round every so many frames is met as often as it comes. */
const FRAMES_PER_LOOK = 61;

export class Metrics {
  readonly #hostTime: () => number;
  readonly #counts: () => Counts;
  #run: Figures;
  #session: Figures;
  #phase: Phase | null = null;
  #phaseSince = 0;
  #sessionSince: number | null = null;
  #gapSince: number | null = null;
  #loadSince: number | null = null;
  #loads = 0;
  #endedAt: number | null = null;
  readonly #waiting = new Set<{ readonly kind: WaitKind; readonly since: number }>();
  #frames = 0;
  readonly #watch: FrameWatch & { begin(): FrameWatch };

  /** @param hostTime host milliseconds, for durations only */
  constructor(hostTime: () => number, counts: () => Counts) {
    this.#hostTime = hostTime;
    this.#counts = counts;
    this.#run = new Figures(hostTime(), null);
    this.#session = new Figures(hostTime(), null);
    this.#watch = this.#makeWatch();
  }

  get run(): Figures {
    return this.#run;
  }

  /** Of the present session, or of the last one once the run is over. */
  get session(): Figures {
    return this.#session;
  }

  /** Host time now, or when the run ended. */
  get now(): number {
    return this.#endedAt ?? this.#hostTime();
  }

  get counts(): Counts {
    return this.#counts();
  }

  /** How long what is under way has taken so far; null if it is not. */
  get underWay() {
    const since = (start: number | null) => (start === null ? null : this.now - start);
    return {
      phase: this.#phase,
      phaseMs: this.#phase === null ? null : since(this.#phaseSince),
      sessionMs: since(this.#sessionSince),
      gapMs: since(this.#gapSince),
      waitMs: (kind: WaitKind) =>
        since([...this.#waiting].find((wait) => wait.kind === kind)?.since ?? null),
    };
  }

  /** Told of every change of every chart, when it happens. */
  moved({ actor, from, to }: Transition): void {
    if (actor === 'session') this.#enter(from, to);
    else if (actor.endsWith('/loading')) this.#load(from, to);
  }

  /** The run is over: nothing goes on from here. */
  end(): void {
    if (this.#endedAt !== null) return;
    const now = this.#hostTime();
    this.#leave(now);
    this.#endSession(now);
    for (const { kind, since } of this.#waiting) this.waited(kind, now - since);
    this.#waiting.clear();
    this.#phase = null;
    this.#gapSince = null;
    this.#endedAt = now;
  }

  waited(kind: WaitKind, ms: number): void {
    this.#note(({ waits }) => waits[kind], ms);
  }

  /** Waits for `work` on the account of `kind`. */
  async waitFor<T>(kind: WaitKind, work: Promise<T>): Promise<T> {
    const wait = { kind, since: this.#hostTime() };
    this.#waiting.add(wait);
    try {
      return await work;
    } finally {
      // What is still waited for when the run ends is counted then.
      if (this.#waiting.delete(wait)) this.waited(kind, this.#hostTime() - wait.since);
    }
  }

  /** The consumer was late for an instant of the market's clock. */
  overrun(): void {
    this.#run.overruns += 1;
    this.#session.overruns += 1;
  }

  /** The watch for a frame that is measured; null for all others. */
  watch(): FrameWatch | null {
    this.#frames += 1;
    return this.#frames % FRAMES_PER_LOOK === 1 ? this.#watch.begin() : null;
  }

  #enter(from: string | null, to: string): void {
    const now = this.#hostTime();
    if (from === null) {
      this.#run = new Figures(now, null);
      this.#session = new Figures(now, null);
    } else this.#leave(now);
    // A session makes way for the next one: what Phase 1 takes is on its account.
    if (from === 'tearingDown') this.#session = new Figures(now, this.#counts());
    this.#phase = PHASES.find((phase) => phase === to) ?? null;
    this.#phaseSince = now;
    if (to === 'active') this.#startSession(now);
  }

  #leave(now: number): void {
    const left = this.#phase;
    if (left === null) return;
    this.#note((figures) => figures.phases[left], now - this.#phaseSince);
    if (left !== 'ending') return;
    this.#endSession(now);
    this.#gapSince = now;
  }

  #startSession(now: number): void {
    this.#sessionSince = now;
    if (this.#gapSince !== null) this.#note(({ gap }) => gap, now - this.#gapSince);
    this.#gapSince = null;
  }

  #endSession(now: number): void {
    if (this.#sessionSince !== null) this.#note(({ session }) => session, now - this.#sessionSince);
    this.#sessionSince = null;
  }

  #load(from: string | null, to: string): void {
    const now = this.#hostTime();
    if (from === null) this.#loadSince = now;
    if (this.#loadSince === null || (to !== 'done' && to !== 'failed')) return;
    const kind = this.#loads === 0 ? 'initialLoad' : 'laterLoads';
    this.#loads += 1;
    this.#note((figures) => figures[kind], now - this.#loadSince);
    this.#loadSince = null;
  }

  #note(of: (figures: Figures) => Timing, ms: number): void {
    of(this.#run).add(ms);
    of(this.#session).add(ms);
  }

  #makeWatch(): FrameWatch & { begin(): FrameWatch } {
    const hostTime = this.#hostTime;
    let began = 0;
    let from = 0;
    const watch = {
      begin: () => {
        began = hostTime();
        return watch;
      },
      start: () => {
        from = hostTime();
      },
      stop: (stage: 'processor' | 'strategy') =>
        this.#note((figures) => figures[stage], hostTime() - from),
      end: () => this.#note(({ frame }) => frame, hostTime() - began),
    };
    return watch;
  }
}
