/**
 * What the inspector may do to a running engine, with `--allow-control` only: stand still, go on, stop again. It
 * is done through the session's public face, and noted in the side journal, never in the log.
 */
import type { EngineState } from './protocol/live.ts';
import type { StepUnit } from './protocol/log.ts';

/** To be implemented beside the session: what inspects may not know what acts. */
export interface EngineControl {
  state(): EngineState;
  /** Calls `listener` whenever the state has changed. @returns how to stop that */
  onChange(listener: () => void): () => void;
  /** Stands still after the present frame. */
  pause(): void;
  resume(): void;
  /** Goes on to the end of the next frame that holds one, and stands there. */
  step(unit: StepUnit): void;
  /** In place of those that were set. @throws {UsageError} for a line that is none; then nothing changes */
  setBreakpoints(lines: readonly string[]): void;
}
