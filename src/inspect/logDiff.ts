/**
 * The first fact in which two logs differ. The hash chain tells in a few steps up to where they are the same,
 * byte for byte; from there on they are compared fact by fact, so that frames may be cut differently, segments
 * sealed or not, and some types or fields left out.
 */
import type { Fact } from '../domain/facts.ts';
import type { Block } from '../domain/frame.ts';
import type { LogReader } from '../store/eventLog.ts';
import { Alignment } from './alignment.ts';
import { FactCursor } from './factCursor.ts';
import { type FieldDifference, fieldDifferences } from './fieldDiff.ts';
import { Ignored } from './ignored.ts';

/** Two facts that stand in the same place and differ; null where a log has ended. */
export interface FactDifference {
  readonly a: Fact | null;
  readonly b: Fact | null;
  /** Fields that differ; empty if one of the two is missing. */
  readonly fields: readonly FieldDifference[];
}

export interface LogDiff {
  /** True if nothing differs but what was to be ignored. */
  readonly equal: boolean;
  /** How many facts each log has. */
  readonly facts: { readonly a: number; readonly b: number };
  /** Up to this fact the logs are the same to the byte: their chains agree. */
  readonly common: number;
  /** True if the logs are the same to the byte, frames and all. */
  readonly sameChain: boolean;
  readonly first: FactDifference | null;
  /** Where `first` is that the runs were started differently: the first difference in what happened then. */
  readonly beyond: FactDifference | null;
}

export interface DiffOptions {
  /** Types of facts (`Scan*`), fields (`strength`) and fields of a type (`SignalEmitted.reason`) to leave out. */
  readonly ignore?: readonly string[];
}

/**
 * Compares two logs. O(log facts) where they are the same, O(facts) from the first difference in bytes on.
 *
 * @throws {UsageError} if what is to be ignored does not exist
 * @throws {LogCorrupted} if what was read of one is damaged
 */
export function diffLogs(a: LogReader, b: LogReader, { ignore = [] }: DiffOptions = {}): LogDiff {
  const ignored = new Ignored(ignore);
  const facts = { a: a.position, b: b.position };
  if (facts.a === facts.b && a.chainHash() === b.chainHash()) {
    const common = facts.a;
    return { equal: true, facts, common, sameChain: true, first: null, beyond: null };
  }
  const common = commonPrefix(a, b);
  const comparison = new Comparison(a, b, { common, ignored });
  const first = comparison.next();
  const startedDifferently = first?.a?.type === 'RunStarted' && first.b?.type === 'RunStarted';
  const beyond = startedDifferently ? comparison.next() : null;
  return { equal: first === null, facts, common, sameChain: false, first, beyond };
}

/** The last link on which the chains of both logs agree: all up to there is the same. */
function commonPrefix(a: LogReader, b: LogReader): number {
  let common = 0;
  let from = 0;
  let to = Math.min(a.position, b.position);
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    const link = a.linkUpTo(middle);
    if (link === null || link.lastSeq <= common) {
      from = middle;
      continue;
    }
    const other = b.linkUpTo(link.lastSeq);
    if (other?.lastSeq === link.lastSeq && other.hash === link.hash) {
      common = link.lastSeq;
      from = middle;
    } else to = link.lastSeq - 1;
  }
  return common;
}

class Comparison {
  readonly #a: FactCursor;
  readonly #b: FactCursor;
  readonly #ignored: Ignored;
  readonly #alignment: Alignment;
  /** True if the numbers of series mean the same in both logs. */
  readonly #sameSeries: boolean;

  constructor(
    a: LogReader,
    b: LogReader,
    { common, ignored }: { common: number; ignored: Ignored },
  ) {
    this.#a = new FactCursor(a, common + 1, ignored.types);
    this.#b = new FactCursor(b, common + 1, ignored.types);
    this.#ignored = ignored;
    this.#alignment = new Alignment(common);
    this.#sameSeries = a.table.entries.every((entry, i) => {
      const other = b.table.entries[i];
      return other === undefined || JSON.stringify(entry) === JSON.stringify(other);
    });
  }

  /** The next difference; null if there is none. */
  next(): FactDifference | null {
    for (;;) {
      if (this.#skipEqualBlocks()) continue;
      const a = this.#a.fact;
      const b = this.#b.fact;
      if (a === null && b === null) return null;
      if (a === null || b === null) return { a, b, fields: [] };
      const fields = this.#compare(a, b);
      this.#alignment.pair(a.seq, b.seq);
      this.#a.next();
      this.#b.next();
      if (fields.length > 0) return { a, b, fields };
    }
  }

  /** Most facts are in blocks, and most blocks are equal: no fact of them needs to be made. */
  #skipEqualBlocks(): boolean {
    if (!this.#sameSeries || !this.#alignment.isPlain || this.#a.at !== this.#b.at) return false;
    const { block: a } = this.#a;
    const { block: b } = this.#b;
    if (a === null || b === null || a.firstSeq !== b.firstSeq || !sameBlocks(a, b)) return false;
    this.#alignment.pair(a.firstSeq, b.firstSeq, a.facts);
    this.#a.skipBlock();
    this.#b.skipBlock();
    return true;
  }

  /** What differs in two facts, but for their numbers and what is ignored. */
  #compare(a: Fact, b: Fact): FieldDifference[] {
    const isIgnored = (path: string) => path === 'seq' || this.#ignored.hasField(a.type, path);
    return fieldDifferences(a, this.#inTermsOf(a, b), isIgnored);
  }

  /** `b` with the facts that it names numbered as in the other log, where they are the same as `a` names. */
  #inTermsOf(a: Fact, b: Fact): Fact {
    if (this.#alignment.isPlain && a.seq === b.seq) return b;
    const translated = (x: unknown, y: unknown) =>
      typeof x !== 'number' || typeof y !== 'number' || x === 0 || y === 0
        ? y
        : this.#alignment.same(x, y)
          ? x
          : `${y} there`;
    const named: Record<string, unknown> = { cause: translated(a.cause, b.cause) };
    if ('corrects' in a && 'corrects' in b) named.corrects = translated(a.corrects, b.corrects);
    if ('held' in a && 'held' in b) {
      named.held = b.held.map((held, i) => ({
        ...held,
        seq: translated(a.held[i]?.seq, held.seq),
      }));
    }
    return { ...b, ...named } as Fact;
  }
}

function sameBlocks(a: Block, b: Block): boolean {
  if (a.type !== b.type || a.rows !== b.rows || a.by !== b.by) return false;
  if (a.extra !== b.extra && JSON.stringify(a.extra) !== JSON.stringify(b.extra)) return false;
  return a.columns.every((column, i) => {
    const other = b.columns[i]!;
    if (column.length !== other.length) return false;
    for (let row = 0; row < column.length; row++) {
      const x = column.data[row]!;
      const y = other.data[row]!;
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
      if (x === 0 && !Object.is(x, y)) return false;
    }
    return true;
  });
}
