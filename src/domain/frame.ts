/**
 * A frame: all facts that one market instant causes, appended to the log together.
 *
 * Two encodings of the same thing: control facts are objects, many bars or values of one instant are a
 * columnar block. `factsOf` yields both as single facts, in the order of `seq`, which is the only order.
 */
import { BAR_FIELDS } from './bars.ts';
import { InvariantViolated } from './errors.ts';
import type { BarFact, ControlFact, Fact, HistoryFact, IndicatorFact } from './facts.ts';
import { arityOf, type SeriesEntry, type SeriesTable } from './series.ts';
import type { MarketTime } from './time.ts';

/** A row of a block of bars: its series, the fact that led to it (0: none), the bar. */
const BAR_ROW = ['series', 'cause', ...BAR_FIELDS] as const;

/** Columns of each kind of block, in the order they are stored. */
export const BLOCK_COLUMNS = {
  BarAppended: BAR_ROW,
  BarDerived: BAR_ROW,
  /** `values` holds each row's outputs one after another; NaN = not ready. `valid` is 0 or 1. */
  IndicatorUpdated: ['series', 'cause', 'valid', 'values'],
  /** The whole block is one fact, about bars of one symbol and interval. */
  HistoricalBarsLoaded: BAR_FIELDS,
} as const;

export type BlockType = keyof typeof BLOCK_COLUMNS;

/** A growable column of doubles. Whole numbers up to 2^53 are exact. */
export class Column {
  data: Float64Array;
  length = 0;

  /** An empty column with room for `capacity` values, or one that holds the given values as they are. */
  constructor(capacity: number | Float64Array = 64) {
    if (typeof capacity === 'number') {
      this.data = new Float64Array(capacity);
    } else {
      this.data = capacity;
      this.length = capacity.length;
    }
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(this.length + 1);
    this.data[this.length++] = value;
  }

  /** Puts a value before that of row `row`. O(rows). */
  insert(row: number, value: number): void {
    this.push(value);
    this.data.copyWithin(row + 1, row, this.length - 1);
    this.data[row] = value;
  }

  reserve(capacity: number): void {
    if (capacity <= this.data.length) return;
    const grown = new Float64Array(Math.max(capacity, this.data.length * 2));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }
}

/** What all facts of a block carry besides, such as `{ catchup: true }`. */
export type BlockExtra = Readonly<Record<string, unknown>> | null;

/** Many facts of one type and one instant, as columns. Reused by its owner from frame to frame. */
export class Block {
  readonly kind = 'block';
  readonly type: BlockType;
  by = '';
  /** Seq of row 0; rows follow one by one. */
  firstSeq = 0;
  rows = 0;
  extra: BlockExtra = null;
  /** In the order of `BLOCK_COLUMNS[type]`; `cause` 0 means none. */
  readonly columns: readonly Column[];

  /** Without rows, with room for `capacity` of them; or over the given columns, one for each of its type. */
  constructor(type: BlockType, capacity: number | readonly Column[] = 64) {
    this.type = type;
    this.columns =
      typeof capacity === 'number' ? BLOCK_COLUMNS[type].map(() => new Column(capacity)) : capacity;
  }

  /** How many facts it holds. */
  get facts(): number {
    return this.type === 'HistoricalBarsLoaded' ? 1 : this.rows;
  }

  clear(): void {
    this.rows = 0;
    this.extra = null;
    for (const column of this.columns) column.length = 0;
  }
}

/** Control facts with consecutive seqs. */
export interface ControlSection {
  readonly kind: 'control';
  readonly facts: ControlFact[];
}

export type Section = ControlSection | Block;

export interface Frame {
  readonly at: MarketTime;
  readonly firstSeq: number;
  /** Facts in the frame, at least 1. */
  readonly count: number;
  /** In the order of seq. */
  readonly sections: readonly Section[];
  /** Entries this frame adds to the series table. */
  readonly series: readonly SeriesEntry[];
}

/** Says of a row of bars or values whether its fact is wanted. */
export type RowTest = (series: number, row: number, block: Block) => boolean;

