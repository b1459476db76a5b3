/** The state of a run at any of its facts: the fold of its log up to there. */
import { InvariantViolated } from '../domain/errors.ts';
import type { Fields } from '../domain/facts.ts';
import { foldFrame } from '../domain/fold.ts';
import { Block, type Frame, type Section } from '../domain/frame.ts';
import { SessionData } from '../domain/sessionData.ts';
import { Tally } from '../domain/tally.ts';
import type { LogReader } from '../store/eventLog.ts';

export interface RunState {
  readonly data: SessionData;
  /** Of the same facts. */
  readonly tally: Tally;
}

/**
 * Folds facts 1 to `seq`, by default all. O(facts folded).
 *
 * @throws {InvariantViolated} if the log's facts do not follow each other
 */
export function stateAt(log: LogReader, seq: number = log.position): RunState {
  const data = new SessionData();
  const tally = new Tally();
  for (const whole of log.read({ to: seq, reuse: true })) {
    const frame = lastSeqOf(whole) <= seq ? whole : cut(whole, seq);
    try {
      foldFrame(data, frame, log.table);
      tally.add(frame);
    } catch (error) {
      throw asInvariant(error, data.seq);
    }
  }
  return { data, tally };
}

/** What a fact without its fields makes the fold stumble over is told as what it is. */
function asInvariant(error: unknown, seq: number): unknown {
  if (error instanceof InvariantViolated || !(error instanceof Error)) return error;
  const violated = new InvariantViolated(seq, `it cannot be folded, ${error.message}`);
  violated.cause = error;
  return violated;
}

/** The run's first fact; `null` for a log without any. */
export function startOf(log: LogReader): Fields<'RunStarted'> | null {
  for (const { sections } of log.read({ to: 1 })) {
    const first = sections[0];
    const fact = first?.kind === 'control' ? first.facts[0] : undefined;
    if (fact?.type === 'RunStarted') return fact;
  }
  return null;
}

function lastSeqOf({ firstSeq, count }: Frame): number {
  return firstSeq + count - 1;
}

/** The facts of `frame` up to `seq`. */
function cut(frame: Frame, seq: number): Frame {
  const sections: Section[] = [];
  let left = seq - frame.firstSeq + 1;
  for (const section of frame.sections) {
    if (left <= 0) break;
    const facts = section.kind === 'block' ? section.facts : section.facts.length;
    sections.push(facts <= left ? section : beginning(section, left));
    left -= facts;
  }
  return { ...frame, count: seq - frame.firstSeq + 1, sections };
}

function beginning(section: Section, facts: number): Section {
  if (section.kind === 'control') return { kind: 'control', facts: section.facts.slice(0, facts) };
  const block = new Block(section.type, section.columns);
  block.by = section.by;
  block.firstSeq = section.firstSeq;
  block.rows = facts;
  block.extra = section.extra;
  return block;
}
