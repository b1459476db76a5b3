/** How long something took, over all the times it was done. */

/** Milliseconds, to the nanosecond; null where nothing was measured. */
export interface TimingJson {
  readonly count: number;
  readonly total_ms: number;
  readonly mean_ms: number | null;
  readonly min_ms: number | null;
  readonly max_ms: number | null;
}

export class Timing {
  #count = 0;
  #total = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  add(ms: number): void {
    this.#count += 1;
    this.#total += ms;
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
  }

  /** @param open how long what is still under way has taken so far; null if nothing is */
  json(open: number | null = null): TimingJson {
    const count = this.#count + (open === null ? 0 : 1);
    if (count === 0) return { count, total_ms: 0, mean_ms: null, min_ms: null, max_ms: null };
    const total = this.#total + (open ?? 0);
    return {
      count,
      total_ms: rounded(total),
      mean_ms: rounded(total / count),
      min_ms: rounded(Math.min(this.#min, open ?? this.#min)),
      max_ms: rounded(Math.max(this.#max, open ?? 0)),
    };
  }
}

export function rounded(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}
