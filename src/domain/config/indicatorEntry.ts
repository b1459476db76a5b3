/** The entries of a config that name indicators. */
import { z } from 'zod';
import { BarInterval, Name, oneOf, TrailingPeriod, trueOrFalse, wholeNumber } from './leaves.ts';

const name = Name.describe('Registered name of the indicator, such as "sma". Required.');
const interval = BarInterval.describe('Interval of the bars it reads, such as "5m". Required.');
const params = z
  .record(z.string(), z.number())
  .default({})
  .describe('Its parameters, by name; those left out take their defaults. Default {}.');
const key = Name.optional().describe(
  'Key of its values; default name_period_interval, such as "sma_20_5m".',
);
/** No look-back is longer; the period of an indicator without one is 0. */
const lookBack = wholeNumber(0, 100_000).optional();
const type = z
  .unknown()
  .optional()
  .meta({ description: 'Accepted from older configs and ignored.', deprecated: true });

export const SessionIndicatorEntry = z
  .strictObject({
    name,
    period: lookBack.describe(
      'Look-back in bars; 0 or absent where the indicator has none, or for its default.',
    ),
    interval,
    params,
    key,
    type,
  })
  .transform(({ type: _ignored, ...entry }) => entry);
export type SessionIndicatorEntry = z.output<typeof SessionIndicatorEntry>;

export const HistoricalIndicatorEntry = z
  .strictObject({
    name,
    period: lookBack.describe('Look-back, counted in `unit`.'),
    unit: oneOf(['days', 'weeks', 'bars']).describe('What `period` counts. Required.'),
    interval,
    params,
    key,
    type,
  })
  .transform(({ type: _ignored, ...entry }) => entry);
export type HistoricalIndicatorEntry = z.output<typeof HistoricalIndicatorEntry>;

/** An indicator over trailing days, calculated before every session. */
export const TrailingIndicator = z.strictObject({
  type: oneOf(['trailing_average', 'trailing_max', 'trailing_min']).describe(
    'What is calculated over the period. Required.',
  ),
  period: TrailingPeriod.describe(
    'Length of history: trading days (10d), weeks (2w), months (3m) or years (1y). Required.',
  ),
  granularity: oneOf(['daily', 'minute'])
    .default('daily')
    .describe('One value in all, or one for each minute of the session. Default "daily".'),
  field: oneOf(['open', 'high', 'low', 'close', 'volume']).describe(
    'Field of the bar that is read. Required.',
  ),
  skip_early_close: trueOrFalse()
    .default(false)
    .describe('Whether days that close early are left out. Default false.'),
});
export type TrailingIndicator = z.output<typeof TrailingIndicator>;
