/**
 * The pace of a clock-driven session: when an instant is due on the host, and whether it comes too late.
 *
 * From the activation of a session on, the market's clock runs at `speed` times the host's. It stands while
 * the session does: paused, loading a symbol, or not asked to go on; the time until it goes again is no delay.
 */
import type { MarketTime } from '../domain/time.ts';
import type { Overruns } from './overruns.ts';

/** Timers, disks and the collection of garbage may take so long without anyone being slow. */
const TOLERANCE_MS = 50;

export class Pace {
  readonly #speed: number;
  readonly #overruns: Overruns;
  /** Where the clock stands, or was when it began to go. */
  #from: MarketTime = 0;
  /** Host time at which it began to go; null while it stands. */
  #since: number | null = null;

  /** @param speed seconds of the market in one of the host, above 0 */
  constructor(speed: number, overruns: Overruns) {
    this.#speed = speed;
    this.#overruns = overruns;
  }

  /** Sets the clock; whether it goes or stands stays as it is. */
  set(time: MarketTime): void {
    this.#from = time;
    if (this.#since !== null) this.#since = performance.now();
  }

  go(): void {
    this.#since ??= performance.now();
  }

  stand(): void {
    this.#from = this.#now();
    this.#since = null;
  }

  /** Host milliseconds until `instant` is due; not above 0 once it is. */
  until(instant: MarketTime): number {
    return (instant - this.#now()) / this.#speed;
  }

  /** Takes note that `instant`, which is due, begins: an overrun if it is late. */
  begin(instant: MarketTime): void {
    const lateMs = -this.until(instant);
    if (lateMs <= TOLERANCE_MS) return;
    this.#overruns.add({ at: instant, consumer: 'session', late_ms: Math.round(lateMs) });
  }

  #now(): number {
    if (this.#since === null) return this.#from;
    return this.#from + (performance.now() - this.#since) * this.#speed;
  }
}
