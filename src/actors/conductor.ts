/**
 * Runs the session chart and puts on the record what it does: the start, every transition and phase, the end.
 *
 * The one place where a run begins and ends; `Session` is its public face.
 */

import { type ActorOptions, type AnyActorLogic, type AnyActorRef, createActor } from 'xstate';
import { sentenceOf } from '../domain/errors.ts';
import type { TradingDate } from '../domain/time.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import { SCANNING } from '../machines/scanning.machine.ts';
import type { SessionMessage } from '../machines/session.machine.ts';
import type { Demand } from './demand.ts';
import type { Engine } from './engine.ts';
import { type ActorHealth, healthOf } from './health.ts';
import { createObserver, type Transition } from './observer.ts';
import type { SliceSize } from './pump.ts';
import { Verbs } from './verbs.ts';
import { wire } from './wiring.ts';
import { letDieYoung } from './youngCharts.ts';

export type SessionStatus = 'ready' | 'running' | 'completed' | 'failed' | 'stopped';
type EndStatus = 'completed' | 'failed' | 'stopped';

export interface ConductorParts {
  readonly engine: Engine;
  readonly demand: Demand;
  readonly slice: SliceSize;
  readonly handshakeTimeoutMs: number;
  readonly inspect: ActorOptions<AnyActorLogic>['inspect'];
  /** Called once when the run has ended and its last fact is appended. */
  closeLog(status: EndStatus): Promise<void>;
  /** Host milliseconds, for durations only. */
  hostTime(): number;
}

/** Why and in which phase a run failed. */
export interface Failure {
  readonly reason: string;
  readonly phase: number;
  /** What was thrown, where that has a stack to show; undefined if nothing was. */
  readonly cause?: unknown;
}

export class Conductor {
  /** Resolves when the run is over and its log closed. */
  readonly ended: Promise<void>;
  status: SessionStatus = 'ready';
  /** Null if the run did not fail. */
  failure: Failure | null = null;

  readonly #parts: ConductorParts;
  readonly #engine: Engine;
  readonly #actor;
  readonly #verbs: Verbs;
  #resolveEnded: () => void = () => {};
  #startedAt = 0;
  #seconds: number | null = null;
  #closing: Promise<void> | null = null;
  #phaseDate: TradingDate | null = null;
  /** What happened before RunStarted, which waits for the fingerprints of the data; null after. */
  #early: (() => void)[] | null = [];

