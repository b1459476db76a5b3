/** The price chart: bars, indicators, gaps and signals. Nothing in an answer is newer than fact `at`. */
import { z } from 'zod';
import { Seq, Side, Time } from './basics.ts';

const BARS_MAX = 2000;

export const BarsQuestion = z.object({
  log: Side.default('a'),
  symbol: z.string().min(1).max(100),
  interval: z.string().min(2).max(10),
  /** The cursor: only facts up to it are looked at. */
  at: z.coerce.number().int().min(0),
  /** Bars that opened at or after it; by default those of the session at the cursor. 0: all of the run. */
  from: z.coerce.number().optional(),
  /** Most buckets. */
  px: z.coerce.number().int().min(1).max(BARS_MAX).default(BARS_MAX),
  /** Keys of indicators, separated by commas; default none, `*` all of this interval. */
  indicators: z.string().max(2000).default(''),
});

const times = z.array(Time);
const numbers = z.array(z.number());
const seqs = z.array(Seq);

export const BarsAnswer = z.object({
  symbol: z.string(),
  interval: z.string(),
  derived: z.boolean(),
  at: Seq,
  /** Market time at the cursor: nothing is drawn right of it. */
  time: Time,
  /** Bars there are, and how many each bucket holds: 1 unless there are more bars than `px`. */
  total: z.int().nonnegative(),
  perBucket: z.int().positive(),
  /** Columns, one row a bucket: start of the first bar, first open, max, min, last close, sum of volume. */
  opened: times,
  open: numbers,
  high: numbers,
  low: numbers,
  close: numbers,
  volume: numbers,
  /** Base bars held, of how many it could. */
  count: numbers,
  expected: numbers,
  /** The fact of its last bar, or of that bar's correction: where a click on the candle leads. */
  seq: seqs,
  /** Rows of `seq` whose bar was corrected or came late. */
  adjusted: z.array(z.int()),
  /**
   * The window at the cursor that has not closed, from base bars up to the cursor; null if there is none. To be
   * drawn as unfinished.
   */
  unfinished: z
    .object({
      opened: Time,
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
      count: z.int(),
      expected: z.int(),
      seq: Seq,
    })
    .nullable(),
  /** Holes in the base series known at the cursor. */
  gaps: z.array(z.object({ start: Time, end: Time, missing: z.int(), seq: Seq })),
  /** Quality of the symbol at the cursor, 0 to 100. */
  quality: z.object({ value: z.number(), present: z.int(), expected: z.int() }).nullable(),
  /** One for each key and output; `output` is null for one number. At most `px` points each. */
  indicators: z.array(
    z.object({
      key: z.string(),
      output: z.string().nullable(),
      overlay: z.boolean(),
      /** Start of the bar it was calculated at: points stand below their candles. */
      opened: times,
      value: z.array(z.number().nullable()),
      seq: seqs,
    }),
  ),
  signals: z.array(
    z.object({
      seq: Seq,
      at: Time,
      /** Start of the base bar at which it was emitted. */
      opened: Time,
      strategy: z.string(),
      side: z.string(),
      strength: z.number(),
      reason: z.string(),
    }),
  ),
  /** Opens and closes of the sessions shown, those ahead of the cursor left out. */
  sessions: z.array(z.object({ date: z.string(), open: Time, close: Time.nullable() })),
});
export type BarsAnswer = z.output<typeof BarsAnswer>;
