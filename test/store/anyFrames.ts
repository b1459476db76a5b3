/** Frames of every shape that a log must take, for property tests. */
import fc from 'fast-check';
import { BLOCK_COLUMNS, Block, type BlockType, type Frame } from '../../src/domain/frame.ts';
import { type SeriesEntry, SeriesTable } from '../../src/domain/series.ts';
import { frameOf } from './sampleFrames.ts';

type Section = Block | Record<string, unknown>[];

/** Objects as JSON makes them. */
const plain = { noNullPrototype: true };

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

/** Doubles that are prices, whole numbers, and anything else that fits into 64 bits. */
const anyDouble = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }).map((cents) => cents / 100),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, 1e-8, 0.1 + 0.2, 2 ** 53, -(2 ** 51), 2 ** 32, 5e-324),
);

/** Columns that each codec likes, and columns that none does. */
export function anyColumn(length: number): fc.Arbitrary<number[]> {
  const whole = fc.integer({ min: -1000, max: 1000 });
  const grid = fc.tuple(whole, whole, whole, fc.integer({ min: 1, max: 9 }));
  const column = (value: fc.Arbitrary<number>) =>
    fc.array(value, { minLength: length, maxLength: length });
  const spread = fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 2 ** 32 }), fc.nat(8));
  return fc.oneof(
    column(anyDouble),
    anyDouble.map((value) => Array(length).fill(value)),
    grid.map(([start, step, rise, run]) =>
      Array.from({ length }, (_, i) => start + step * (i % run) + rise * Math.floor(i / run)),
    ),
    spread.chain(([base, span, scale]) =>
      column(fc.integer({ min: 0, max: span }).map((u) => ((base >> 8) + u) / 10 ** scale)),
    ),
    fc.tuple(column(fc.maxSafeInteger()), fc.nat(length)).map(([values, at]) => {
      return values.map((value, i) => (i === at ? Number.NaN : value));
    }),
  );
}

function anyBlock(
  type: BlockType,
  ids: readonly number[],
  table: SeriesTable,
): fc.Arbitrary<Block> {
  const rows = fc.integer({ min: type === 'HistoricalBarsLoaded' ? 0 : 1, max: 12 });
  const extra = fc.option(fc.record({ catchup: fc.boolean(), note: text }, plain));
  return fc.tuple(rows, name, extra).chain(([length, by, fields]) => {
    const series = fc.array(fc.constantFrom(...ids), { minLength: length, maxLength: length });
    return series.chain((own) => {
      const cells = own.reduce((sum, id) => sum + Math.max(1, outputsOf(table, id)), 0);
      const columns = BLOCK_COLUMNS[type].map((column) => {
        if (column === 'series') return fc.constant(own);
        return anyColumn(column === 'values' ? cells : length);
      });
      return fc.tuple(...columns).map((values) => {
        const block = new Block(type, 1);
        block.by = by;
        block.rows = length;
        block.extra = fields;
        values.forEach((column, i) => {
          for (const value of column) block.columns[i]!.push(value);
        });
        return block;
      });
    });
  });
}

function outputsOf(table: SeriesTable, id: number): number {
  return table.at(id).outputs?.length ?? 0;
}

const anyFact = fc.oneof(
  fc.record(
    {
      type: fc.constant('SymbolRefused'),
      by: name,
      cause: fc.option(fc.integer({ min: 1 })),
      symbol: name,
      reason: text,
    },
    plain,
  ),
  fc.record(
    {
      type: fc.constant('SignalEmitted'),
      by: name,
      cause: fc.option(fc.integer({ min: 1 })),
      strength: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0 || 0),
      reason: fc.string({ unit: 'binary', maxLength: 200 }),
    },
    plain,
  ),
  fc.record(
    {
      type: fc.constant('PhaseEntered'),
      by: name,
      cause: fc.constant(null),
      phase: fc.nat(),
      detail: fc.dictionary(name, fc.array(text, { maxLength: 3 }), { maxKeys: 3, ...plain }),
    },
    plain,
  ),
);

/** Consecutive frames over one series table, which comes into being on the way. */
export function anyFrames(): fc.Arbitrary<{ frames: Frame[]; table: SeriesTable }> {
  const entry: fc.Arbitrary<SeriesEntry> = fc.oneof(
    fc.record({ symbol: name, name }, plain),
    fc.record({ symbol: name, name, outputs: fc.array(name, { maxLength: 3 }) }, plain),
  );
  return fc.array(entry, { minLength: 2, maxLength: 6 }).chain((entries) => {
    const table = new SeriesTable();
    for (const one of entries) table.add(one);
    const ids = entries.map((_, i) => i);
    const bars = ids.filter((id) => table.at(id).outputs === undefined);
    const values = ids.filter((id) => table.at(id).outputs !== undefined);
    const section: fc.Arbitrary<Section> = fc.oneof(
      fc.array(anyFact, { minLength: 1, maxLength: 4 }),
      anyBlock('HistoricalBarsLoaded', ids, table),
      ...(bars.length > 0 ? [anyBlock('BarAppended', bars, table)] : []),
      ...(bars.length > 0 ? [anyBlock('BarDerived', bars, table)] : []),
      ...(values.length > 0 ? [anyBlock('IndicatorUpdated', values, table)] : []),
    );
    const sections = fc.array(section, { minLength: 1, maxLength: 4 });
    const steps = fc.array(fc.tuple(sections, fc.nat(100_000)), { minLength: 1, maxLength: 5 });
    return steps.map((given) => ({ frames: placed(given, entries), table }));
  });
}

function placed(steps: readonly [Section[], number][], entries: readonly SeriesEntry[]): Frame[] {
  let firstSeq = 1;
  let at = 1_704_205_800_000;
  return steps.map(([sections, pause], i) => {
    at += pause;
    const frame = frameOf({ firstSeq, at }, sections, i === 0 ? entries : []);
    firstSeq += frame.count;
    return frame;
  });
}