  constructor(parts: ConductorParts) {
    this.#parts = parts;
    const { engine, demand, slice, handshakeTimeoutMs, inspect } = parts;
    this.#engine = engine;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    engine.onStarted = () => this.#recordEarly();
    engine.scanners.deliver = (asked) => this.#deliver(asked);
    this.#verbs = new Verbs(engine, {
      addedBy: 'adhoc',
      origin: () => ({ by: 'session', cause: null }),
      deliver: (asked) => this.#deliver(asked),
    });
    engine.replay?.bind({
      recorder: engine.recorder,
      verbs: this.#verbs,
      stop: () => this.#actor.send({ type: 'session.stop' }),
      takeOver: (seq) => engine.strategies.takeOver(seq),
      isHalfway: () => engine.streams && engine.loop?.halfway === true,
      isScanning: () => engine.scanners.working > 0,
      isBusy: () => engine.market.reading > 0 || engine.scanners.isBusy,
      interrupt: () => {
        engine.interrupted = true;
      },
    });
    const observe = createObserver((transition) => this.#transition(transition));
    const refuse = (message: string, state: string) => this.refuse(message, state);
    this.#actor = createActor(wire({ engine, demand, slice, refuse }), {
      id: 'session',
      input: {
        symbols: engine.config.session_data_config.symbols,
        scanners: engine.scanners.charts,
        sessions: engine.sessions.length,
        handshakeTimeoutMs,
      },
      inspect: (event) => {
        if (event.type === '@xstate.actor') letDieYoung(event.actorRef as AnyActorRef);
        observe(event);
        try {
          if (typeof inspect === 'function') inspect(event);
          else inspect?.next?.(event);
        } catch (error) {
          // Whoever looks on cannot change the run.
          engine.journal({ type: 'InspectorFailed', reason: sentenceOf(error) });
        }
      },
    });
  }

  get over(): boolean {
    return this.status !== 'ready' && this.status !== 'running';
  }

  /** What to call the state of a run that takes no more messages. */
  get ending(): string {
    return this.over ? this.status : 'over';
  }

  /** Host seconds since the start, up to the end. */
  get seconds(): number {
    if (this.status === 'ready') return 0;
    return this.#seconds ?? (this.#parts.hostTime() - this.#startedAt) / 1000;
  }

  /** How each actor is. */
  health(): Record<string, ActorHealth> {
    const { status, failure } = this;
    return healthOf(this.#engine, this.#actor, { status, failure: failure?.reason ?? null });
  }

  start(): void {
    if (this.status !== 'ready') return;
    this.status = 'running';
    this.#startedAt = this.#parts.hostTime();
    this.#actor.subscribe({ error: (error) => this.#broke(error) });
    this.#actor.start();
  }

  /**
   * Messages get in between two frames, also when a listener sends them in the middle of one. The run may have
   * ended by then.
   */
  deliver(message: SessionMessage): void {
    this.#betweenFrames(() => {
      if (this.over || this.#engine.over) this.refuse(message.type, this.ending);
      else this.#actor.send(message);
    });
  }

  /**
   * Has a program's wish served: an input of the run, recorded where it takes effect.
   *
   * @param act asks for it
   * @param tooLate told why not, if the run has ended meanwhile
   */
  ask(act: (verbs: Verbs) => void, tooLate: () => void): void {
    this.#betweenFrames(() => {
      if (this.over || this.#engine.over) tooLate();
      else this.#whenStarted(() => act(this.#verbs));
    });
  }

  /** Notes a message that no state handles. */
  refuse(message: string, state: string): void {
    const reason = `not handled in "${state}"`;
    const at = this.#engine.recorder.at;
    this.#engine.journal({ type: 'MessageRefused', message, state, reason, at });
  }

  /** Closes the log; the run counts as `status` from now on. */
  close(status: EndStatus): Promise<void> {
    this.#closing ??= this.#close(status);
    return this.#closing;
  }

  #betweenFrames(act: () => void): void {
    this.#engine.interrupted = true;
    queueMicrotask(act);
  }

  /** To the chart that serves it now: while scanners work theirs does, since they may wait for it. */
  #deliver(asked: Asked): void {
    const serving = this.#actor.system.get(SCANNING);
    (serving ?? this.#actor).send(
      'symbol' in asked
        ? { type: 'symbol.add', symbol: asked.symbol }
        : { type: 'session.change', change: asked.change },
    );
    this.#parts.demand.wake();
  }

  #transition(transition: Transition): void {
    this.#engine.metrics.moved(transition);
    if (transition.to === 'failed' || transition.to === 'stopped') this.#recordEarly();
    this.#whenStarted(() => this.#record(transition));
  }

  #whenStarted(record: () => void): void {
    if (this.#early === null) record();
    else this.#early.push(record);
  }

  /** Records RunStarted and what happened before the data was looked at. */
  #recordEarly(): void {
    const early = this.#early;
    if (early === null) return;
    this.#early = null;
    this.#engine.recordStart();
    for (const record of early) {
      this.#engine.replay?.deliver();
      record();
    }
  }

  #record({ actor, message, from, to, fromPhase, toPhase }: Transition): void {
    const engine = this.#engine;
    const { recorder } = engine;
    const by = actor;
    const cause = recorder.append(
      'TransitionTaken',
      { by, cause: recorder.seq },
      { actor, message, from, to },
    );
    if (actor !== 'session') return;
    if (fromPhase !== null) {
      const left = { phase: fromPhase, name: from!, date: this.#phaseDate };
      recorder.append('PhaseLeft', { by, cause }, left);
    }
    if (toPhase !== null) {
      // A phase is left under the date it was entered with: in Phase 1 the day moves on.
      this.#phaseDate = toPhase === 0 ? null : engine.session.date;
      const entered = { phase: toPhase, name: to, date: this.#phaseDate };
      recorder.append('PhaseEntered', { by, cause }, entered);
    } else this.#end(to as EndStatus, fromPhase ?? 0, cause);
  }

  #end(status: EndStatus, phase: number, cause: number): void {
    const { recorder, data } = this.#engine;
    const origin = { by: 'session', cause };
    const { sessions } = data;
    this.#engine.refuseTheRest(status, `the run is ${status}`);
    this.#engine.over = true;
    if (status === 'completed') recorder.append('RunCompleted', origin, { sessions });
    else if (status === 'stopped') recorder.append('RunStopped', origin, { phase, sessions });
    // The chart's output, and with it the reason, is there once the transition is done.
    queueMicrotask(() => this.#settle(status, phase, cause));
  }

  #settle(status: EndStatus, phase: number, cause: number): void {
    if (status === 'failed') {
      const output = this.#actor.getSnapshot().output;
      const reason = output !== undefined && !output.ok ? output.reason : 'unknown';
      this.#recordFailure(reason, phase, cause);
    }
    this.#finish(status);
  }

  /** A chart that broke is a bug; the run fails with it all the same. */
  #broke(error: unknown): void {
    if (this.over) return;
    const { recorder, data } = this.#engine;
    this.#recordEarly();
    this.#recordFailure(sentenceOf(error), data.phase?.number ?? 0, recorder.seq);
    this.#finish('failed');
  }

  #recordFailure(reason: string, phase: number, cause: number): void {
    this.failure = { reason, phase, cause: this.#engine.strategies.thrown };
    this.#engine.recorder.append('RunFailed', { by: 'session', cause }, { reason, phase });
  }

  #finish(status: EndStatus): void {
    this.#seconds = this.seconds;
    try {
      this.#engine.recorder.flush();
    } catch (error) {
      // The log takes no more: what it holds stays readable, and its manifest says that it did not end well.
      this.failure ??= { reason: sentenceOf(error), phase: this.#engine.data.phase?.number ?? 0 };
      void this.close('failed');
      return;
    }
    void this.close(status);
  }

  async #close(status: EndStatus): Promise<void> {
    this.status = status;
    this.#engine.metrics.end();
    this.#engine.over = true;
    this.#engine.inbox.close(`the run is ${status}`);
    try {
      await this.#parts.closeLog(status);
    } catch (error) {
      this.failure ??= { reason: sentenceOf(error), phase: 4 };
      this.status = 'failed';
    }
    this.#parts.demand.end();
    this.#resolveEnded();
  }
}
