/** Frames to fill logs with: the same ones for the same numbers, each with blocks of its own. */
import type { ControlFact } from '../../src/domain/facts.ts';
import {
  Block,
  type BlockType,
  type Frame,
  factsOf,
  type Section,
} from '../../src/domain/frame.ts';
import { type SeriesEntry, SeriesTable } from '../../src/domain/series.ts';

/** 2024-01-02 09:30 in New York. */
export const OPEN = 1_704_205_800_000;
const MINUTE = 60_000;

export const SYMBOLS = ['AAPL', 'BRK.B', 'ZÜRN'];

/** Numbered as in `SERIES`: per symbol 1m, 5m, sma, bbands. */
export const SERIES: readonly SeriesEntry[] = SYMBOLS.flatMap((symbol) => [
  { symbol, name: '1m' },
  { symbol, name: '5m' },
  { symbol, name: 'sma_3_1m', outputs: [] },
  { symbol, name: 'bbands_3_1m', outputs: ['upper', 'lower'] },
]);

export function sampleTable(): SeriesTable {
  const table = new SeriesTable();
  for (const entry of SERIES) table.add(entry);
  return table;
}

/** A block of the given rows; the last cell of an indicator row may be a list. */
export function blockOf(
  type: BlockType,
  by: string,
  rows: readonly (readonly (number | readonly number[])[])[],
): Block {
  const block = new Block(type, 1);
  block.by = by;
  for (const row of rows) {
    row.forEach((cell, i) => {
      for (const value of [cell].flat() as number[]) block.columns[i]!.push(value);
    });
    block.rows += 1;
  }
  return block;
}

/** Gives sections their seqs, and makes them a frame. */
export function frameOf(
  place: { firstSeq: number; at: number },
  sections: readonly (Block | Record<string, unknown>[])[],
  series: readonly SeriesEntry[] = [],
): Frame {
  const { firstSeq, at } = place;
  let seq = firstSeq;
  const placed = sections.map((section): Section => {
    if (section instanceof Block) {
      section.firstSeq = seq;
      seq += section.facts;
      return section;
    }
    const facts = section.map(
      (fields) => ({ seq: seq++, at, ...fields }) as unknown as ControlFact,
    );
    return { kind: 'control', facts };
  });
  return { at, firstSeq, count: seq - firstSeq, sections: placed, series };
}

/** The first frame enters a phase and brings history; then one a minute, of ever the same kinds of facts. */
export function* sampleFrames(frames = Number.POSITIVE_INFINITY): Generator<Frame> {
  let firstSeq = 1;
  for (let i = 0; i < frames; i++) {
    const frame = i === 0 ? firstFrame() : minuteFrame(i, firstSeq);
    firstSeq += frame.count;
    yield frame;
  }
}

function firstFrame(): Frame {
  const bars = blockOf('HistoricalBarsLoaded', 'session/loading', [
    [OPEN - 86_400_000, 99.5, 101.25, 99, 100, 12_000, 1, 1],
    [OPEN - 86_340_000, 100, 100.75, 99.75, 100.5, 8_000, 1, 1],
  ]);
  bars.extra = {
    cause: 1,
    symbol: 'AAPL',
    interval: '1m',
    days: [{ date: '2024-01-01', bars: 2 }],
  };
  const entered = {
    type: 'PhaseEntered',
    by: 'session',
    cause: null,
    phase: 2,
    name: 'initializing',
  };
  return frameOf({ firstSeq: 1, at: OPEN }, [[{ ...entered, date: '2024-01-02' }], bars], SERIES);
}

function minuteFrame(minute: number, firstSeq: number): Frame {
  const opened = OPEN + (minute - 1) * MINUTE;
  const price = (s: number, k: number) =>
    Math.round(10_000 + 2500 * s + 700 * wave(minute, k)) / 100;
  const bars = SYMBOLS.map((_, s) => {
    const [open, close] = [price(s, 1), price(s, 2)];
    const [high, low] = [Math.max(open, close) + 0.5, Math.min(open, close) - 0.25];
    return [s * 4, 0, opened, open, high, low, close, 100 + 10 * s + (minute % 7), 1, 1];
  });
  const values = SYMBOLS.flatMap((_, s) => [
    [s * 4 + 2, firstSeq + s, 1, price(s, 2) / 3],
    [s * 4 + 3, firstSeq + s, 0, [price(s, 2) * 1.1, Number.NaN]],
  ]);
  const sections: (Block | Record<string, unknown>[])[] = [
    blockOf('BarAppended', 'session/feed', bars),
    blockOf('IndicatorUpdated', 'session/processor', values),
  ];
  if (minute % 5 === 0) {
    const derived = SYMBOLS.map((_, s) => {
      const [, , , open, high, low, close] = bars[s]!;
      return [s * 4 + 1, firstSeq + s, opened - 4 * MINUTE, open!, high!, low!, close!, 550, 5, 5];
    });
    sections.splice(1, 0, blockOf('BarDerived', 'session/processor', derived));
  }
  if (minute % 50 === 0) {
    const reason = `no data on day ${minute / 50}: „späť“`;
    sections.push([
      { type: 'SymbolRefused', by: 'session/loading', cause: firstSeq, symbol: 'X', reason },
    ]);
  }
  return frameOf({ firstSeq, at: opened + MINUTE }, sections);
}

/** Between -1 and 1, without regularity that a codec could find. */
function wave(i: number, k: number): number {
  const x = Math.imul(i * 2 + k, 2_654_435_761) >>> 0;
  return x / 2 ** 31 - 1;
}

/** Everything a frame says, -0 and NaN apart from 0 and null. */
export function contentOf(frame: Frame, table: SeriesTable) {
  const { at, firstSeq, count, series } = frame;
  const blocks = frame.sections
    .filter((section) => section instanceof Block && section.facts > 0)
    .map((section) => {
      const { type, by, rows, extra, columns, firstSeq: first } = section as Block;
      const cells = columns.map(({ data, length }) => Array.from(data.subarray(0, length)));
      return { type, by, rows, extra, first, cells };
    });
  return { at, firstSeq, count, series: [...series], blocks, facts: [...factsOf(frame, table)] };
}
