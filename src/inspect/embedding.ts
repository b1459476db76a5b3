/** A run as one text, to be put into a page: its frames and what else the inspector's questions are about. */

import type { ControlFact } from '../domain/facts.ts';
import { Block, type BlockType, Column, type Frame, type Section } from '../domain/frame.ts';
import type { SeriesEntry } from '../domain/series.ts';
import type { LogReader } from '../store/eventLog.ts';
import type { Damage } from './protocol/basics.ts';
import type { Notes } from './protocol/live.ts';
import type { RunStatus } from './protocol/run.ts';

export interface EmbeddedRun {
  readonly folder: string;
  readonly path: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly status: RunStatus;
  readonly bytes: number;
  readonly chainHash: string;
  readonly calendar: string;
  readonly damage: Damage | null;
  readonly system: Readonly<Record<string, string>>;
  readonly notes: Notes;
  readonly frames: readonly EmbeddedFrame[];
}

interface EmbeddedFrame {
  readonly at: number;
  readonly first: number;
  readonly count: number;
  readonly series: readonly SeriesEntry[];
  readonly sections: readonly EmbeddedSection[];
}

/** Control facts, or a block; NaN is null. */
type EmbeddedSection =
  | readonly ControlFact[]
  | {
      readonly type: BlockType;
      readonly by: string;
      readonly first: number;
      readonly rows: number;
      readonly extra: Readonly<Record<string, unknown>> | null;
      readonly columns: readonly (readonly (number | null)[])[];
    };

export function embeddedFrames(log: LogReader): EmbeddedFrame[] {
  return Array.from(log.read({ reuse: true }), ({ at, firstSeq, count, series, sections }) => ({
    at,
    first: firstSeq,
    count,
    series: [...series],
    sections: sections.map(embedded),
  }));
}

function embedded(section: Section): EmbeddedSection {
  if (section.kind === 'control') return section.facts;
  const { type, by, firstSeq, rows, extra, columns } = section;
  return {
    type,
    by,
    first: firstSeq,
    rows,
    extra,
    columns: columns.map(({ data, length }) =>
      Array.from(data.subarray(0, length), (cell) => (Number.isNaN(cell) ? null : cell)),
    ),
  };
}

export function framesOf(frames: readonly EmbeddedFrame[]): Frame[] {
  return frames.map(({ at, first, count, series, sections }) => ({
    at,
    firstSeq: first,
    count,
    series,
    sections: sections.map(sectionOf),
  }));
}

function sectionOf(section: EmbeddedSection): Section {
  if (Array.isArray(section)) return { kind: 'control', facts: section as ControlFact[] };
  const { type, by, first, rows, extra, columns } = section as Exclude<
    EmbeddedSection,
    readonly ControlFact[]
  >;
  const cells = columns.map((column) => {
    return new Column(Float64Array.from(column, (cell) => cell ?? Number.NaN));
  });
  const block = new Block(type, cells);
  block.by = by;
  block.firstSeq = first;
  block.rows = rows;
  block.extra = extra;
  return block;
}
