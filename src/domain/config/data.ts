/** Where market data comes from: the `data` part of a config, which `feeds/sources.ts` opens. */
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { tryParseInterval } from '../interval.ts';
import { explain, findingsOf } from './issues.ts';
import { canonicalKeys } from './keys.ts';
import { oneOf, Text, Ticker, write } from './leaves.ts';
import { formatProblem, foundIn, problemsOf } from './problem.ts';

const NO_GUESS = 'a wrong guess would show bars too early';

const stored = write(`seconds, minutes, hours or "1d", such as "1m"; ${NO_GUESS}`);
/** An interval that data can be stored at: anything intraday, or `1d`. Kept in canonical spelling. */
const StoredInterval = z
  .string(stored)
  .refine(isStored, stored)
  .overwrite((text) => tryParseInterval(text)?.text ?? text);

const Template = Text.refine((path) => !/\{(?!(symbol|interval|date)\})/.test(path), {
  error: ({ input }) =>
    `${foundIn(input)}: write only {symbol}, {interval} and {date} in braces, each spelt so`,
});

const fileFields = {
  path: z
    .union(
      [Template, z.record(Ticker, Template)],
      write('a path such as "bars/{symbol}.csv" or a map of symbols to paths'),
    )
    .describe(
      'Path from the config file; may hold {symbol}, {interval} and {date} (YYYYMMDD, one file a' +
        ' day). Or a map of symbols to such paths. Required.',
    ),
  interval: z
    .union([StoredInterval, z.array(StoredInterval).min(1)], stored)
    .describe('Length of the bars; several only where the path holds {interval}. Required.'),
  stamp: z
    .enum(
      ['open', 'close'],
      write(
        `"open" if a row's time is the start of its bar, "close" if it is the end; ${NO_GUESS}`,
      ),
    )
    .describe("Whether a row's time is the start or the end of its bar. Required."),
  timezone: z
    .string(write('an IANA zone such as "America/New_York"'))
    .refine(isZone, write('an IANA zone such as "America/New_York"'))
    .optional()
    .describe("Zone of times that are written without an offset. Default the exchange's."),
  columns: z
    .strictObject({ time: Text, open: Text, high: Text, low: Text, close: Text, volume: Text })
    .partial()
    .optional()
    .describe('Names of the columns where they are not the usual ones, by what they hold.'),
  on_bad_row: oneOf(['fail', 'skip'])
    .default('fail')
    .describe(
      'Whether a row that is no bar ends the run or is left out and counted. Default "fail".',
    ),
};

const intervalsFit = {
  path: ['path'],
  error: 'several intervals are one file each: write "{interval}" in the path',
};

const CsvSource = z
  .strictObject({ type: z.literal('csv'), ...fileFields })
  .refine(holdsIntervals, intervalsFit);
const ParquetSource = z
  .strictObject({ type: z.literal('parquet'), ...fileFields })
  .refine(holdsIntervals, intervalsFit);

const DrawnInterval = oneOf(['1s', '1m', '1d']);

const fraction = write('a fraction of at least 0 and below 1');
const SyntheticSource = z.strictObject({
  type: z.literal('synthetic'),
  seed: z
    .int(write('a whole number'))
    .default(1)
    .describe('Each seed is another market. Default 1.'),
  missing: z
    .number(fraction)
    .min(0, fraction)
    .lt(1, fraction)
    .default(0)
    .describe('Fraction of the bars that is left out, such as 0.01. Default 0.'),
  interval: z
    .union([DrawnInterval, z.array(DrawnInterval).min(1)])
    .default('1m')
    .describe('Length of the bars, or several. Default "1m".'),
});

/** The bars come from the embedding program, beside the config. */
const MemorySource = z.strictObject({ type: z.literal('memory') });

const DataSource = z.discriminatedUnion(
  'type',
  [CsvSource, ParquetSource, SyntheticSource, MemorySource],
  {
    error: ({ input }) =>
      `${foundIn(typeOf(input))}: write "csv", "parquet", "synthetic" or "memory" as the type`,
  },
);

/** One source or a list of them; of several, the first that has a symbol at an interval serves it. */
export const DataSources = z.union([DataSource, z.array(DataSource).min(1)]);

export type FileSource = z.output<typeof CsvSource> | z.output<typeof ParquetSource>;
export type SyntheticSource = z.output<typeof SyntheticSource>;
export type DataSource = z.output<typeof DataSource>;
/** A source as it may be written, defaults left out. */
export type DataSourceInput = z.input<typeof DataSource>;
export type DataSources = z.output<typeof DataSources>;

/**
 * Reads a source that a program hands over beside a config, as it would be read inside one. Pure.
 *
 * @param path what messages call it
 * @throws {UsageError} naming everything that is wrong
 */
export function parseDataSource(raw: unknown, path = 'data'): DataSource {
  const keys = canonicalKeys(DataSource, raw);
  const parsed = DataSource.safeParse(keys.value, { error: explain, reportInput: true });
  const findings = [...keys.findings, ...findingsOf(parsed.error?.issues ?? [])];
  if (parsed.success && findings.length === 0) return parsed.data;
  const problems = problemsOf(findings, raw, keys.asWritten);
  const below = (at: string): string => (at === '' ? path : `${path}.${at}`);
  throw new UsageError(
    problems.map((problem) => formatProblem({ ...problem, path: below(problem.path) })).join('\n'),
  );
}

function isStored(text: string): boolean {
  const interval = tryParseInterval(text);
  return interval !== null && (interval.intraday || interval.text === '1d');
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function holdsIntervals(source: {
  path: string | Record<string, string>;
  interval: string | string[];
}): boolean {
  if (typeof source.interval === 'string' || source.interval.length === 1) return true;
  const paths = typeof source.path === 'string' ? [source.path] : Object.values(source.path);
  return paths.every((path) => path.includes('{interval}'));
}

function typeOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'type' in input ? input.type : input;
}
