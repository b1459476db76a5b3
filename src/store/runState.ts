/** The state of a run after one of its facts, as it is folded from the log: what can be gone on from. */
import { foldFrame } from '../domain/fold.ts';
import { Block, type Frame, type Section } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import { SessionData } from '../domain/sessionData.ts';
import { Tally } from '../domain/tally.ts';

export class RunState {
  readonly data: SessionData;
  /** Of the same facts. */
  readonly tally: Tally;
  /** Seqs of the snapshots that hold days of history, by `dayKey`. */
  readonly places: Map<string, number>;

  constructor(
    data: SessionData = new SessionData(),
    tally: Tally = new Tally(),
    places: Map<string, number> = new Map(),
  ) {
    this.data = data;
    this.tally = tally;
    this.places = places;
  }

  /** Goes on over the facts of `frame` up to `to`. @throws {InvariantViolated} if they do not follow */
  fold(frame: Frame, table: SeriesTable, to: number): void {
    const whole = frame.firstSeq + frame.count - 1 <= to;
    const wanted = whole ? frame : beginningOf(frame, to);
    foldFrame(this.data, wanted, table);
    this.tally.add(wanted);
  }
}

/** The facts of `frame` up to `seq`. */
function beginningOf(frame: Frame, seq: number): Frame {
  const sections: Section[] = [];
  let left = seq - frame.firstSeq + 1;
  for (const section of frame.sections) {
    if (left <= 0) break;
    const facts = section.kind === 'block' ? section.facts : section.facts.length;
    sections.push(facts <= left ? section : beginningOfSection(section, left));
    left -= facts;
  }
  return { ...frame, count: seq - frame.firstSeq + 1, sections };
}

function beginningOfSection(section: Section, facts: number): Section {
  if (section.kind === 'control') return { kind: 'control', facts: section.facts.slice(0, facts) };
  const block = new Block(section.type, section.columns);
  block.by = section.by;
  block.firstSeq = section.firstSeq;
  block.rows = facts;
  block.extra = section.extra;
  return block;
}
