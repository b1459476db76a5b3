/** Who recorded what last, and what went wrong with them: noted as facts are appended. */
import type { ControlFact } from '../domain/facts.ts';
import { failureOf } from '../domain/tally.ts';
import type { MarketTime } from '../domain/time.ts';

export interface Trace {
  /** Of the last fact recorded, and its market time. */
  seq: number;
  at: MarketTime;
  /** Reason of the last failure recorded; null if there was none. */
  error: string | null;
}

export class Activity {
  readonly #traces = new Map<string, Trace>();

  /** By path, such as `session/quality`. */
  of(path: string): Readonly<Trace> | undefined {
    return this.#traces.get(path);
  }

  note(fact: ControlFact): void {
    const { by, seq, at } = fact;
    const error = failureOf(fact);
    const trace = this.#traces.get(by);
    if (trace === undefined) {
      this.#traces.set(by, { seq, at, error });
      return;
    }
    trace.seq = seq;
    trace.at = at;
    if (error !== null) trace.error = error;
  }
}
