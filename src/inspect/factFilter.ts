/**
 * Some of the facts of a log: by number, time, type, symbol, actor and what their fields hold.
 *
 * Frames that hold nothing of the types wanted are not decoded, and of the others no fact is made that symbol
 * or actor rule out. Memory is that of one frame, whatever the log holds.
 */
import type { Fact, FactOf, FactType } from '../domain/facts.ts';
import { type Frame, factsOf, type Section } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';
import { type Condition, holds } from './condition.ts';
import { FACT_TYPES, typesLike } from './factTypes.ts';
import { Globs } from './globs.ts';

/** Which facts; what is left out does not narrow them down. Patterns are globs, negated by a leading `!`. */
export interface FactQuery {
  /** First seq. */
  readonly from?: number;
  /** Last seq. */
  readonly to?: number;
  /** Last market time. */
  readonly until?: MarketTime;
  readonly types?: readonly string[];
  readonly symbols?: readonly string[];
  readonly by?: readonly string[];
  /** All of them hold. */
  readonly where?: readonly Condition[];
  readonly test?: (fact: Fact) => boolean;
}

/** How many facts back a search for the last ones looks first, and how much further each time. */
const BACK_FIRST = 256;
const BACK_FACTOR = 4;

export class FactFilter {
  readonly #from: number;
  readonly #to: number;
  readonly #until: MarketTime;
  readonly #types: ReadonlySet<FactType>;
  readonly #symbols: Globs;
  readonly #by: Globs;
  readonly #where: readonly Condition[];
  readonly #test: ((fact: Fact) => boolean) | undefined;
  /** Which series are of symbols that are wanted, as far as it was asked. */
  #series: { of: SeriesTable | null; wanted: boolean[] } = { of: null, wanted: [] };

  /** @throws {UsageError} for a type that no type of fact is like */
  constructor(wanted: FactQuery) {
    const { from = 1, to, until, types = [], symbols = [], by = [], where = [] } = wanted;
    this.#test = wanted.test;
    this.#from = Math.max(1, from);
    this.#to = to ?? Number.POSITIVE_INFINITY;
    this.#until = until ?? Number.POSITIVE_INFINITY;
    this.#types = typesLike(types);
    this.#symbols = new Globs(symbols);
    this.#by = new Globs(by);
    this.#where = where;
  }

  get types(): ReadonlySet<FactType> {
    return this.#types;
  }

  /** In the order of the log; of a part of it, if one is given. */
  *facts(log: LogReader, { from, to }: { from?: number; to?: number } = {}): Generator<Fact> {
    const last = Math.min(to ?? this.#to, this.#to, log.position);
    const first = Math.max(from ?? this.#from, this.#from);
    if (first > last) return;
    const all = this.#types.size === FACT_TYPES.length;
    const types = all ? undefined : this.#types;
    for (const frame of log.read({ from: first, to: last, reuse: true, types })) {
      if (this.endsBefore(frame)) return;
      for (const fact of this.within(frame, log)) {
        if (fact.seq > last) return;
        if (fact.seq >= first) yield fact;
      }
    }
  }

  /** The last so many, in the order of the log. Reads from the end as far back as it takes. */
  last(log: LogReader, length: number): Fact[] {
    let found: Fact[] = [];
    let span = BACK_FIRST;
    for (let to = Math.min(this.#to, log.position); to >= this.#from && found.length < length; ) {
      const from = Math.max(this.#from, to - span + 1);
      found = [...this.#lastOf(log, { from, to }, length - found.length), ...found];
      to = from - 1;
      span *= BACK_FACTOR;
    }
    return found;
  }

  #lastOf(log: LogReader, part: { from: number; to: number }, length: number): Fact[] {
    let last: Fact[] = [];
    for (const fact of this.facts(log, part)) {
      last.push(fact);
      if (last.length >= 2 * length + 64) last = last.slice(-length);
    }
    return last.slice(-length);
  }

  /** True if neither this frame nor a later one holds any. */
  endsBefore({ firstSeq, at }: Frame): boolean {
    return firstSeq > this.#to || at > this.#until;
  }

  /** Those in one frame. */
  *within(frame: Frame, { table }: LogReader): Generator<Fact> {
    if (this.endsBefore(frame)) return;
    const sections = frame.sections.filter((section) => this.#mayHold(section));
    const wanted = this.#symbols.isEmpty
      ? undefined
      : (series: number) => this.#wantsSeries(series, table);
    for (const fact of factsOf({ at: frame.at, sections }, table, wanted)) {
      if (fact.seq < this.#from) continue;
      if (fact.seq > this.#to) return;
      if (this.#wants(fact)) yield fact;
    }
  }

  /** True if the fact is one of them. */
  takes(fact: Fact): boolean {
    const { seq, at } = fact;
    return seq >= this.#from && seq <= this.#to && at <= this.#until && this.#wants(fact);
  }

  /** Most facts are in blocks: those of other types and actors need not even be made. */
  #mayHold(section: Section): boolean {
    if (section.kind === 'control') return true;
    return this.#types.has(section.type) && this.#by.matches(section.by);
  }

  #wantsSeries(series: number, table: SeriesTable): boolean {
    if (this.#series.of !== table) this.#series = { of: table, wanted: [] };
    const { wanted } = this.#series;
    wanted[series] ??= this.#symbols.matches(table.at(series).symbol);
    return wanted[series];
  }

  #wants(fact: Fact): boolean {
    if (!this.#types.has(fact.type) || !this.#by.matches(fact.by)) return false;
    const hasSymbol = 'symbol' in fact;
    if (hasSymbol ? !this.#symbols.matches(fact.symbol) : !this.#symbols.takesNameless) {
      return false;
    }
    return this.#where.every((condition) => holds(condition, fact)) && this.#test?.(fact) !== false;
  }
}

/** The last fact of a type, of one symbol if given, with a seq up to `to`. */
export function lastOf<T extends FactType>(
  log: LogReader,
  type: T,
  { to, symbol }: { to: number; symbol?: string },
): FactOf<T> | undefined {
  const symbols = symbol === undefined ? [] : [symbol];
  const [fact] = new FactFilter({ to, types: [type], symbols }).last(log, 1);
  return fact as FactOf<T> | undefined;
}

/** The fact with that number. Decodes one frame. @throws {RangeError} if the log does not hold it */
export function factAt(log: LogReader, seq: number): Fact {
  for (const fact of new FactFilter({ from: seq, to: seq }).facts(log)) return fact;
  throw new RangeError(`the log has no fact ${seq}`);
}
