import type { TradingDate } from '../domain/time.ts';
import type { Indicator } from '../indicators/indicator.ts';

/** An indicator at work on one lane. Lives for the whole run: sessions carry its series on. */
export interface Runner {
  readonly key: string;
  readonly indicator: Indicator;
  readonly series: number;
  /** First day of the history its series began with; the run's first if there was none. */
  since: TradingDate;
  /** False for those of users: they get a bar when the clock is at its end, since they may do more than calculate. */
  readonly isAhead: boolean;
  /** On a base series: today's queue up to this row is in it, if that is beyond the cursor. */
  done: number;
}
