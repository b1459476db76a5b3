/**
 * The gate before every market instant: it opens when someone wants the session to go on, asynchronous
 * consumers are ready or do not matter, and a clock-driven session has reached the instant.
 */
import type { MarketTime } from '../domain/time.ts';
import type { Demand } from './demand.ts';
import type { Engine } from './engine.ts';
import type { Pace } from './pace.ts';

export class Gate {
  readonly #engine: Engine;
  readonly #demand: Demand;
  /** Whether the last instant that passed did so without regard to the pace. */
  #atOnce = false;

  constructor(engine: Engine, demand: Demand) {
    this.#engine = engine;
    this.#demand = demand;
  }

  /** True if the next instant may begin now. */
  opens(): boolean {
    const { loop, pace, subscriptions } = this.#engine;
    if (!this.#demand.wants(loop!)) return false;
    this.#atOnce = pace === null || this.#demand.hurries();
    return this.#atOnce ? subscriptions.ready : pace!.until(loop!.next()) <= 0;
  }

  /** As `opens`; where it is true, the instant begins. */
  enters(): boolean {
    if (!this.opens()) return false;
    const { loop, pace } = this.#engine;
    if (!this.#atOnce) pace!.begin(loop!.next());
    return true;
  }

  /** An instant is over: where it ran at once, the pace goes on from there. */
  passed(instant: MarketTime): void {
    if (this.#atOnce) this.#engine.pace?.set(instant);
  }

  /** Waits until the gate opens, or until `signal` aborts. */
  async opened(signal: AbortSignal): Promise<void> {
    const { pace } = this.#engine;
    while (!signal.aborted && !this.opens()) {
      const wanted = this.#demand.wants(this.#engine.loop!);
      const kind = wanted ? 'strategy' : 'host';
      if (pace === null) await this.#demand.changed(signal, { kind });
      else if (wanted) await this.#untilDue(pace, signal);
      else await this.#standing(pace, signal);
    }
  }

  async #untilDue(pace: Pace, signal: AbortSignal): Promise<void> {
    const due = pace.until(this.#engine.loop!.next());
    await this.#demand.changed(
      signal,
      this.#atOnce ? { kind: 'strategy' } : { ms: due, kind: null },
    );
  }

  /** Nobody asks for more: until someone does, no time passes in the market. */
  async #standing(pace: Pace, signal: AbortSignal): Promise<void> {
    pace.stand();
    await this.#demand.changed(signal);
    if (!signal.aborted) pace.go();
  }
}
