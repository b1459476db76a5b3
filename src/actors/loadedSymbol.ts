import type { Interval } from '../domain/interval.ts';
import type { DayBars } from './marketData.ts';

/** What the load of one symbol has read and not yet recorded; a class, as `DayBars`. */
export class LoadedSymbol {
  readonly symbol: string;
  /** Today's bars; null for a symbol that is not fed. */
  readonly queue: DayBars | null;
  readonly history: readonly LoadedHistory[];

  constructor({ symbol, queue, history }: LoadedSymbol) {
    this.symbol = symbol;
    this.queue = queue;
    this.history = history;
  }
}

/** Bars of one interval before today; days the log already holds are not read again. */
export interface LoadedHistory {
  readonly interval: Interval;
  readonly days: readonly DayBars[];
}
