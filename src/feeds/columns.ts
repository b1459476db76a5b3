/** Which column of a table holds what. */
import { FeedError } from '../domain/errors.ts';

const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;
const TIME_NAMES: readonly string[] = ['time', 'date', 'datetime', 'timestamp', 'ts'];

export type ColumnField = 'time' | (typeof NUMBERS)[number];

/** Names that the user gave to columns. */
export type ColumnNames = { readonly [field in ColumnField]?: string | undefined };

/** Position of each column. */
export type ColumnLayout = Readonly<Record<ColumnField, number>>;

/**
 * Finds the columns by name, in any case and order; others are ignored.
 *
 * @param shown the file, as messages name it
 * @throws {FeedError} if one is missing or could be meant by several
 */
export function findColumns(
  header: readonly string[],
  { names = {}, shown }: { names?: ColumnNames | undefined; shown: string },
): ColumnLayout {
  const missing: string[] = [];
  const find = (field: ColumnField, usual: readonly string[]): number => {
    const given = names[field];
    const found = given === undefined ? matching(header, usual) : exactly(header, given);
    if (found.length > 1)
      throw ambiguous(
        shown,
        field,
        found.map((i) => header[i]!),
      );
    if (found.length === 0) missing.push(given ?? field);
    return found[0] ?? -1;
  };
  const time = find('time', TIME_NAMES);
  const [open, high, low, close, volume] = NUMBERS.map((field) => find(field, [field]));
  if (missing.length > 0) throw incomplete(shown, header, missing);
  return { time, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

/** Positions of the columns with one of the lower-case `names`. */
function matching(header: readonly string[], names: readonly string[]): number[] {
  return header.flatMap((column, i) => (names.includes(column.trim().toLowerCase()) ? [i] : []));
}

/** As it is written, else in any case. */
function exactly(header: readonly string[], name: string): number[] {
  const position = header.indexOf(name);
  return position < 0 ? matching(header, [name.toLowerCase()]) : [position];
}

function ambiguous(shown: string, field: ColumnField, found: readonly string[]): FeedError {
  return new FeedError(
    `${shown} has several columns for "${field}": ${quoted(found)}; name one with columns: {"${field}": "${found[0]}"}`,
  );
}

function incomplete(
  shown: string,
  header: readonly string[],
  missing: readonly string[],
): FeedError {
  return new FeedError(
    `${shown} has no column ${quoted(missing)}, only ${quoted(header)}; needed are time (or date, datetime,` +
      ' timestamp, ts), open, high, low, close and volume: give them with columns: {"time": "their name", …}',
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}
