/** Who recorded what last, and what went wrong with them: noted as facts are appended. */
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

  /** By path, such as `session/processor`. */
  of(path: string): Readonly<Trace> | undefined {
    return this.#traces.get(path);
  }

  note(by: string, seq: number, at: MarketTime): Trace {
    let trace = this.#traces.get(by);
    if (trace === undefined) {
      trace = { seq, at, error: null };
      this.#traces.set(by, trace);
    }
    trace.seq = seq;
    trace.at = at;
    return trace;
  }

  noteFact(fact: {
    type: string;
    by: string;
    seq: number;
    at: MarketTime;
    reason?: unknown;
  }): void {
    const trace = this.note(fact.by, fact.seq, fact.at);
    trace.error = failureOf(fact) ?? trace.error;
  }
}
