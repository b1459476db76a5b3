/**
 * A log as four Parquet files, for DuckDB, pandas and polars: `bars`, `indicators`, `signals`, and `events` with
 * every other fact. Each fact is in one of them; of `HistoricalBarsLoaded`, the fact is an event and its bars
 * are bars. Times are UTC.
 */
import { join } from 'node:path';
import type { Fact, FactOf, HistoryFact } from '../domain/facts.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FactFilter } from './factFilter.ts';
import { factJson } from './factJson.ts';
import { type Cell, ParquetTable, type TableColumn } from './parquetTable.ts';

/** Of the tables' columns, in each file's metadata as `openbell.schema_version`. */
const PARQUET_SCHEMA = 1;

const GROUP_ROWS = 1 << 15;

const ENVELOPE: readonly TableColumn[] = [
  { name: 'seq', kind: 'whole' },
  { name: 'at', kind: 'time' },
  { name: 'type', kind: 'text' },
  { name: 'by', kind: 'text' },
  { name: 'cause', kind: 'whole', nullable: true },
];

/** Columns of each file. */
const PARQUET_TABLES = {
  /** `type` says whether the bar was fed, derived, corrected or loaded as history. */
  bars: [
    ...ENVELOPE,
    { name: 'symbol', kind: 'text' },
    { name: 'interval', kind: 'text' },
    { name: 'opened', kind: 'time' },
    { name: 'open', kind: 'number' },
    { name: 'high', kind: 'number' },
    { name: 'low', kind: 'number' },
    { name: 'close', kind: 'number' },
    { name: 'volume', kind: 'number' },
    { name: 'count', kind: 'count' },
    { name: 'expected', kind: 'count' },
    { name: 'catchup', kind: 'flag' },
    { name: 'adhoc', kind: 'flag' },
    { name: 'corrects', kind: 'whole', nullable: true },
  ],
  /** One row for each output of an indicator; `output` is null where the value is one number. */
  indicators: [
    ...ENVELOPE,
    { name: 'symbol', kind: 'text' },
    { name: 'key', kind: 'text' },
    { name: 'output', kind: 'text', nullable: true },
    { name: 'value', kind: 'number', nullable: true },
    { name: 'valid', kind: 'flag' },
    { name: 'catchup', kind: 'flag' },
    { name: 'corrects', kind: 'whole', nullable: true },
  ],
  signals: [
    ...ENVELOPE,
    { name: 'strategy', kind: 'text' },
    { name: 'symbol', kind: 'text' },
    { name: 'side', kind: 'text' },
    { name: 'strength', kind: 'number' },
    { name: 'reason', kind: 'text' },
  ],
  /** `fields` is a JSON object of what the type has besides, as in `openbell log --json`. */
  events: [
    ...ENVELOPE,
    { name: 'symbol', kind: 'text', nullable: true },
    { name: 'fields', kind: 'text' },
  ],
} as const satisfies Readonly<Record<string, readonly TableColumn[]>>;

export type ParquetName = keyof typeof PARQUET_TABLES;
const NAMES = Object.keys(PARQUET_TABLES) as ParquetName[];

export interface ParquetOptions {
  /** Seq of the last fact. Default: the last of the log. */
  readonly to?: number;
  /** What else the files' metadata is to say; keys are given the prefix `openbell.`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Rows of a row group: how much is held in memory. Default 32,768. */
  readonly groupRows?: number;
}

export interface ParquetFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes the four files into `folder`, which is there. Each is whole or not there.
 *
 * @throws what the file system throws if there is no room, say
 */
