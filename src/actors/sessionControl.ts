/**
 * The inspector's hand on a running session: pause, step, breakpoints. Everything is done as any program could
 * do it, and takes effect between two frames; the log is the same with it and without.
 */
import { UsageError } from '../domain/errors.ts';
import type { Fact, FactType } from '../domain/facts.ts';
import type { SessionView } from '../domain/sessionView.ts';
import { type Breakpoint, parseBreakpoint } from '../inspect/breakpoints.ts';
import type { EngineControl } from '../inspect/control.ts';
import type { Clock } from '../inspect/factText.ts';
import type { EngineState } from '../inspect/protocol/live.ts';
import type { StepUnit } from '../inspect/protocol/log.ts';
import type { JournalEntry } from '../store/journal.ts';
import type { SessionStatus } from './conductor.ts';
import type { CommittedFrame } from './recorder.ts';

/** The phase in which a session can stand still. */
const STREAMING = 3;

const STEP_ENDS: Readonly<Record<StepUnit, FactType | null>> = {
  event: null,
  bar: 'BarAppended',
  transition: 'TransitionTaken',
  phase: 'PhaseEntered',
  day: 'SessionActivated',
};

/** What it takes of a session. */
export interface ControlledSession {
  readonly status: SessionStatus;
  readonly view: Pick<SessionView, 'phase'>;
  onFrame(listener: (frame: CommittedFrame) => void): () => void;
  pause(): void;
  resume(): void;
}

export interface ControlParts {
  readonly session: ControlledSession;
  readonly clock: Clock;
  readonly zone: string;
  /** Notes what was done, beside the log. */
  readonly journal: (entry: JournalEntry) => void;
}

export class SessionControl implements EngineControl {
  readonly #parts: ControlParts;
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #breakpoints: readonly Breakpoint[] = [];
  #hit: EngineState['hit'] = null;
  /** True while it stands still, or is to. */
  #paused = false;
  /** True until the session has been told to stand still, which it can only while the market is open. */
  #pausing = false;
  #step: StepUnit | null = null;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#stop = parts.session.onFrame((frame) => this.#heard(frame));
  }

  state(): EngineState {
    const { status } = this.#parts.session;
    return {
      status: status === 'ready' ? 'running' : status,
      paused: this.#paused && status === 'running',
      breakpoints: this.#breakpoints.map(({ text }) => text),
      hit: this.#hit,
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pause(): void {
    this.#refuseOver();
    this.#step = null;
    if (!this.#paused) this.#stand();
    this.#changed();
  }

  resume(): void {
    this.#refuseOver();
    this.#step = null;
    this.#go();
    this.#changed();
  }

  step(unit: StepUnit): void {
    this.#refuseOver();
    this.#step = unit;
    this.#go();
    this.#changed();
  }

  setBreakpoints(lines: readonly string[]): void {
    this.#breakpoints = lines.map((line) => parseBreakpoint(line, this.#parts));
    this.#parts.journal({ type: 'BreakpointsSet', breakpoints: [...lines] });
    this.#changed();
  }

  /** Lets go of the session, which goes on if it stood still. */
  release(): void {
    this.#stop();
    if (this.#parts.session.status === 'running') this.#go();
    this.#listeners.clear();
  }

  #heard(frame: CommittedFrame): void {
    if (this.#breakpoints.length > 0 || this.#step !== null) this.#look(frame);
    if (this.#pausing) this.#stand();
  }

  #look(frame: CommittedFrame): void {
    const facts = frame.facts();
    const hit = this.#hitIn(facts);
    const end = this.#step === null ? undefined : STEP_ENDS[this.#step];
    const ended = end === null || (end !== undefined && facts.some(({ type }) => type === end));
    if (hit === null && !ended) return;
    this.#hit = hit;
    this.#step = null;
    if (hit !== null) this.#parts.journal({ type: 'BreakpointHit', ...hit });
    if (!this.#paused) this.#stand();
    this.#changed();
  }

  /** Every breakpoint hears of every fact: some remember what came before. */
  #hitIn(facts: readonly Fact[]): EngineState['hit'] {
    let hit: EngineState['hit'] = null;
    for (const { filter, text, hits } of this.#breakpoints) {
      for (const fact of facts) {
        if (!filter.takes(fact) || !hits(fact)) continue;
        if (hit === null || fact.seq < hit.seq) hit = { on: text, seq: fact.seq };
      }
    }
    return hit;
  }

  #stand(): void {
    const { session } = this.#parts;
    this.#paused = true;
    this.#pausing = session.view.phase?.number !== STREAMING;
    if (!this.#pausing) session.pause();
  }

  #go(): void {
    this.#hit = null;
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#pausing) this.#parts.session.resume();
    this.#pausing = false;
  }

  #refuseOver(): void {
    const { status } = this.#parts.session;
    if (status === 'running' || status === 'ready') return;
    throw new UsageError(`the run is ${status}: there is nothing to control any more`);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
