/** Bars as programs write them: objects, or columns in objects. */
import { BarColumns } from '../domain/bars.ts';
import { FeedError } from '../domain/errors.ts';
import { type Interval, tryParseInterval } from '../domain/interval.ts';
import type { GivenColumns } from './columnSeries.ts';
import type { Stamp } from './stamps.ts';

const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

type Numbers<T> = Readonly<Record<(typeof NUMBERS)[number], T>>;

/** One bar, stamped at its start under one of two names, in epoch milliseconds. */
export interface PlainBar extends Numbers<number> {
  readonly opened?: number | undefined;
  readonly time?: number | undefined;
  /** `1m` if absent. */
  readonly interval?: Interval | undefined;
}

/** Bars of one interval as columns of equal length; times under one of two names, in epoch milliseconds. */
export interface BarTable extends Numbers<ArrayLike<number>> {
  readonly opened?: ArrayLike<number> | undefined;
  readonly time?: ArrayLike<number> | undefined;
  /** `1m` if absent. */
  readonly interval?: Interval | undefined;
  /** Whether the times are starts of bars, as they are if absent, or ends. */
  readonly stamp?: Stamp | undefined;
}

/** Columns or lists of bars of one symbol, brought into one form. */
export function givenColumns(
  symbol: string,
  given: BarTable | readonly (BarTable | PlainBar)[],
): GivenColumns[] {
  const bars = new BarCollector(symbol);
  const tables: GivenColumns[] = [];
  for (const item of isList(given) ? given : [given]) {
    if (!hasShape(item)) throw shapeless(symbol, item);
    if (isTable(item)) tables.push(columnsOf(symbol, item));
    else bars.add(item);
  }
  const all = [...tables, ...bars.collected()];
  const twice = all.find(({ interval }, i) => all.findIndex((a) => a.interval === interval) < i);
  if (twice === undefined) return all;
  throw new FeedError(`the "${twice.interval}" bars of ${symbol} are given twice; join them`);
}

/** Single bars of one symbol, gathered into columns by interval. */
export class BarCollector {
  readonly #symbol: string;
  readonly #columns = new Map<Interval, BarColumns>();

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  add(bar: PlainBar): void {
    const interval = storedInterval(this.#symbol, bar.interval);
    let columns = this.#columns.get(interval);
    if (columns === undefined) {
      columns = new BarColumns();
      this.#columns.set(interval, columns);
    }
    const { open, high, low, close, volume } = bar;
    const opened = numberOf(bar.opened ?? bar.time);
    columns.push({
      opened,
      open: numberOf(open),
      high: numberOf(high),
      low: numberOf(low),
      close: numberOf(close),
      volume: numberOf(volume),
      count: 1,
      expected: 1,
    });
  }

  collected(): GivenColumns[] {
    return [...this.#columns].map(([interval, columns]) => ({
      symbol: this.#symbol,
      interval,
      stamp: 'open',
      columns,
    }));
  }
}

function isList<T>(given: T | readonly T[]): given is readonly T[] {
  return Array.isArray(given);
}

/** Whether it is meant as a bar or as columns, however bad their values. */
function hasShape(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  return ['open', 'opened', 'time'].some((name) => name in item);
}

function shapeless(symbol: string, item: unknown): FeedError {
  const isObject = typeof item === 'object' && item !== null;
  const keys = isObject ? Object.keys(item).slice(0, 3) : [];
  const names = keys.map((key) => `"${key}"`).join(', ');
  const found = isObject
    ? `an object with${names === '' ? 'out names' : ` ${names}`}`
    : `"${item}"`;
  return new FeedError(
    `the bars of ${symbol} hold ${found}, which is no bar: ` +
      'give a list of bars {interval, time, open, high, low, close, volume}, or columns of those names',
  );
}

function isTable(item: BarTable | PlainBar): item is BarTable {
  return typeof item.open === 'object';
}

function columnsOf(symbol: string, table: BarTable): GivenColumns {
  const interval = storedInterval(symbol, table.interval);
  const given = { ...table, opened: table.opened ?? table.time };
  const { length } = given.opened ?? [];
  const columns = new BarColumns(length);
  for (const field of ['opened', ...NUMBERS] as const) {
    const values = given[field];
    if (values?.length !== length) {
      throw new FeedError(
        `the "${interval}" bars of ${symbol} have ${length} times and ${values?.length ?? 'no'} values of "${field}"; give one for each bar`,
      );
    }
    fill(columns[field], values);
  }
  columns.count.fill(1);
  columns.expected.fill(1);
  columns.length = length;
  return { symbol, interval, stamp: table.stamp ?? 'open', columns };
}

function fill(column: Float64Array, values: ArrayLike<number>): void {
  if (values instanceof Float64Array) column.set(values);
  // Not `set`, which would take `null` for 0.
  else for (let i = 0; i < values.length; i++) column[i] = numberOf(values[i]);
}

function storedInterval(symbol: string, text: string | undefined): Interval {
  const interval = tryParseInterval(text ?? '1m');
  if (interval !== null && (interval.intraday || interval.text === '1d')) return interval.text;
  throw new FeedError(
    `the bars of ${symbol} have the interval "${text}"; give seconds, minutes, hours or "1d"`,
  );
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