export function exportParquet(
  log: LogReader,
  folder: string,
  options: ParquetOptions = {},
): ParquetFile[] {
  const { to = log.position, metadata = {}, groupRows = GROUP_ROWS } = options;
  const tables = new Map(
    NAMES.map((name) => {
      const told = {
        schema_version: String(PARQUET_SCHEMA),
        table: name,
        last_seq: to,
        ...metadata,
      };
      const prefixed = Object.entries(told).map(([key, value]) => [`openbell.${key}`, `${value}`]);
      const path = join(folder, `${name}.parquet`);
      const given = { path, groupRows, metadata: Object.fromEntries(prefixed) };
      return [name, new ParquetTable(PARQUET_TABLES[name], given)] as const;
    }),
  );
  try {
    const add = (name: ParquetName, cells: readonly Cell[]) => tables.get(name)!.add(cells);
    for (const fact of new FactFilter({ to }).facts(log)) addFact(fact, log.table, add);
    return Array.from(tables.values(), (table) => {
      const bytes = table.finish();
      return { path: table.path, rows: table.rows, bytes };
    });
  } finally {
    for (const table of tables.values()) table.abandon();
  }
}

type Add = (name: ParquetName, cells: readonly Cell[]) => void;

function addFact(fact: Fact, table: SeriesTable, add: Add): void {
  switch (fact.type) {
    case 'BarAppended':
    case 'BarDerived':
    case 'BarCorrected':
      add('bars', barCells(fact));
      return;
    case 'IndicatorUpdated':
      for (const cells of valueCells(fact, table)) add('indicators', cells);
      return;
    case 'SignalEmitted': {
      const { strategy, symbol, side, strength, reason } = fact;
      add('signals', [...envelope(fact), strategy, symbol, side, strength, reason]);
      return;
    }
    case 'HistoricalBarsLoaded':
      for (const cells of historyCells(fact)) add('bars', cells);
      add('events', eventCells(fact));
      return;
    default:
      add('events', eventCells(fact));
  }
}

function envelope({ seq, at, type, by, cause }: Fact): Cell[] {
  return [seq, at, type, by, cause];
}

function barCells(fact: FactOf<'BarAppended' | 'BarDerived' | 'BarCorrected'>): Cell[] {
  const { symbol, interval, opened, open, high, low, close, volume, count, expected } = fact;
  return [
    ...envelope(fact),
    ...[symbol, interval, opened, open, high, low, close, volume, count, expected],
    'catchup' in fact && fact.catchup === true,
    'adhoc' in fact && fact.adhoc === true,
    'corrects' in fact ? fact.corrects : null,
  ];
}

function* historyCells(fact: HistoryFact): Generator<Cell[]> {
  const { symbol, interval, columns } = fact;
  const cells = ['opened', 'open', 'high', 'low', 'close', 'volume', 'count', 'expected'].map(
    (name) => columns[name] ?? [],
  );
  for (let row = 0; row < cells[0]!.length; row++) {
    const bar = cells.map((column) => column[row]!);
    yield [...envelope(fact), symbol, interval, ...bar, false, false, null];
  }
}

function* valueCells(fact: FactOf<'IndicatorUpdated'>, table: SeriesTable): Generator<Cell[]> {
  const { symbol, key, value, valid, catchup = false, corrects = null } = fact;
  const outputs = value === null ? outputsOf(table, symbol, key) : namesIn(value);
  for (const output of outputs.length === 0 ? [null] : outputs) {
    const cell = typeof value === 'object' && output !== null ? (value?.[output] ?? null) : value;
    yield [...envelope(fact), symbol, key, output, cell as number | null, valid, catchup, corrects];
  }
}

function namesIn(value: number | object): readonly string[] {
  return typeof value === 'object' ? Object.keys(value) : [];
}

/** Of a value that is not ready yet only the series table knows the outputs. */
function outputsOf({ entries }: SeriesTable, symbol: string, key: string): readonly string[] {
  const entry = entries.findLast((known) => known.symbol === symbol && known.name === key);
  return entry?.outputs ?? [];
}

function eventCells(fact: Fact): Cell[] {
  const { seq: _s, at: _a, type: _t, by: _b, cause: _c, ...fields } = factJson(fact);
  const { symbol = null, columns: _, ...rest } = fields as Record<string, unknown>;
  return [...envelope(fact), symbol as string | null, JSON.stringify(rest)];
}
