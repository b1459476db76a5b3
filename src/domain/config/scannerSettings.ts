/** The settings of the scanners that come with the engine: what may stand in their `config`. */
import { z } from 'zod';
import { explain, findingsOf } from './issues.ts';
import { canonicalKeys } from './keys.ts';
import { numberFrom, oneOf, Text, Ticker, trueOrFalse, wholeNumber, write } from './leaves.ts';
import { type Problem, problemsOf } from './problem.ts';

const universe = z
  .union([z.array(Ticker).min(1), Text], write('a list of symbols, or the path of a file of them'))
  .optional();

const shared = {
  /** Absent: the symbols of the session. */
  universe,
  /** Against the last price. */
  min_price: numberFrom(0).default(0),
  /** Against today's volume so far. */
  min_volume: numberFrom(0).default(0),
  /** At most so many picks, the best. */
  top: wholeNumber(1).optional(),
  /** Whether picks are protected from being removed by others. */
  lock: trueOrFalse().default(false),
  /** Whether symbols that are no picks stay until the session is over. */
  keep_universe: trueOrFalse().default(false),
};

const direction = oneOf(['up', 'down', 'both']).default('both');

export const GapSettings = z.strictObject({
  ...shared,
  min_gap_percent: numberFrom(0).default(2),
  direction,
});

export const MomentumSettings = z.strictObject({
  ...shared,
  /** Absent: since the open. */
  minutes: wholeNumber(1).optional(),
  min_change_percent: numberFrom(0).default(2),
  direction,
});

export const RelativeVolumeSettings = z.strictObject({
  ...shared,
  min_ratio: numberFrom(0).default(2),
  trailing_days: wholeNumber(1).default(5),
  /** What today is held against: the same minutes of those days, or their volume in proportion to the time. */
  baseline: oneOf(['same_minutes', 'daily']).default('same_minutes'),
});

export type UniverseSettings = z.output<z.ZodObject<typeof shared>>;

export type ParsedSettings<Settings> =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads settings as a config gives them: all mistakes at once, keys in snake_case or camelCase. */
export function parseSettings<S extends z.ZodType>(
  schema: S,
  raw: unknown,
): ParsedSettings<z.output<S>> {
  const { value, findings, asWritten } = canonicalKeys(schema, raw);
  const parsed = schema.safeParse(value, { error: explain, reportInput: true });
  const all = [...findings, ...findingsOf(parsed.error?.issues ?? [])];
  const problems = problemsOf(all, raw, asWritten);
  if (parsed.success && problems.length === 0) return { ok: true, settings: parsed.data };
  return { ok: false, problems };
}
