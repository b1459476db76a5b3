/** What is wanted of a symbol beside its bars. */
import type { Interval } from '../domain/interval.ts';
import type { IndicatorDefinition, IndicatorSettings } from '../indicators/indicator.ts';

/** One session indicator, checked and with its defaults. */
export interface IndicatorPlan {
  readonly key: string;
  readonly definition: IndicatorDefinition;
  readonly settings: IndicatorSettings;
}

/** Bars of earlier days that someone wants to see. */
export interface TrailingDays {
  readonly trailing_days: number;
  readonly intervals: readonly Interval[];
}
