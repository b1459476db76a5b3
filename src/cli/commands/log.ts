/** `openbell log`: the facts of a run, one a line. */
import type { Command } from 'commander';
import type { Fact } from '../../domain/facts.ts';
import type { SeriesTable } from '../../domain/series.ts';
import { suggest } from '../../domain/suggest.ts';
import { conditionOf } from '../../inspect/condition.ts';
import { FactFilter } from '../../inspect/factFilter.ts';
import { factJson } from '../../inspect/factJson.ts';
import { FactLines } from '../../inspect/factText.ts';
import { typesLike } from '../../inspect/factTypes.ts';
import { Globs } from '../../inspect/globs.ts';
import { stretchOf } from '../../inspect/position.ts';
import { behindList, countFrom1, gathered } from '../arguments.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { Output, say } from '../output.ts';

interface Options {
  readonly json?: true;
  readonly type?: readonly string[];
  readonly symbol?: readonly string[];
  readonly by?: readonly string[];
  readonly where?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly tail?: true;
}

/** How often `--tail` looks whether the writer lives, host time. */
const WRITER_LOOK_MS = 500;
/** How many facts `--tail` begins with, unless `--limit` says it. */
const TAIL_LENGTH = 10;

export function define(command: Command): void {
  command
    .usage('<run> [options]')
    .argument('[run]', 'folder of the run')
    .option('--json', 'one JSON object a line, times in UTC')
    .option(
      '--type <glob...>',
      'only facts of these types, such as "Bar*"; "!BarDerived": not these',
    )
    .option(
      '--symbol <glob>',
      'only facts of this symbol, or not of "!AAPL"; can be repeated',
      gathered,
    )
    .option(
      '--by <glob>',
      'only facts of this actor, such as "session/strategy/*"; "!…": not',
      gathered,
    )
    .option('--where <condition>', 'only facts whose fields are so: "close > 250"', gathered)
    .option('--from <place>', 'first fact: a seq, an ISO time, or HH:MM[:SS] of the last session')
    .option('--to <place>', 'last fact, by the same')
    .option('--limit <n>', 'at most so many facts', countFrom1)
    .option('--tail', `the last facts (${TAIL_LENGTH}, or --limit), then more as the run goes on`)
    .addHelpText('after', EXAMPLES)
    .action(printLog);
}

const EXAMPLES = `
A condition is a field, one of = != < <= > >= ~ !~ and a value; ~ means "holds the text". Dots lead into a field.
  --type IndicatorUpdated --where "key = macd_5m" --where "value.macd > 0"
  --type SignalEmitted --where "reason ~ above" --from 10:00 --to 10:30
  --type "Bar*" "!BarDerived" --where "opened >= 2024-01-02T15:00" --where "volume > 1e6"
`;

async function printLog(given: string | undefined, options: Options): Promise<void> {
  const missing = 'log needs the folder of a run, such as runs/demo-1';
  const { argument, list } = behindList(given, options.type ?? [], missing);
  const types = typesLike(list);
  await using run = await openRun(argument);
  const { log, calendar } = run;
  const filter = filterOf(run, types, options);
  const lines = new FactLines(calendar.zone, log.position);
  const lineOf = options.json
    ? (fact: Fact) => JSON.stringify(factJson(fact))
    : (fact: Fact) => lines.line(fact);
  const output = new Output();
  if (options.tail) {
    const length = options.limit ?? TAIL_LENGTH;
    await follow({ run, filter, output, lineOf, length });
    return;
  }
  let printed = 0;
  for (const fact of filter.facts(log)) {
    output.add(`${lineOf(fact)}\n`);
    if (output.full) await output.flush();
    printed += 1;
    if (printed === options.limit) break;
  }
  await output.flush();
  if (printed === 0) say(nothingNote(log.table, options));
}

/** For who misspelled what to look for. */
function nothingNote(table: SeriesTable, { symbol: symbols = [] }: Options): string {
  const known = [...new Set(table.entries.map(({ symbol }) => symbol))].sort();
  const named = symbols.filter((glob) => !glob.startsWith('!'));
  const missing = named.filter(
    (glob) => !known.some((symbol) => new Globs([glob]).matches(symbol)),
  );
  if (missing.length === 0) return 'no fact of the run is like that';
  const suggestion = suggest(missing[0]!, known);
  const hint = suggestion === undefined ? '' : `, did you mean "${suggestion}"?`;
  return `no fact of the run is like that: it has no bars of a symbol "${missing[0]}"${hint}`;
}

function filterOf({ log, calendar }: RecordedRun, types: Types, options: Options): FactFilter {
  const { symbol: symbols = [], by = [], where = [] } = options;
  return new FactFilter({
    ...stretchOf(log, options, calendar),
    types: [...types],
    symbols,
    by,
    where: where.map((text) => conditionOf(text, types, calendar.zone)),
  });
}

type Types = ReturnType<typeof typesLike>;

interface Following {
  readonly run: RecordedRun;
  readonly filter: FactFilter;
  readonly output: Output;
  readonly length: number;
  lineOf(fact: Fact): string;
}

/** Prints the last facts, then every new one, until the run has ended or Ctrl-C. */
async function follow({ run, filter, output, lineOf, length }: Following): Promise<void> {
  const { log } = run;
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    process.exitCode = 130;
    interrupted.abort();
  });
  let known = log.position;
  for (const fact of filter.last(log, length)) output.add(`${lineOf(fact)}\n`);
  await output.flush();
  if (run.cutOff) return;
  const orphaned = new AbortController();
  const watch = setInterval(() => run.isCutOffNow() && orphaned.abort(), WRITER_LOOK_MS);
  const signal = AbortSignal.any([interrupted.signal, orphaned.signal]);
  try {
    for await (const frame of log.tail({ from: known + 1, signal })) {
      if (filter.endsBefore(frame)) return;
      for (const fact of filter.within(frame, log)) {
        if (fact.seq > known) output.add(`${lineOf(fact)}\n`);
      }
      known = frame.firstSeq + frame.count - 1;
      await output.flush();
    }
  } finally {
    clearInterval(watch);
  }
  // What the writer left before it was gone, if that was not read yet.
  if (!orphaned.signal.aborted) return;
  for (const fact of filter.facts(log, { from: known + 1 })) output.add(`${lineOf(fact)}\n`);
  await output.flush();
}
