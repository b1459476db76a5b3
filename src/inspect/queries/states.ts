/** States of one run at one fact after another: what was folded is folded on, not from the start. */
import { foldFrame } from '../../domain/fold.ts';
import { Block, Column, type Frame, type Section } from '../../domain/frame.ts';
import { arityOf, type SeriesTable } from '../../domain/series.ts';
import type { LogReader, StateAt } from '../../store/eventLog.ts';

/** Beyond so many facts ahead it is as quick to ask anew. */
const FOLD_ON = 50_000;
const KEPT = 3;

export class States {
  readonly #log: LogReader;
  /** The most recently used ones first. Each moves on as it is used. */
  #kept: StateAt[] = [];

  constructor(log: LogReader) {
    this.#log = log;
  }

  /** The state after fact `seq`: to be read at once, for the next question may change it. */
  at(seq: number): StateAt {
    const before = this.#kept
      .filter(({ data }) => data.seq <= seq && seq - data.seq <= FOLD_ON)
      .sort((a, b) => b.data.seq - a.data.seq)[0];
    const state = before ?? this.#log.stateAt(seq);
    if (before !== undefined && before.data.seq < seq) {
      // Should it break halfway it is spoiled.
      this.#kept = this.#kept.filter((kept) => kept !== before);
      this.#foldOn(before, seq);
    }
    this.#kept = [state, ...this.#kept.filter((kept) => kept !== state)].slice(0, KEPT);
    return state;
  }

  #foldOn({ data, tally }: StateAt, seq: number): void {
    const from = data.seq + 1;
    for (const whole of this.#log.read({ from, to: seq, reuse: true })) {
      const frame = part(whole, { from, to: seq }, this.#log.table);
      foldFrame(data, frame, this.#log.table);
      tally.add(frame);
      if (whole.firstSeq < from) tally.frames -= 1;
    }
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The facts of a frame from `from` to `to`. */
function part(frame: Frame, { from, to }: Range, table: SeriesTable): Frame {
  const last = frame.firstSeq + frame.count - 1;
  if (frame.firstSeq >= from && last <= to) return frame;
  const sections: Section[] = [];
  let first = frame.firstSeq;
  for (const section of frame.sections) {
    const facts = section.kind === 'block' ? section.facts : section.facts.length;
    const start = Math.max(0, from - first);
    const end = Math.min(facts, to - first + 1);
    if (start < end) sections.push(cut(section, { from: start, to: end }, table));
    first += facts;
  }
  const firstSeq = Math.max(from, frame.firstSeq);
  return { ...frame, firstSeq, count: Math.min(to, last) - firstSeq + 1, sections };
}

/** Facts `from` up to and without `to` of a section, counted from 0. */
function cut(section: Section, { from, to }: Range, table: SeriesTable): Section {
  if (section.kind === 'control') {
    return { kind: 'control', facts: section.facts.slice(from, to) };
  }
  if (section.type === 'HistoricalBarsLoaded') return section;
  const isValues = section.type === 'IndicatorUpdated';
  const cells = isValues ? cellsBefore(section, from, table) : 0;
  const columns = section.columns.map((column, i) => {
    // Values of several outputs take several cells; those that follow the last row do no harm.
    const ofCells = isValues && i === 3;
    const data = ofCells ? column.data.subarray(cells) : column.data.subarray(from, to);
    return new Column(data);
  });
  const block = new Block(section.type, columns);
  block.by = section.by;
  block.firstSeq = section.firstSeq + from;
  block.rows = to - from;
  block.extra = section.extra;
  return block;
}

function cellsBefore({ columns }: Block, rows: number, table: SeriesTable): number {
  let cells = 0;
  for (let row = 0; row < rows; row++) cells += arityOf(table.at(columns[0]!.data[row]!));
  return cells;
}
