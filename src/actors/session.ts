/**
 * A running session, for programs that embed the engine.
 *
 * `openSession` checks everything that can be checked and starts nothing: a session goes as far as it is
 * asked to, by `finish`, `step`, `runUntil` or by iterating its frames.
 */
import { Observable } from 'rxjs';
import type { Config } from '../domain/config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import type { Fact, FactOf, FactType } from '../domain/facts.ts';
import type { SessionDelta } from '../domain/sessionDelta.ts';
import type { SessionJson } from '../domain/sessionJson.ts';
import type { SessionView, SymbolView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { InspectorServer } from '../inspect/server.ts';
import type { LogReader } from '../store/eventLog.ts';
import type { JournalEntry } from '../store/journal.ts';
import { Conductor, type ConductorParts, type Failure, type SessionStatus } from './conductor.ts';
import type { Demand, GoalOptions } from './demand.ts';
import type { Engine } from './engine.ts';
import { type ExportOptions, Exports } from './exports.ts';
import type { ActorHealth } from './health.ts';
import type { AddResult, AdhocBar } from './inbox.ts';
import { type InspectingOptions, inspectSession } from './inspecting.ts';
import { type MetricsReport, metricsReport, type ReportKind } from './metricsReport.ts';
import { metricsText } from './metricsText.ts';
import { type CommittedFrame, kept } from './recorder.ts';
import { type BarResult, type RegisterResult, type RemoveResult, Requests } from './requests.ts';
import type { FrameConsumer, StreamSubscription } from './streamSubscription.ts';
import { type RunSummary, summaryOf } from './summary.ts';
import type { BarOptions } from './verbs.ts';

/** A run that ended in `failed`; its log is complete and readable. `cause`: what a strategy threw, if one did. */
export class RunFailedError extends Error {
  override name = 'RunFailedError';
  readonly phase: number;
  readonly summary: RunSummary;

  constructor({ reason, phase, cause }: Failure, summary: RunSummary) {
    super(reason, { cause });
    this.phase = phase;
    this.summary = summary;
  }
}

export interface SessionParts extends ConductorParts {
  readonly run: string;
  readonly folder: string | null;
}

export class Session implements AsyncDisposable {
  /** Name of the run. */
  readonly run: string;
  /** The run folder; null if the log is in memory. */
  readonly folder: string | null;
  readonly view: SessionView;
  /** Every fact from now on, as it is committed; completes with the run. */
  readonly events$: Observable<Fact>;

  readonly #engine: Engine;
  readonly #demand: Demand;
  readonly #conductor: Conductor;
  readonly #requests: Requests;
  readonly #exports: Exports;
  #steps: Promise<void> = Promise.resolve();

  constructor(parts: SessionParts) {
    const { engine, demand, run, folder } = parts;
    this.run = run;
    this.folder = folder;
    this.view = engine.view;
    this.#engine = engine;
    this.#demand = demand;
    this.#conductor = new Conductor(parts);
    this.#requests = new Requests(engine, this.#conductor);
    this.#exports = new Exports(engine);
    this.events$ = new Observable((subscriber) => {
      const stop = this.onFrame((frame) => {
        for (const fact of frame.facts()) subscriber.next(fact);
      });
      void this.#conductor.ended.then(() => subscriber.complete());
      return stop;
    });
  }

  get status(): SessionStatus {
    return this.#conductor.status;
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

  /** What was noted beside the log: pauses, overruns, retries, refused messages. */
  get journal(): readonly JournalEntry[] {
    return this.#engine.notes;
  }

  /** How often the market or a subscriber of a clock-driven session was late; 0 if data-driven. */
  get overruns(): number {
    return this.#engine.overruns.count;
  }

  /** Base bars so far. */
  get bars(): number {
    return this.#engine.barsSoFar;
  }

  /** Trading days of the run and how many of them are over. */
  get progress(): { readonly sessions: number; readonly done: number } {
    return { sessions: this.#engine.sessions.length, done: this.#engine.data.sessions };
  }

  /** Calls `listener` with every fact of a type, from now on; others are not made. @returns how to stop that */
  on<T extends FactType>(type: T, listener: (fact: FactOf<T>) => void): () => void {
    const { tally } = this.#engine.recorder;
    let heard = tally.count(type);
    return this.onFrame((frame) => {
      if (heard === tally.count(type)) return;
      heard = tally.count(type);
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
   * Calls `consumer` with every committed frame from now on, the next one when its promise has settled. A
   * data-driven session waits for that before each market instant, a clock-driven one counts an overrun.
   */
  subscribe(consumer: FrameConsumer): StreamSubscription {
    const { ended } = this.#conductor;
    return this.#engine.subscriptions.add(consumer, { ended, wake: () => this.#demand.wake() });
  }

  /**
   * Runs to the end, at the pace of the config; waits until every subscriber has consumed all.
   *
   * @returns the summary of a run that completed or was stopped
   * @throws {RunFailedError} if the run failed
   */
  async finish(): Promise<RunSummary> {
    this.#conductor.start();
    this.#demand.everything();
    await this.#conductor.ended;
    await this.#engine.subscriptions.done();
    return this.#outcome();
  }

  /**
   * Goes on to the end of the next market instant, across the change of days, at once whatever the pace.
   *
   * @returns its frame; null if the run is over
   * @throws {RunFailedError} if the run failed
   */
  step(): Promise<CommittedFrame | null> {
    // One after another, so that steps asked for together are as many instants.
    const step = this.#steps.then(() => this.#step());
    this.#steps = step.then(
      () => {},
      () => {},
    );
    return step;
  }

  async #step(): Promise<CommittedFrame | null> {
    const frames: CommittedFrame[] = [];
    const stop = this.onFrame((frame) => {
      // An instant at which scanners look has several: before the scans, of what they do, and after them.
      if (frame.market || this.#engine.loop?.halfway) frames.push(kept(frame));
    });
    try {
      await this.#go(() => this.#demand.frames(1));
    } finally {
      stop();
    }
    return joined(frames);
  }

  /**
   * Goes on until the clock has done everything due at or before a time, or until `holds` is true after an
   * instant.
   *
   * @param options.signal gives the goal up when it aborts, as if it were reached
   * @param options.paced at the pace of a clock-driven session
   * @throws {RunFailedError} if the run failed
   * @throws {UsageError} for a goal that is neither; and what `holds` throws
   */
  async runUntil(
    goal: MarketTime | ((view: SessionView) => boolean),
    options: GoalOptions = {},
  ): Promise<void> {
    if (typeof goal !== 'function' && !Number.isFinite(goal)) {
      throw new UsageError(
        `runUntil got ${JSON.stringify(goal)}: give epoch milliseconds, such as ` +
          "Date.parse('2024-01-02T15:42:00Z'), or a function of the view",
      );
    }
    await this.#go(() =>
      typeof goal === 'number'
        ? this.#demand.until(goal, options)
        : this.#demand.untilHolds(() => goal(this.view), options),
    );
  }

  /** Every frame from now on, one market instant at a time, at the pace: the session waits for its consumer. */
  async *[Symbol.asyncIterator](): AsyncGenerator<CommittedFrame> {
    const frames: CommittedFrame[] = [];
    const stop = this.onFrame((frame) => frames.push(kept(frame)));
    try {
      while (true) {
        while (frames.length > 0) yield frames.shift()!;
        if (this.#conductor.over) return;
        await this.#go(() => this.#demand.frames(1, { paced: true }));
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
    this.#conductor.start();
    this.#conductor.deliver({ type: 'session.stop' });
    await this.#conductor.ended;
    return this.summary();
  }

  /**
   * Adds a symbol between two frames, for this session and those to come: it is loaded and caught up as if it
   * had been in the config from the start. Between two sessions it joins when the next one opens.
   *
   * @param options.streams intervals for this symbol beside those of the config
   * @returns what became of it: added, already there, or refused with the reason
   * @throws {UsageError} for a name that is none, or an interval that is none
   */
  addSymbol(name: string, options: { streams?: readonly string[] } = {}): Promise<AddResult> {
    return this.#requests.addSymbol(name, options.streams ?? []);
  }

  /** The symbol's view: at once if it is loaded, else when it is. @throws {UsageError} if it is refused */
  async ensureSymbol(name: string): Promise<SymbolView> {
    const result = await this.addSymbol(name);
    const { symbol } = result;
    if (!result.added && !result.loaded) {
      throw new UsageError(`symbol "${symbol}" was refused: ${result.reason}`);
    }
    const found = this.view.symbol(symbol);
    if (found !== undefined) return found;
    throw new UsageError(`symbol "${symbol}" was removed again at once`);
  }

  /**
   * Removes a symbol and everything of it between two frames, for good.
   *
   * @param options.force also if it is a symbol of the config, or locked
   */
  removeSymbol(name: string, options: { force?: boolean } = {}): Promise<RemoveResult> {
    return this.#requests.removeSymbol(name, options.force ?? false);
  }

  /**
   * Registers an indicator on one symbol between two frames, with the value it would have had it been in the
   * config. A symbol that is not there is registered light: it holds only this and its warm-up, and is not fed.
   *
   * @throws {UsageError} for an indicator that is none
   */
  registerIndicator(symbol: string, spec: IndicatorSpec): Promise<RegisterResult> {
    return this.#requests.registerIndicator(symbol, spec);
  }

  /**
   * Adds a base bar that ended at the clock or before, by hand. In a window that has closed it corrects derived
   * bars and indicators by new facts. A symbol that is not there is registered light.
   *
   * @throws {UsageError} for a bar that cannot be
   */
  addBar(
    symbol: string,
    interval: string,
    bar: AdhocBar,
    options: BarOptions = {},
  ): Promise<BarResult> {
    return this.#requests.addBar(symbol, interval, bar, options);
  }

  summary(): RunSummary {
    const { run, folder, status } = this;
    const { seconds, failure } = this.#conductor;
    return summaryOf(this.#engine, {
      run,
      log: folder,
      status: status === 'ready' ? 'running' : status,
      seconds,
      reason: failure?.reason ?? null,
    });
  }

  /**
   * The state as `openbell export` prints it: complete, or what changed since fact `since` or since the last
   * export. To be read, not written: later deltas build on it.
   *
   * @throws {UsageError} if `since` is no fact of the run so far
   */
  toJSON(options?: { complete?: true }): SessionJson;
  toJSON(options: { since: number }): SessionDelta;
  toJSON(options: ExportOptions): SessionJson | SessionDelta;
  toJSON(options: ExportOptions = {}): SessionJson | SessionDelta {
    return this.#exports.take(options);
  }

  /** What the run cost so far in host time, and what it did: all of it, or the present session's share. */
  metrics(kind: ReportKind = 'backtest'): MetricsReport {
    return metricsReport(this.#engine, kind, { run: this.run, status: this.status });
  }

  /** The same as text. */
  formatReport(kind: ReportKind = 'backtest'): string {
    return metricsText(this.metrics(kind));
  }

  /** How each actor is, by path such as `session/processor`. */
  health(): Record<string, ActorHealth> {
    return this.#conductor.health();
  }

  /** Serves the inspector's page over this run, while it runs and after; the log stays as it is. */
  inspect(options: InspectingOptions = {}): Promise<InspectorServer> {
    return inspectSession(this, this.#engine, options);
  }

  /** Stops what still runs and closes the log. */
  async close(): Promise<void> {
    if (this.status === 'running') await this.stop();
    else await this.#conductor.close('stopped');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #go(ask: () => Promise<void>): Promise<void> {
    const conductor = this.#conductor;
    conductor.start();
    if (!conductor.over) await ask();
    if (conductor.over) await conductor.ended;
    if (this.status === 'failed') this.#outcome();
  }

  #outcome(): RunSummary {
    const { failure } = this.#conductor;
    const summary = this.summary();
    if (failure !== null) throw new RunFailedError(failure, summary);
    return summary;
  }

  #send(type: 'session.pause' | 'session.resume'): void {
    if (this.status !== 'running') {
      this.#conductor.refuse(type, this.status);
      return;
    }
    this.#engine.journal({ type, at: this.view.now, seq: this.view.seq });
    this.#conductor.deliver({ type });
  }
}

/** One frame of several that follow one another. */
function joined(frames: readonly CommittedFrame[]): CommittedFrame | null {
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (first === last) return first;
  const { at, lastSeq, market } = last;
  const facts = () => frames.flatMap((frame) => frame.facts());
  return { at, firstSeq: first.firstSeq, lastSeq, market, facts };
}
