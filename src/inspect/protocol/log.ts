/** Questions about facts: pages of them, one of them, where to step, how often what. */
import { z } from 'zod';
import { Direction, FactJson, FactRow, Seq, Side, Time } from './basics.ts';

const log = Side.default('a');
const seq = z.coerce.number().int().min(0);
/** Filter language: see docs/inspector.md. Empty takes everything. */
const q = z.string().max(2000).default('');
const px = z.coerce.number().int().min(1).max(4000);

export const EVENTS_LIMIT = 500;

/**
 * A page of the facts that `q` picks. Either from a fact on (`from`, in direction `dir`, itself included if it
 * is picked), or by number among those picked (`offset`, from 0), which is what a virtual list wants.
 */
export const EventsQuestion = z.object({
  log,
  from: seq.optional(),
  offset: seq.optional(),
  limit: z.coerce.number().int().min(1).max(EVENTS_LIMIT).default(100),
  dir: Direction.default('next'),
  q,
});

export const EventsAnswer = z.object({
  /** Always in the order of the log, also with `dir=previous`. */
  rows: z.array(FactRow),
  /** Number of the first row among the facts picked, from 0; null while it is not known. */
  offset: z.int().nonnegative().nullable(),
  /** Facts picked in the part of the log counted so far. */
  total: z.int().nonnegative(),
  /** False while counting goes on: ask again for the total. Rows are right at once. */
  complete: z.boolean(),
  /** The fact up to which it has counted. */
  counted: Seq,
});
export type EventsAnswer = z.output<typeof EventsAnswer>;

/** Position of a fact among those picked: to keep it in view when the filter changes. */
export const RankQuestion = z.object({ log, seq, q });
export const RankAnswer = z.object({
  /** Facts picked with a smaller seq. */
  before: z.int().nonnegative(),
  /** True if the fact itself is picked. */
  picked: z.boolean(),
  total: z.int().nonnegative(),
  complete: z.boolean(),
});
export type RankAnswer = z.output<typeof RankAnswer>;

export const EventQuestion = z.object({ log, seq });
export const EventAnswer = z.object({
  row: FactRow,
  fact: FactJson,
  /** The cause in one line, and the first fact that names this one as its cause. */
  cause: FactRow.nullable(),
  firstEffect: FactRow.nullable(),
  /** First and last fact of its frame: one market instant. */
  frame: z.object({ first: Seq, last: Seq }),
  /** Paths of SessionData that it writes, as in `/api/diff`. */
  touches: z.array(z.string()),
});
export type EventAnswer = z.output<typeof EventAnswer>;

/** The nearest fact after (before) `from`, exclusive, that `q` picks. */
export const FindQuestion = z.object({ log, from: seq, dir: Direction.default('next'), q });
export const FindAnswer = z.object({ seq: Seq.nullable(), row: FactRow.nullable() });
export type FindAnswer = z.output<typeof FindAnswer>;

export const StepUnit = z.enum(['event', 'bar', 'transition', 'phase', 'day']);
export type StepUnit = z.output<typeof StepUnit>;

/** Where the cursor goes from `from`: `bar` is the next base bar (of `symbol`, if given). */
export const StepQuestion = z.object({
  log,
  from: seq,
  unit: StepUnit,
  dir: Direction.default('next'),
  symbol: z.string().max(100).optional(),
});
export const StepAnswer = z.object({ seq: Seq.nullable(), at: Time.nullable() });
export type StepAnswer = z.output<typeof StepAnswer>;

/** A place in words: a seq, an ISO time, `HH:MM[:SS]` (of the session at `from`), or epoch milliseconds as `@…`. */
export const AtTimeQuestion = z.object({
  log,
  time: z.string().min(1).max(100),
  from: seq.optional(),
});
export const AtTimeAnswer = z.object({ seq: Seq, at: Time });
export type AtTimeAnswer = z.output<typeof AtTimeAnswer>;

/**
 * Where playback has to stop: the first fact after (before) `from` that one of the breakpoints `on` is hit by.
 * A breakpoint is one line:
 *
 *   entering active.inserting        a chart's state is entered; the chart (or actor path) first
 *   type=GapDetected                 a fact of that type; globs
 *   TSLA sma_20_1m crosses 250       a value gets from one side to the other; without a symbol: of any
 *   where <filter>                   any filter of the event list
 */
export const BreakQuestion = z.object({
  log,
  from: seq,
  dir: Direction.default('next'),
  /** Lines. */
  on: z.string().max(4000),
});
export const BreakAnswer = z.object({
  seq: Seq.nullable(),
  /** The breakpoint that was hit. */
  on: z.string().nullable(),
});
export type BreakAnswer = z.output<typeof BreakAnswer>;

/**
 * Facts per actor and pixel. The window is one of seqs (`by=seq`) or of market time (`by=time`), `from`
 * inclusive, `to` inclusive.
 */
export const LanesQuestion = z.object({
  log,
  by: z.enum(['seq', 'time']).default('seq'),
  from: z.coerce.number(),
  to: z.coerce.number(),
  px: px.default(800),
});
/** Longest window, in facts, that comes with arrows. */
export const ARROWS_WINDOW = 2000;
export const LanesAnswer = z.object({
  by: z.enum(['seq', 'time']),
  from: z.number(),
  to: z.number(),
  px: z.int(),
  /** First and last fact in the window; 0 if it holds none. */
  first: Seq,
  last: Seq,
  /** Actors by path; `counts` has one number a pixel, transitions counted in the lane of whose chart it is. */
  lanes: z.array(z.object({ actor: z.string(), facts: z.int(), counts: z.array(z.int()) })),
  /** Who led to what, in the order of `seq`, in windows of at most `ARROWS_WINDOW` facts. */
  arrows: z.array(
    z.object({
      seq: Seq,
      cause: Seq,
      from: z.string(),
      to: z.string(),
      type: z.string(),
    }),
  ),
  /** Charts that changed state, in the same windows. */
  transitions: z.array(
    z.object({
      seq: Seq,
      actor: z.string(),
      message: z.string(),
      from: z.string().nullable(),
      to: z.string(),
    }),
  ),
  /** True if the window was too long for arrows and transitions. */
  coarse: z.boolean(),
});
export type LanesAnswer = z.output<typeof LanesAnswer>;

/** The whole run in a strip: buckets of equal numbers of facts (`by=seq`) or of equal trading time (`by=time`). */
export const OverviewQuestion = z.object({
  log,
  px: px.default(400),
  q,
});
export const OverviewAnswer = z.object({
  last: Seq,
  px: z.int(),
  /** First fact of each bucket, and its time. */
  seqs: z.array(Seq),
  times: z.array(Time),
  /** Facts that are neither bars nor values: what happened besides the market. */
  notable: z.array(z.int()),
  /** Facts that `q` picks; null without one. */
  hits: z.array(z.int()).nullable(),
  complete: z.boolean(),
});
export type OverviewAnswer = z.output<typeof OverviewAnswer>;
