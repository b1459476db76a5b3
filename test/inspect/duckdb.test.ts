/** The Parquet tables as DuckDB reads them: a reader that is not ours, in another language. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportParquet, type Fact, FileLog, factJson } from '../../src/index.ts';
import { select } from '../support.ts';
import { type MarketRun, marketRun } from './marketRun.ts';

let run: MarketRun;
let tables: string;
let duck: DuckDBConnection;

beforeAll(async () => {
  run = await marketRun();
  tables = join(run.folder, '../tables');
  mkdirSync(tables);
  exportParquet(await FileLog.read(run.folder), tables);
  duck = await (await DuckDBInstance.create(':memory:')).connect();
});

type Row = Record<string, unknown>;

/** Rows with whole numbers as numbers and times as milliseconds. */
async function ask(sql: string): Promise<Row[]> {
  const rows = await duck.runAndReadAll(sql.replace(/from (\w+)/g, `from '${tables}/$1.parquet'`));
  return rows.getRowObjectsJS().map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => {
        if (typeof cell === 'bigint') return [name, Number(cell)];
        return [name, cell instanceof Date ? cell.getTime() : cell];
      }),
    ),
  );
}

const envelope = ({ seq, at, type, by, cause }: Fact) => ({ seq, at, type, by, cause });
const BAR = ['opened', 'open', 'high', 'low', 'close', 'volume', 'count', 'expected'] as const;

/** The rows that a fact is in the table of bars. */
function barsIn(fact: Fact): Row[] {
  if (fact.type === 'HistoricalBarsLoaded') {
    const { symbol, interval, columns } = fact;
    return columns.opened!.map((_, i) => {
      const bar = Object.fromEntries(BAR.map((name) => [name, columns[name]![i]]));
      const rest = { catchup: false, adhoc: false, corrects: null };
      return { ...envelope(fact), symbol, interval, ...bar, ...rest };
    });
  }
  const isBar =
    fact.type === 'BarAppended' || fact.type === 'BarDerived' || fact.type === 'BarCorrected';
  if (!isBar) return [];
  const { symbol, interval } = fact;
  const given = fact as unknown as Row;
  const bar = Object.fromEntries(BAR.map((name) => [name, given[name]]));
  const catchup = given.catchup === true;
  const adhoc = given.adhoc === true;
  return [
    {
      ...envelope(fact),
      symbol,
      interval,
      ...bar,
      catchup,
      adhoc,
      corrects: given.corrects ?? null,
    },
  ];
}

describe('DuckDB over the exported tables', () => {
  it('reads every bar, whichever way it came into the log', async () => {
    const bars = await ask('select * from bars order by seq, opened');
    expect(bars).toEqual(run.facts.flatMap(barsIn));
    expect(new Set(bars.map(({ type }) => type))).toEqual(
      new Set(['HistoricalBarsLoaded', 'BarAppended', 'BarDerived', 'BarCorrected']),
    );
  });

  it('reads every output of every value, those that are not ready as null', async () => {
    const rows = await ask('select * from indicators order by seq');
    const bySeq = Map.groupBy(rows, ({ seq }) => seq as number);
    const updates = select(run.facts, 'IndicatorUpdated');
    expect(bySeq.size).toBe(updates.length);
    for (const { seq, at, symbol, key, value, valid } of updates) {
      const found = bySeq.get(seq)!;
      expect(found.every((row) => row.at === at && row.symbol === symbol && row.key === key)).toBe(
        true,
      );
      expect(found.every((row) => row.valid === valid)).toBe(true);
      const told =
        value === null || typeof value === 'number'
          ? found.map((row) => row.value)
          : Object.fromEntries(found.map((row) => [row.output, row.value]));
      expect(told).toEqual(
        value === null ? found.map(() => null) : typeof value === 'number' ? [value] : value,
      );
    }
  });

  it('reads every signal and every other fact', async () => {
    const signals = select(run.facts, 'SignalEmitted');
    expect(signals.length).toBeGreaterThan(10);
    expect(await ask('select * from signals')).toEqual(signals);
    const tabled = new Set(['BarAppended', 'BarDerived', 'BarCorrected', 'IndicatorUpdated']);
    const others = run.facts.filter(({ type }) => !tabled.has(type) && type !== 'SignalEmitted');
    const events = await ask('select * from events');
    expect(events.map(({ fields, symbol, ...rest }) => rest)).toEqual(others.map(envelope));
    expect(events.map(({ fields }) => JSON.parse(fields as string))).toEqual(
      others.map((fact) => {
        const { seq, at, type, by, cause, symbol, columns, ...fields } = factJson(fact) as Row;
        return fields;
      }),
    );
  });

  it('takes times for UTC, whatever the zone of its session', async () => {
    const first = select(run.facts, 'BarAppended')[0]!;
    for (const zone of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
      await duck.run(`set timezone = '${zone}'`);
      const [row] = await ask(
        "select opened, typeof(opened) as kind, epoch_ms(opened) as ms from bars where type = 'BarAppended' limit 1",
      );
      expect(row).toEqual({
        opened: first.opened,
        kind: 'TIMESTAMP WITH TIME ZONE',
        ms: first.opened,
      });
    }
  });

  it('finds the version of the schema and the run in the metadata', async () => {
    const file = `${tables}/bars.parquet`;
    const rows = await duck.runAndReadAll(
      `select decode(key) as key, decode(value) as value from parquet_kv_metadata('${file}')`,
    );
    const metadata = Object.fromEntries(
      rows.getRowObjectsJS().map(({ key, value }) => [key, value]),
    );
    expect(metadata).toMatchObject({
      'openbell.schema_version': '1',
      'openbell.table': 'bars',
      'openbell.last_seq': String(run.facts.at(-1)!.seq),
    });
  });

  it('answers the question of the documentation', async () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/log-tools.md'), 'utf8');
    const sql = /```sql\n([^`]+)```/.exec(docs)![1]!;
    const rows = await ask(
      sql.replaceAll("'tables/", `'${tables}/`).replace('sma_10_5m', 'sma_5_5m'),
    );
    const found = new Map(
      select(run.facts, 'IndicatorUpdated')
        .filter(({ key, valid }) => key === 'sma_5_5m' && valid)
        .map(({ at, symbol, value }) => [`${at} ${symbol}`, value]),
    );
    expect(rows.length).toBeGreaterThan(100);
    const wrong = rows.filter(({ at, symbol, value }) => found.get(`${at} ${symbol}`) !== value);
    // What a bar added later corrects has two values at one time.
    expect(wrong.length).toBeLessThan(10);
  });
});