/**
 * Every fact of a frame, in the order of `seq`. `table` holds at least the series known at this frame.
 *
 * @param wanted leaves out other rows of bars and values, which then cost next to nothing
 */
export function* factsOf(
  frame: Pick<Frame, 'at' | 'sections'>,
  table: SeriesTable,
  wanted?: RowTest,
): Generator<Fact> {
  for (const section of frame.sections) {
    if (section.kind === 'control') yield* section.facts;
    else if (section.type === 'HistoricalBarsLoaded') yield historyFact(frame.at, section);
    else yield* rowsOf(frame.at, section, table, wanted);
  }
}

const VALUES = BLOCK_COLUMNS.IndicatorUpdated.indexOf('values');

function* rowsOf(
  at: MarketTime,
  block: Block,
  table: SeriesTable,
  wanted: RowTest = () => true,
): Generator<Fact> {
  const ids = block.columns[0]!.data;
  let cell = 0;
  for (let row = 0; row < block.rows; row++) {
    const id = ids[row]!;
    if (block.type !== 'IndicatorUpdated') {
      if (wanted(id, row, block)) yield barFact(at, block, row, table);
      continue;
    }
    const next = cell + arityOf(table.at(id));
    if (next > block.columns[VALUES]!.length) {
      throw new InvariantViolated(block.firstSeq + row, 'its values are not there');
    }
    if (wanted(id, row, block)) yield indicatorFact(at, block, row, cell, table);
    cell = next;
  }
}

function barFact(at: MarketTime, block: Block, row: number, table: SeriesTable): BarFact {
  const [series, cause, opened, open, high, low, close, volume, count, expected] = block.columns;
  const entry = table.at(series!.data[row]!);
  return {
    seq: block.firstSeq + row,
    at,
    type: block.type as BarFact['type'],
    by: block.by,
    cause: cause!.data[row]! || null,
    symbol: entry.symbol,
    interval: entry.name,
    opened: opened!.data[row]!,
    open: open!.data[row]!,
    high: high!.data[row]!,
    low: low!.data[row]!,
    close: close!.data[row]!,
    volume: volume!.data[row]!,
    count: count!.data[row]!,
    expected: expected!.data[row]!,
    ...block.extra,
  };
}

function indicatorFact(
  at: MarketTime,
  block: Block,
  row: number,
  cell: number,
  table: SeriesTable,
): IndicatorFact {
  const [series, cause, valid, values] = block.columns;
  const entry = table.at(series!.data[row]!);
  const outputs = entry.outputs ?? [];
  return {
    seq: block.firstSeq + row,
    at,
    type: 'IndicatorUpdated',
    by: block.by,
    cause: cause!.data[row]! || null,
    symbol: entry.symbol,
    key: entry.name,
    value: valueFrom(outputs, values!.data, cell),
    valid: valid!.data[row] === 1,
    ...block.extra,
  };
}

function historyFact(at: MarketTime, block: Block): HistoryFact {
  const columns = Object.fromEntries(
    BLOCK_COLUMNS.HistoricalBarsLoaded.map((name, i) => [
      name,
      Array.from(block.columns[i]!.data.subarray(0, block.rows)),
    ]),
  );
  const { cause, ...extra } = block.extra ?? {};
  return {
    seq: block.firstSeq,
    at,
    type: 'HistoricalBarsLoaded',
    by: block.by,
    cause: (cause as number | undefined) ?? null,
    ...extra,
    columns,
  } as unknown as HistoryFact;
}

/**
 * An indicator's value as facts and exports show it: a number, or an object of its outputs; what is not
 * ready is null, and the whole value is null until any output exists.
 */
export function valueFrom(
  outputs: readonly string[],
  cells: Float64Array,
  from: number,
): number | Record<string, number | null> | null {
  if (outputs.length === 0) {
    const value = cells[from]!;
    return Number.isNaN(value) ? null : value;
  }
  let any = false;
  const value: Record<string, number | null> = {};
  for (let i = 0; i < outputs.length; i++) {
    const cell = cells[from + i]!;
    value[outputs[i]!] = Number.isNaN(cell) ? null : cell;
    any ||= !Number.isNaN(cell);
  }
  return any ? value : null;
}
