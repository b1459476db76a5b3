/** Words that the questions and answers of the inspector have in common. */
import { z } from 'zod';

/** Number of a fact; 0 only for a log without any. */
export const Seq = z.int().nonnegative();
/** Market time: UTC epoch milliseconds. */
export const Time = z.number();
const shortText = z.string().max(400);

/** Which of the two runs that the page shows; by default the first. */
export const Side = z.enum(['a', 'b']);
export type Side = z.output<typeof Side>;

export const Direction = z.enum(['next', 'previous']);
export type Direction = z.output<typeof Direction>;

/** One fact in one line. */
export const FactRow = z.object({
  seq: Seq,
  at: Time,
  type: z.string(),
  /** The actor that recorded it, such as `session/processor`. */
  by: z.string(),
  /** The fact that led to it; null for inputs. */
  cause: Seq.nullable(),
  symbol: z.string().nullable(),
  /** Interval of a bar, key of an indicator; null for others. */
  series: z.string().nullable(),
  /** What it says, without type and symbol: at most 400 characters. */
  text: shortText,
});
export type FactRow = z.output<typeof FactRow>;

/** A fact as `openbell log --json` prints it: snake_case keys, times in ISO 8601 UTC. Long columns are cut. */
export const FactJson = z.looseObject({
  seq: Seq,
  at: z.string(),
  type: z.string(),
  by: z.string(),
  cause: Seq.nullable(),
});
export type FactJson = z.output<typeof FactJson>;

/** Where a log can be read no further. */
export const Damage = z.object({
  /** The first fact that cannot be read. Nothing from it on is ever shown. */
  seq: Seq,
  /** Segment file and byte in it, as far as they are known. */
  file: z.string().nullable(),
  offset: z.int().nonnegative().nullable(),
  message: z.string(),
});
export type Damage = z.output<typeof Damage>;

/** Every answer that is not 2xx. */
export const ErrorAnswer = z.object({
  error: z.object({
    /** For programs: `bad_request`, `not_found`, `too_large`, `unauthorized`, `not_allowed`, `failed` … */
    code: z.string(),
    /** For people: what was found and what to do. */
    message: z.string(),
  }),
});
export type ErrorAnswer = z.output<typeof ErrorAnswer>;
