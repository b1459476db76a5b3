/** Questions about SessionData: a part of it, what changed, why, where a value first appeared. */
import { z } from 'zod';
import { FactJson, FactRow, Seq, Side, Time } from './basics.ts';

const log = Side.default('a');
const seq = z.coerce.number().int().min(0);
/**
 * A place in the export of `openbell export`: names joined by dots, array items as `[n]`, names that hold dots
 * or brackets quoted: `session_data.TSLA.bars.1m.data[16][4]`, `session_data["BRK.B"].metrics`. Empty: all.
 */
const path = z.string().max(2000);

/** A node of the tree. */
export interface StateNode {
  /** Name in its parent, or the index in an array. */
  readonly key: string;
  readonly path: string;
  readonly kind: 'object' | 'array' | 'value';
  /** Of a value. */
  readonly value?: string | number | boolean | null | undefined;
  /** Of an object or array: how many children it has. */
  readonly size: number;
  /** Those that were asked for; absent below the depth asked for. */
  readonly children?: readonly StateNode[] | undefined;
  /** Children before and after those listed. */
  readonly before: number;
  readonly after: number;
}
export const StateNode: z.ZodType<StateNode> = z.object({
  key: z.string(),
  path: z.string(),
  kind: z.enum(['object', 'array', 'value']),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  size: z.int().nonnegative(),
  get children() {
    return z.array(StateNode).optional();
  },
  before: z.int().nonnegative(),
  after: z.int().nonnegative(),
});

/** Children of one node in one answer; of longer ones the last come first to hand: newest bars are at the end. */
export const STATE_CHILDREN = 200;

export const StateQuestion = z.object({
  log,
  at: seq,
  path: path.default(''),
  depth: z.coerce.number().int().min(0).max(6).default(1),
  /** First child of the node at `path`; by default the last ones of a long array, the first ones of an object. */
  offset: seq.optional(),
});
export const StateAnswer = z.object({
  at: Seq,
  time: Time,
  /** Null if there is nothing at `path` at that fact. */
  node: StateNode.nullable(),
});
export type StateAnswer = z.output<typeof StateAnswer>;

/** The JSON at a path, as `openbell export --at` has it; refused (`too_large`) beyond 8 MiB of text. */
export const JsonQuestion = z.object({ log, at: seq, path: path.default('') });
export const JsonAnswer = z.object({ at: Seq, path: z.string(), json: z.unknown() });
export type JsonAnswer = z.output<typeof JsonAnswer>;

export const DIFF_CHANGES = 1000;
/** What changed from after fact `from` to after fact `to`; values bigger than a row come cut. */
export const DiffQuestion = z.object({ log, from: seq, to: seq, path: path.default('') });
export const DiffAnswer = z.object({
  from: Seq,
  to: Seq,
  changes: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(['added', 'removed', 'changed']),
      old: z.unknown(),
      new: z.unknown(),
    }),
  ),
  /** All changes; those beyond `DIFF_CHANGES` are not listed. */
  total: z.int().nonnegative(),
});
export type DiffAnswer = z.output<typeof DiffAnswer>;

/** An unbroken run of lines of a source of market data. */
export const FeedLines = z.object({
  source: z.string(),
  file: z.string().nullable(),
  fingerprint: z.string(),
  firstLine: z.int(),
  lastLine: z.int(),
});

/** A fact with what led to it, down to the feed. */
export interface WhyNode {
  readonly row: FactRow;
  /** `cause`, `bar`, `queue`, `history`, `before`, `corrected`, `gap`; null for the one asked about. */
  readonly role: string | null;
  readonly lines: readonly z.output<typeof FeedLines>[];
  readonly because: readonly WhyNode[];
  /** Facts that bear on it and are not listed. */
  readonly omitted: number;
}
export const WhyNode: z.ZodType<WhyNode> = z.object({
  row: FactRow,
  role: z.string().nullable(),
  lines: z.array(FeedLines),
  get because() {
    return z.array(WhyNode);
  },
  omitted: z.int().nonnegative(),
});

/** Why a place of SessionData holds what it holds at fact `at`; without `path`: why fact `at` is there. */
export const WhyQuestion = z.object({ log, at: seq, path: path.optional() });
export const WhyAnswer = z.object({
  at: Seq,
  path: z.string().nullable(),
  /** The last fact up to `at` that wrote there; null if none did, and then `reason` says why. */
  why: WhyNode.nullable(),
  fact: FactJson.nullable(),
  reason: z.string().nullable(),
});
export type WhyAnswer = z.output<typeof WhyAnswer>;

/** Facts that wrote to a place, newest first, up to `at`. */
export const HistoryQuestion = z.object({
  log,
  at: seq,
  path: path.min(1),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const HistoryAnswer = z.object({ path: z.string(), rows: z.array(FactRow) });
export type HistoryAnswer = z.output<typeof HistoryAnswer>;

/** "Why is there no signal?": what strategies could read of a symbol at `at`. */
export const SilenceQuestion = z.object({ log, at: seq, symbol: z.string().min(1).max(100) });
export const SilenceAnswer = z.object({
  at: Seq,
  symbol: z.string(),
  reasons: z.array(z.string()),
  strategies: z.array(z.string()),
  news: z.array(FactRow),
  signals: z.array(FactRow),
  /** As `openbell why --no-signal --json` has it; null if the symbol is not in the session. */
  reading: z.record(z.string(), z.unknown()).nullable(),
});
export type SilenceAnswer = z.output<typeof SilenceAnswer>;

/** Where a value first appears: numbers as they are shown, texts whole or in part. */
export const SearchQuestion = z.object({
  log,
  /** Facts up to this one. */
  at: seq,
  value: z.string().min(1).max(200),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export const SearchAnswer = z.object({
  hits: z.array(
    z.object({
      path: z.string(),
      value: z.unknown(),
      /** The fact that first wrote it there. */
      seq: Seq,
      row: FactRow,
    }),
  ),
  /** False if there are more. */
  complete: z.boolean(),
});
export type SearchAnswer = z.output<typeof SearchAnswer>;

/** A vitest file that reaches the state at `at` (the part at `path`) again and compares it. */
export const TestQuestion = z.object({ log, at: seq, path: path.default('') });
export const TestAnswer = z.object({ name: z.string(), text: z.string() });
export type TestAnswer = z.output<typeof TestAnswer>;
