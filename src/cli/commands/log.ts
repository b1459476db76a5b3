/** `openbell log`: the facts of a run, one a line. */
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { CONTROL_FACTS, type Fact } from '../../domain/facts.ts';
import { BLOCK_COLUMNS, type Frame, factsOf, type Section } from '../../domain/frame.ts';
import { suggest } from '../../domain/suggest.ts';
import { factJson } from '../../inspect/factJson.ts';
import type { LogReader } from '../../store/eventLog.ts';
import { behindList, countFrom1 } from '../arguments.ts';
import { FactLines } from '../factText.ts';
import { openRun } from '../openRun.ts';
import { Output } from '../output.ts';

interface Options {
  readonly json?: true;
  readonly type?: readonly string[];
  readonly symbol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly tail?: true;
}

/** How many facts `--tail` begins with, unless `--limit` says it. */
const TAIL_LENGTH = 10;

export function define(command: Command): void {
  command
    .usage('<run> [options]')
    .argument('[run]', 'folder of the run')
    .option('--json', 'one JSON object a line, times in UTC')
    .option('--type <glob...>', 'only facts of these types, such as "Bar*"')
    .option('--symbol <symbol>', 'only facts of this symbol')
    .option('--from <seq>', 'first fact, by number', countFrom1)
    .option('--to <seq>', 'last fact, by number', countFrom1)
    .option('--limit <n>', 'at most so many facts', countFrom1)
    .option('--tail', `the last facts (${TAIL_LENGTH}, or --limit), then more as the run goes on`)
    .action(printLog);
}

async function printLog(given: string | undefined, options: Options): Promise<void> {
  const missing = 'log needs the folder of a run, such as runs/demo-1';
  const { argument, list } = behindList(given, options.type ?? [], missing);
  const { from = 1, to = Number.POSITIVE_INFINITY } = options;
  if (from > to) throw new UsageError(`--from ${from} is after --to ${to}: swap the two`);
  const filter = new FactFilter({ from, to, types: list, symbol: options.symbol?.toUpperCase() });
  await using run = await openRun(argument);
  const { log, calendar, cutOff } = run;
  const lines = new FactLines(calendar.zone, log.position);
  const lineOf = options.json
    ? (fact: Fact) => JSON.stringify(factJson(fact))
    : (fact: Fact) => lines.line(fact);
  const output = new Output();
  if (options.tail) {
    const length = options.limit ?? TAIL_LENGTH;
    await follow({ log, filter, output, lineOf, length, ended: cutOff });
    return;
  }
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for (const fact of filter.facts(log)) {
    output.add(`${lineOf(fact)}\n`);
    if (output.full) await output.flush();
    left -= 1;
    if (left === 0) break;
  }
  await output.flush();
}

interface Following {
  readonly log: LogReader;
  readonly filter: FactFilter;
  readonly output: Output;
  readonly length: number;
  /** Nothing can follow. */
  readonly ended: boolean;
  lineOf(fact: Fact): string;
}

/** Prints the last facts, then every new one, until the run has ended or Ctrl-C. */
async function follow({ log, filter, output, lineOf, length, ended }: Following): Promise<void> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    process.exitCode = 130;
    interrupted.abort();
  });
  const known = log.position;
  for (const fact of filter.last(log, length)) output.add(`${lineOf(fact)}\n`);
  await output.flush();
  if (ended) return;
  for await (const frame of log.tail({ from: known + 1, signal: interrupted.signal })) {
    for (const fact of filter.within(frame, log)) {
      if (fact.seq > known) output.add(`${lineOf(fact)}\n`);
    }
    await output.flush();
  }
}

interface Wanted {
  readonly from: number;
  readonly to: number;
  /** Globs; none means all. */
  readonly types: readonly string[];
  readonly symbol: string | undefined;
}

class FactFilter {
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

const FACT_TYPES = [...Object.keys(CONTROL_FACTS), ...Object.keys(BLOCK_COLUMNS)];

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
