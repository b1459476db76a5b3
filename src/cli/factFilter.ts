/** Some of the facts of a log: by number, type and symbol. */
import { UsageError } from '../domain/errors.ts';
import { CONTROL_FACTS, type Fact } from '../domain/facts.ts';
import { BLOCK_COLUMNS, type Frame, factsOf, type Section } from '../domain/frame.ts';
import { suggest } from '../domain/suggest.ts';
import type { LogReader } from '../store/eventLog.ts';

/** Which facts. */
export interface Wanted {
  readonly from: number;
  readonly to: number;
  /** Globs; none means all. */
  readonly types: readonly string[];
  readonly symbol?: string | undefined;
}

export class FactFilter {
  readonly #wanted: Wanted;
  readonly #types: ReadonlySet<string>;

  /** @throws {UsageError} for a glob that no type of fact matches */
  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#types = typesLike(wanted.types);
  }

  *facts(log: LogReader, start = this.#wanted.from): Generator<Fact> {
    const until = Math.min(this.#wanted.to, log.position);
    if (start > until) return;
    for (const frame of log.read({ from: start, to: until, reuse: true })) {
      yield* this.within(frame, log);
    }
  }

  /** The last so many. Reads only them where every fact is wanted, else the whole log. */
  last(log: LogReader, length: number): Fact[] {
    const { from, to, symbol } = this.#wanted;
    const all = symbol === undefined && this.#types.size === FACT_TYPES.length;
    const start = all ? Math.min(to, log.position) - length + 1 : from;
    const last: Fact[] = [];
    for (const fact of this.facts(log, Math.max(from, start))) {
      last.push(fact);
      if (last.length > length) last.shift();
    }
    return last;
  }

  *within(frame: Frame, { table }: LogReader): Generator<Fact> {
    const { from, to, symbol } = this.#wanted;
    const sections = frame.sections.filter((section) => this.#holds(section));
    for (const fact of factsOf({ ...frame, sections }, table)) {
      if (fact.seq < from) continue;
      if (fact.seq > to) return;
      if (!this.#types.has(fact.type)) continue;
      if (symbol === undefined || ('symbol' in fact && fact.symbol === symbol)) yield fact;
    }
  }

  /** Most facts are in blocks: those of other types need not even be made. */
  #holds(section: Section): boolean {
    return section.kind === 'control' || this.#types.has(section.type);
  }
}

/** Every type of fact there is. */
export const FACT_TYPES = [...Object.keys(CONTROL_FACTS), ...Object.keys(BLOCK_COLUMNS)];

function typesLike(globs: readonly string[]): ReadonlySet<string> {
  if (globs.length === 0) return new Set(FACT_TYPES);
  return new Set(globs.flatMap((glob) => typesOf(glob)));
}

function typesOf(glob: string): string[] {
  const pattern = glob
    .replaceAll(/[.+^$(){}|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const like = new RegExp(`^${pattern}$`, 'i');
  const types = FACT_TYPES.filter((type) => like.test(type));
  if (types.length > 0) return types;
  const meant = suggest(glob, FACT_TYPES);
  const remedy =
    meant === undefined ? `types are ${FACT_TYPES.join(', ')}` : `did you mean "${meant}"?`;
  throw new UsageError(`no type of fact is like "${glob}": ${remedy}`);
}
