/** `openbell log`: the facts of a run, one a line. */
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import type { Fact } from '../../domain/facts.ts';
import { factJson } from '../../inspect/factJson.ts';
import type { LogReader } from '../../store/eventLog.ts';
import { behindList, countFrom1 } from '../arguments.ts';
import { FactFilter } from '../factFilter.ts';
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
