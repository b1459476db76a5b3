/**
 * A running session, for programs that embed the engine.
 *
 * `openSession` checks everything that can be checked and starts nothing: a session goes as far as it is
 * asked to, by `finish`, `step`, `runUntil` or by iterating its frames.
 */
import { Observable } from 'rxjs';
import { type ActorOptions, type AnyActorLogic, createActor } from 'xstate';
import type { Config } from '../domain/config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import type { Fact, FactOf, FactType } from '../domain/facts.ts';
import { type Interval, tryParseInterval } from '../domain/interval.ts';
import type { SessionView, SymbolView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { SessionMessage } from '../machines/session.machine.ts';
import type { LogReader } from '../store/eventLog.ts';
import type { Demand } from './demand.ts';
import type { AddResult, Engine } from './engine.ts';
import { createObserver, type Transition } from './observer.ts';
import type { SliceSize } from './pump.ts';
import type { CommittedFrame } from './recorder.ts';
import { type RunSummary, summaryOf } from './summary.ts';
import { wire } from './wiring.ts';

export type SessionStatus = 'ready' | 'running' | 'completed' | 'failed' | 'stopped';

/** A run that ended in `failed`; its log is complete and readable. */
export class RunFailedError extends Error {
  override name = 'RunFailedError';
  readonly phase: number;
  readonly summary: RunSummary;

  constructor(reason: string, phase: number, summary: RunSummary) {
    super(reason);
    this.phase = phase;
    this.summary = summary;
  }
}

export interface SessionParts {
  readonly run: string;
  readonly folder: string | null;
  readonly engine: Engine;
  readonly demand: Demand;
  readonly slice: SliceSize;
  readonly handshakeTimeoutMs: number;
  readonly inspect: ActorOptions<AnyActorLogic>['inspect'];
  /** Called once when the run has ended and its last fact is appended. */
  closeLog(status: 'completed' | 'failed' | 'stopped'): Promise<void>;
  /** Host milliseconds, for durations only. */
  hostTime(): number;
}

export class Session implements AsyncDisposable {
  /** Name of the run. */
  readonly run: string;
  /** The run folder; null if the log is in memory. */
  readonly folder: string | null;
  readonly view: SessionView;
  /** Every fact from now on, as it is committed; completes with the run. */
  readonly events$: Observable<Fact>;

  readonly #parts: SessionParts;
  readonly #engine: Engine;
  readonly #demand: Demand;
  readonly #actor;
  readonly #ended: Promise<void>;
  readonly #whenEnded = new Set<() => void>();
  #resolveEnded: () => void = () => {};
  #status: SessionStatus = 'ready';
  #failure: { reason: string; phase: number } | null = null;
  #startedAt = 0;
  #seconds = 0;
  #closing: Promise<void> | null = null;
  /** Transitions before RunStarted, which waits for the fingerprints of the data. */
  #early: (() => void)[] | null = [];

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { engine } = parts;
    this.run = parts.run;
    this.folder = parts.folder;
    this.view = engine.view;
    this.#engine = engine;
    this.#demand = parts.demand;
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.events$ = new Observable((subscriber) => {
      const stop = this.onFrame((frame) => {
        for (const fact of frame.facts()) subscriber.next(fact);
      });
      const complete = () => subscriber.complete();
      if (this.#over) complete();
      else this.#whenEnded.add(complete);
      return () => {
        stop();
        this.#whenEnded.delete(complete);
      };
    });
    engine.onStarted = () => this.#recordEarly();
    const observe = createObserver((transition) => this.#transition(transition));
    const refuse = (message: string, state: string) => this.#refuse(message, state);
    const chart = wire({ engine, demand: parts.demand, slice: parts.slice, refuse });
    this.#actor = createActor(chart, {
      id: 'session',
      input: {
        symbols: engine.config.session_data_config.symbols,
        sessions: engine.sessions.length,
        handshakeTimeoutMs: parts.handshakeTimeoutMs,
      },
      inspect: (event) => {
        observe(event);
        tellInspector(parts.inspect, event);
      },
    });
  }

  get status(): SessionStatus {
    return this.#status;
  }

  get config(): Config {
    return this.#engine.config;
  }

  /** The log, to read from while the session runs and after. */
  get log(): LogReader {
    return this.#engine.recorder.log;
  }

  /** Hex SHA-256 over everything recorded so far. */
  get chainHash(): string {
    return this.log.chainHash();
  }

  /** Base bars so far. */
  get bars(): number {
    return this.#engine.barsSoFar;
  }

  /** Trading days of the run and how many of them are over. */
  get progress(): { readonly sessions: number; readonly done: number } {
    return { sessions: this.#engine.sessions.length, done: this.#engine.data.sessions };
  }

  /** Calls `listener` with every fact of a type, from now on. @returns how to stop that */
  on<T extends FactType>(type: T, listener: (fact: FactOf<T>) => void): () => void {
    return this.onFrame((frame) => {
      for (const fact of frame.facts()) {
        if (fact.type === type) listener(fact as FactOf<T>);
      }
    });
  }

  /** Calls `listener` with every committed frame, from now on. @returns how to stop that */
  onFrame(listener: (frame: CommittedFrame) => void): () => void {
    return this.#engine.recorder.listen(listener);
  }

  /**
   * Runs to the end.
   *
   * @returns the summary of a run that completed or was stopped
   * @throws {RunFailedError} if the run failed
   */
  async finish(): Promise<RunSummary> {
    this.#start();
    this.#demand.everything();
    await this.#ended;
    return this.#outcome();
  }

  /**
   * Goes on to the end of the next market instant, across the change of days.
   *
   * @returns its frame; null if the run is over
   * @throws {RunFailedError} if the run failed
   */
  async step(): Promise<CommittedFrame | null> {
    let last: CommittedFrame | null = null;
    const stop = this.onFrame((frame) => {
      if (frame.market) last = kept(frame);
    });
    try {
      await this.#go(() => this.#demand.frames(1));
    } finally {
      stop();
    }
    return last;
  }

  /**
   * Goes on until the clock has done everything due at or before a time, or until `holds` is true after an
   * instant.
   *
   * @throws {RunFailedError} if the run failed
   */
  async runUntil(goal: MarketTime | ((view: SessionView) => boolean)): Promise<void> {
    await this.#go(() =>
      typeof goal === 'number'
        ? this.#demand.until(goal)
        : this.#demand.untilHolds(() => goal(this.view)),
    );
  }

  /** Every frame from now on, one market instant at a time: the session waits for its consumer. */
  async *[Symbol.asyncIterator](): AsyncGenerator<CommittedFrame> {
    const frames: CommittedFrame[] = [];
    const stop = this.onFrame((frame) => frames.push(kept(frame)));
    try {
      while (true) {
        while (frames.length > 0) yield frames.shift()!;
        if (this.#over) return;
        await this.#go(() => this.#demand.frames(1));
      }
    } finally {
      stop();
    }
  }

  /** Stands still between two frames until `resume`. */
  pause(): void {
    this.#send('session.pause');
  }

  resume(): void {
    this.#send('session.resume');
  }

  /** Ends the run where it is, cleanly. */
  async stop(): Promise<RunSummary> {
    this.#start();
    this.#deliver({ type: 'session.stop' });
    await this.#ended;
    return this.summary();
  }

  /**
   * Adds a symbol between two frames: it is loaded and caught up as if it had been there since the open.
   *
   * @param options.streams intervals for this symbol beside those of the config
   * @returns what became of it: added, already there, or refused with the reason
   * @throws {UsageError} for a name that is none, or an interval that is none
   */
  async addSymbol(name: string, options: { streams?: readonly string[] } = {}): Promise<AddResult> {
    const symbol = symbolNamed(name);
    const streams = (options.streams ?? []).map(intervalNamed);
    const engine = this.#engine;
    if (engine.data.symbols.has(symbol)) {
      const reason = 'it is in the session already';
      return { added: false, symbol, loaded: true, reason };
    }
    if (this.#over) {
      return { added: false, symbol, loaded: false, reason: `the run is ${this.#status}` };
    }
    this.#start();
    const asked = engine.unanswered.includes(symbol);
    const settled = engine.whenSettled(symbol);
    if (!asked) {
      engine.interrupted = true;
      queueMicrotask(() => this.#ask(symbol, streams));
    }
    return settled;
  }

  /** The symbol's view: at once if it is loaded, else when it is. @throws {UsageError} if it is refused */
  async ensureSymbol(name: string): Promise<SymbolView> {
    const result = await this.addSymbol(name);
    const found = this.view.symbol(result.symbol);
    if (found !== undefined) return found;
    throw new UsageError(
      `symbol "${result.symbol}" was refused: ${result.added ? '' : result.reason}`,
    );
  }

  summary(): RunSummary {
    const seconds = this.#over ? this.#seconds : this.#elapsed();
    const status = this.#status === 'ready' ? 'running' : this.#status;
    const { run, folder } = this;
    const reason = this.#failure?.reason ?? null;
    return summaryOf(this.#engine, { run, log: folder, status, seconds, reason });
  }

  /** Stops what still runs and closes the log. */
  async close(): Promise<void> {
    if (this.#status === 'running') await this.stop();
    if (this.#status === 'ready') await this.#close('stopped');
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #over(): boolean {
    return this.#status !== 'ready' && this.#status !== 'running';
  }

  async #go(ask: () => Promise<void>): Promise<void> {
    this.#start();
    if (!this.#over) await ask();
    if (this.#over) await this.#ended;
    if (this.#status === 'failed') this.#outcome();
  }

  #start(): void {
    if (this.#status !== 'ready') return;
    this.#status = 'running';
    this.#startedAt = this.#parts.hostTime();
    this.#actor.subscribe({ error: (error) => this.#broke(error) });
    this.#actor.start();
  }

  #elapsed(): number {
    return this.#status === 'ready' ? 0 : (this.#parts.hostTime() - this.#startedAt) / 1000;
  }

  #outcome(): RunSummary {
    const summary = this.summary();
    if (this.#failure !== null) {
      throw new RunFailedError(this.#failure.reason, this.#failure.phase, summary);
    }
    return summary;
  }

  #send(type: 'session.pause' | 'session.resume'): void {
    if (this.#status !== 'running') {
      this.#refuse(type, this.#status);
      return;
    }
    this.#engine.journal({ type, at: this.view.now, seq: this.view.seq });
    this.#deliver({ type });
  }

  /** Messages get in between two frames, also when a listener sends them in the middle of one. */
  #deliver(message: SessionMessage): void {
    this.#engine.interrupted = true;
    queueMicrotask(() => this.#actor.send(message));
  }

  /** An input of the run: recorded where it takes effect. */
  #ask(symbol: string, streams: readonly string[]): void {
    const engine = this.#engine;
    if (this.#over || engine.data.symbols.has(symbol)) {
      const loaded = engine.data.symbols.has(symbol);
      const reason = loaded ? 'it is in the session already' : `the run is ${this.#status}`;
      engine.answer(symbol, { added: false, symbol, loaded, reason });
      return;
    }
    const { symbols } = engine.config.session_data_config;
    if (!symbols.includes(symbol)) engine.requests.set(symbol, { addedBy: 'adhoc', streams });
    const received = { message: 'symbol.add', detail: { symbol, streams: [...streams] } };
    const record = () => {
      engine.recorder.append('MessageReceived', { by: 'session', cause: null }, received);
    };
    if (this.#early === null) record();
    else this.#early.push(record);
    this.#actor.send({ type: 'symbol.add', symbol });
  }

  #refuse(message: string, state: string): void {
    const reason = `not handled in "${state}"`;
    this.#engine.journal({ type: 'MessageRefused', message, state, reason, at: this.view.now });
  }

  /** The one place where phases, transitions and the end of a run are recorded. */
  #transition(transition: Transition): void {
    if (this.#early !== null && transition.to !== 'failed' && transition.to !== 'stopped') {
      this.#early.push(() => this.#recordTransition(transition));
      return;
    }
    this.#recordEarly();
    this.#recordTransition(transition);
  }

  /** Records RunStarted and what happened before the data was looked at. */
  #recordEarly(): void {
    const early = this.#early;
    if (early === null) return;
    this.#early = null;
    this.#engine.recordStart();
    for (const record of early) record();
  }

  #recordTransition({ actor, message, from, to, fromPhase, toPhase }: Transition): void {
    const engine = this.#engine;
    const { recorder } = engine;
    const by = actor;
    const cause = recorder.append(
      'TransitionTaken',
      { by, cause: recorder.seq },
      { actor, message, from, to },
    );
    if (actor !== 'session') return;
    const { date } = engine.session;
    if (fromPhase !== null) {
      const left = { phase: fromPhase, name: from!, date: fromPhase === 0 ? null : date };
      recorder.append('PhaseLeft', { by, cause }, left);
    }
    if (toPhase !== null) {
      const entered = { phase: toPhase, name: to, date: toPhase === 0 ? null : date };
      recorder.append('PhaseEntered', { by, cause }, entered);
    } else this.#end(to as 'completed' | 'failed' | 'stopped', fromPhase ?? 0, cause);
  }

  #end(status: 'completed' | 'failed' | 'stopped', phase: number, cause: number): void {
    const { recorder, data } = this.#engine;
    const origin = { by: 'session', cause };
    const { sessions } = data;
    this.#answerTheRest(status, cause);
    if (status === 'completed') recorder.append('RunCompleted', origin, { sessions });
    else if (status === 'stopped') recorder.append('RunStopped', origin, { phase, sessions });
    // The chart's output, and with it the reason, is there once the transition is done.
    queueMicrotask(() => this.#finishEnd(status, phase, cause));
  }

  /** Whoever still waits for a symbol hears that it will not come. */
  #answerTheRest(status: string, cause: number): void {
    const reason = `the run is ${status}`;
    for (const symbol of this.#engine.unanswered) {
      const refused = { message: 'symbol.add', state: status, reason };
      this.#engine.recorder.append('MessageRefused', { by: 'session', cause }, refused);
      this.#engine.answer(symbol, { added: false, symbol, loaded: false, reason });
    }
  }

  #finishEnd(status: 'completed' | 'failed' | 'stopped', phase: number, cause: number): void {
    const { recorder } = this.#engine;
    if (status === 'failed') {
      const output = this.#actor.getSnapshot().output;
      const reason = output !== undefined && !output.ok ? output.reason : 'unknown';
      this.#failure = { reason, phase };
      recorder.append('RunFailed', { by: 'session', cause }, { reason, phase });
    }
    recorder.commit();
    this.#seconds = this.#elapsed();
    this.#status = status;
    void this.#close(status);
  }

  /** A chart that broke is a bug; the run fails with it all the same. */
  #broke(error: unknown): void {
    if (this.#over) return;
    const { recorder, data } = this.#engine;
    const reason = error instanceof Error ? error.message : String(error);
    const phase = data.phase?.number ?? 0;
    this.#recordEarly();
    this.#failure = { reason, phase };
    recorder.append('RunFailed', { by: 'session', cause: recorder.seq }, { reason, phase });
    recorder.commit();
    this.#seconds = this.#elapsed();
    this.#status = 'failed';
    void this.#close('failed');
  }

  #close(status: 'completed' | 'failed' | 'stopped'): Promise<void> {
    this.#closing ??= this.#closeNow(status);
    return this.#closing;
  }

  async #closeNow(status: 'completed' | 'failed' | 'stopped'): Promise<void> {
    try {
      await this.#parts.closeLog(status);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failure ??= { reason, phase: 4 };
      this.#status = 'failed';
    }
    this.#demand.end();
    this.#resolveEnded();
    for (const listener of this.#whenEnded) listener();
  }
}

function symbolNamed(name: string): string {
  const symbol = name.trim().toUpperCase();
  if (/^\S+$/.test(symbol)) return symbol;
  throw new UsageError(`"${name}" is no symbol: write one word, such as "TSLA"`);
}

function intervalNamed(text: string): Interval {
  const interval = tryParseInterval(text);
  if (interval !== null) return interval.text;
  throw new UsageError(`"${text}" is no interval: write a number and one of s, m, h, d, w`);
}

/** Makes the facts while the blocks they are made of still hold them. */
function kept(frame: CommittedFrame): CommittedFrame {
  const facts = frame.facts();
  const { at, firstSeq, lastSeq, market } = frame;
  return { at, firstSeq, lastSeq, market, facts: () => facts };
}

function tellInspector(
  inspect: SessionParts['inspect'],
  event: Parameters<Extract<NonNullable<SessionParts['inspect']>, (event: never) => void>>[0],
): void {
  if (typeof inspect === 'function') inspect(event);
  else inspect?.next?.(event);
}
