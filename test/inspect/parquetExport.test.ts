import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/index.ts';
import { factJson } from '../../src/inspect/factJson.ts';
import { exportParquet, type ParquetOptions } from '../../src/inspect/parquetExport.ts';
import { select } from '../support.ts';
import { marketRun } from './marketRun.ts';

const run = await marketRun();
const { facts, log } = run;

type Row = Record<string, unknown>;

/** Writes the tables and reads them back, times as milliseconds, seqs as numbers. */
async function tablesOf(options: ParquetOptions = {}) {
  const folder = mkdtempSync(join(run.folder, '../parquet-'));
  const files = exportParquet(log, folder, options);
  expect(readdirSync(folder).sort()).toEqual(
    ['bars', 'events', 'indicators', 'signals'].map((name) => `${name}.parquet`),
  );
  const tables: Record<string, { rows: Row[]; metadata: Record<string, string>; groups: number }> =
    {};
  for (const { path, rows: count, bytes } of files) {
    const file = await asyncBufferFromFile(path);
    expect(file.byteLength).toBe(bytes);
    const { key_value_metadata, row_groups, schema } = await parquetMetadataAsync(file);
    const rows = (await parquetReadObjects({ file, compressors })).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(cell)])),
    );
    expect(rows).toHaveLength(count);
    const times = schema.filter(({ name }) => name === 'at' || name === 'opened');
    for (const { logical_type } of times) {
      expect(logical_type).toEqual({ type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' });
    }
    const metadata = Object.fromEntries(
      (key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
    );
    tables[/(\w+)\.parquet$/.exec(path)![1]!] = { rows, metadata, groups: row_groups.length };
  }
  return tables;
}

const plain = (cell: unknown) =>
  cell instanceof Date ? cell.getTime() : typeof cell === 'bigint' ? Number(cell) : cell;

const envelope = ({ seq, at, type, by, cause }: Fact) => ({ seq, at, type, by, cause });

describe('a Parquet export', () => {
  it('holds every bar of the log, those of history too', async () => {
    const { bars } = await tablesOf();
    const fields = ['symbol', 'interval', 'opened', 'open', 'high', 'low', 'close', 'volume'];
    const expected = facts.flatMap((fact): Row[] => {
      const given = fact as unknown as Row;
      if (fact.type === 'HistoricalBarsLoaded') {
        return fact.columns.opened!.map((_, i) => {
          const cells = Object.entries(fact.columns).map(([name, column]) => [name, column[i]]);
          const { symbol, interval } = fact;
          const flags = { catchup: false, adhoc: false, corrects: null };
          return { ...envelope(fact), symbol, interval, ...Object.fromEntries(cells), ...flags };
        });
      }
      if (!['BarAppended', 'BarDerived', 'BarCorrected'].includes(fact.type)) return [];
      return [
        {
          ...envelope(fact),
          ...Object.fromEntries(
            [...fields, 'count', 'expected'].map((name) => [name, given[name]]),
          ),
          catchup: given.catchup === true,
          adhoc: given.adhoc === true,
          corrects: given.corrects ?? null,
        },
      ];
    });
    expect(bars!.rows.length).toBeGreaterThan(4_000);
    expect(bars!.rows).toEqual(expected);
    expect(new Set(expected.map(({ type }) => type)).size).toBe(4);
  });

  it('holds every output of every value', async () => {
    const { indicators } = await tablesOf();
    const expected = select(facts, 'IndicatorUpdated').flatMap((fact) => {
      const { symbol, key, value, valid, catchup = false, corrects = null } = fact;
      const isMacd = key === 'macd_1m';
      const outputs = isMacd ? ['macd', 'signal', 'histogram'] : [null];
      return outputs.map((output) => {
        const cell = output === null ? value : ((value as Row | null)?.[output] ?? null);
        return { ...envelope(fact), symbol, key, output, value: cell, valid, catchup, corrects };
      });
    });
    expect(indicators!.rows).toEqual(expected);
    expect(expected.filter(({ corrects }) => corrects !== null).length).toBeGreaterThan(8);
  });

  it('holds every signal, and every other fact as an event', async () => {
    const { signals, events } = await tablesOf();
    expect(signals!.rows).toEqual(select(facts, 'SignalEmitted'));
    const others = facts.filter(
      ({ type }) =>
        !/^(Bar(Appended|Derived|Corrected)|IndicatorUpdated|SignalEmitted)$/.test(type),
    );
    const rows = events!.rows.map(({ fields, ...row }) => ({
      ...row,
      fields: JSON.parse(String(fields)),
    }));
    const expected = others.map((fact) => {
      const { seq, at, type, by, cause, symbol = null, columns, ...fields } = factJson(fact);
      expect(columns === undefined).toBe(type !== 'HistoricalBarsLoaded');
      return { seq, at: Date.parse(at), type, by, cause, symbol, fields };
    });
    expect(rows).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it('has every fact in one place', async () => {
    const tables = await tablesOf();
    const seqs = Object.values(tables).flatMap(({ rows }) => rows.map(({ seq }) => seq as number));
    expect([...new Set(seqs)].sort((a, b) => a - b)).toEqual(facts.map(({ seq }) => seq));
  });

  it('is the same in small row groups, and says what it is', async () => {
    const [whole, parts] = [await tablesOf(), await tablesOf({ groupRows: 500 })];
    for (const [name, table] of Object.entries(parts)) {
      expect(table.rows).toEqual(whole[name]!.rows);
      expect(table.groups).toBe(Math.ceil(table.rows.length / 500));
      expect(table.metadata).toEqual({
        'openbell.schema_version': '1',
        'openbell.table': name,
        'openbell.last_seq': String(facts.length),
      });
    }
  });

  it('ends where it is told to', async () => {
    const tables = await tablesOf({ to: 3_000, metadata: { run: 'mine' } });
    const seqs = Object.values(tables).flatMap(({ rows }) => rows.map(({ seq }) => seq as number));
    expect(Math.max(...seqs)).toBe(3_000);
    expect(new Set(seqs).size).toBe(3_000);
    expect(tables.bars!.metadata).toMatchObject({
      'openbell.run': 'mine',
      'openbell.last_seq': '3000',
    });
    const none = await tablesOf({ to: 0 });
    expect(Object.values(none).map(({ rows }) => rows)).toEqual([[], [], [], []]);
  });
});
