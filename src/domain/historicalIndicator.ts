/** What strategies read of a value that was calculated before the session. */
import type { Fields } from './facts.ts';
import { type MarketTime, MINUTE_MS, type TradingDate } from './time.ts';

/** One number, several by name, or one for each minute of the session; null where there was no data. */
export type HistoricalValue =
  | number
  | Readonly<Record<string, number | null>>
  | readonly (number | null)[]
  | null;

/** A historical indicator of one symbol: made of earlier days alone, it stays as it is all session. */
export class HistoricalIndicatorView {
  readonly #fact: Fields<'HistoricalIndicatorCalculated'>;

  constructor(fact: Fields<'HistoricalIndicatorCalculated'>) {
    this.#fact = fact;
  }

  get key(): string {
    return this.#fact.key;
  }

  /** A copy if it is not a single number; of minutes, the first is the one after the open. O(size). */
  get value(): HistoricalValue {
    const { value } = this.#fact;
    return typeof value === 'object' ? structuredClone(value) : value;
  }

  /**
   * The number for a time of the session: of minutes, the one that the time lies in, so that `at(bar.opened)`
   * is the one to hold a minute bar against. A single number holds all day. O(1).
   *
   * @returns null where there was no data; `undefined` outside the session and for values with names
   */
  at(time: MarketTime): number | null | undefined {
    const { value, open } = this.#fact;
    if (Array.isArray(value)) return value[Math.floor((time - open) / MINUTE_MS)];
    return typeof value === 'object' && value !== null ? undefined : value;
  }

  /** First and last trading day it may be made of; null if there is none. */
  get from(): TradingDate | null {
    return this.#fact.from;
  }
  get to(): TradingDate | null {
    return this.#fact.to;
  }

  /** How many of those days had bars. */
  get days(): number {
    return this.#fact.days;
  }

  /** What is calculated, as the config says it, defaults filled in. */
  get config(): Readonly<Record<string, unknown>> {
    return structuredClone(this.#fact.config);
  }
}
