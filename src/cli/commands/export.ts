/** `openbell export`: the state of a run or what changed in it, as JSON; its facts as Parquet or JSON lines. */
import { mkdirSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { deltaOf } from '../../domain/sessionDelta.ts';
import { sessionJson, sessionJsonText } from '../../domain/sessionJson.ts';
import { FactFilter } from '../../inspect/factFilter.ts';
import { factJson } from '../../inspect/factJson.ts';
import { exportParquet } from '../../inspect/parquetExport.ts';
import { seqAt } from '../../inspect/position.ts';
import { stateAt } from '../../inspect/stateAt.ts';
import { applyDeltaFiles } from '../deltaFiles.ts';
import { exportContext } from '../exportContext.ts';
import { argument } from '../invocation.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { Output, say } from '../output.ts';
import { counted, plural } from '../table.ts';
import { unwritable, writePieces, writeWhole } from '../wholeFile.ts';

interface Options {
  readonly at?: string;
  readonly since?: string;
  readonly apply?: readonly string[];
  readonly out?: string;
  readonly parquet?: string;
  readonly ndjson?: string;
}

export function define(command: Command): void {
  command
    .usage('<run> [options]')
    .argument('[run]', 'folder of the run')
    .option(
      '--at <place>',
      'a seq, an ISO time, or HH:MM[:SS] of the last session; default the end',
    )
    .option('--since <place>', 'only what changed since there; 0 is before the first fact')
    .option('--apply <file...>', 'in place of a run: an export, brought up to date by its deltas')
    .option('--out <file>', 'write there instead of to stdout')
    .option(
      '--parquet <folder>',
      'instead of the state, all facts up to there as bars, indicators, signals and events.parquet',
    )
    .option('--ndjson <file>', 'instead of the state, all facts up to there, a JSON object a line')
    .action((folder: string | undefined, options: Options) =>
      options.apply === undefined ? exportRun(folder, options) : apply(folder, options),
    );
}

async function exportRun(folder: string | undefined, options: Options): Promise<void> {
  const { at, since, out, parquet, ndjson } = options;
  if (folder === undefined)
    throw new UsageError('export needs a run: give its folder, such as runs/demo-1');
  if ([out, parquet, ndjson].filter((path) => path !== undefined).length > 1) {
    throw new UsageError('--out, --parquet and --ndjson write different things: choose one');
  }
  await using run = await openRun(folder);
  const seq = at === undefined ? run.log.position : seqAt(run.log, at, run.calendar);
  if (parquet !== undefined || ndjson !== undefined) {
    if (since !== undefined) {
      throw new UsageError(
        '--since is of the state: --parquet and --ndjson write all facts up to --at',
      );
    }
    await exportFacts(run, seq, { parquet, ndjson });
    return;
  }
  const from = since === undefined ? null : sinceAt(run, since, seq);
  await deliver(from === null ? exportText(run, seq) : deltaText(run, from, seq), out);
  if (out === undefined) return;
  const what = from === null ? 'the state' : `what changed since fact ${counted(from)},`;
  const of = `fact ${counted(seq)} of ${counted(run.log.position)}`;
  say(`wrote ${argument(out)}: ${what} ${from === null ? 'after' : 'up to'} ${of}`);
}

/** The fact a delta starts after. @throws {UsageError} if it is later than `seq` */
function sinceAt({ log, calendar }: RecordedRun, since: string, seq: number): number {
  const from = since === '0' ? 0 : seqAt(log, since, calendar);
  if (from <= seq) return from;
  throw new UsageError(
    `--since is fact ${from}, after --at, which is fact ${seq}: give an earlier one`,
  );
}

async function apply(folder: string | undefined, options: Options): Promise<void> {
  const { at, since, out } = options;
  const idle = folder ?? (at !== undefined ? '--at' : since !== undefined ? '--since' : undefined);
  if (idle !== undefined) {
    throw new UsageError(`--apply reads files and no run: leave out "${idle}"`);
  }
  const state = applyDeltaFiles(options.apply!);
  await deliver([`${JSON.stringify(state)}\n`], out);
  if (out === undefined) return;
  say(`wrote ${argument(out)}: the state after fact ${counted(state._metadata.seq)}`);
}

function exportText(run: RecordedRun, seq: number): Iterable<string> {
  const { data, tally } = stateAt(run.log, seq);
  return sessionJsonText(data, { ...exportContext(run), tally });
}

function deltaText(run: RecordedRun, from: number, to: number): string[] {
  const [before, after] = [from, to].map((seq) => {
    const { data, tally } = stateAt(run.log, seq);
    return sessionJson(data, { ...exportContext(run), tally });
  });
  return [`${JSON.stringify(deltaOf(before!, after!))}\n`];
}

async function deliver(pieces: Iterable<string>, out: string | undefined): Promise<void> {
  if (out === undefined) await writePieces(pieces, new Output());
  else await writeWhole(pieces, out);
}

async function exportFacts(
  run: RecordedRun,
  seq: number,
  { parquet, ndjson }: { parquet: string | undefined; ndjson: string | undefined },
): Promise<void> {
  if (parquet !== undefined) writeTables(run, seq, parquet);
  if (ndjson === undefined) return;
  await writeWhole(factLines(run, seq), ndjson);
  say(`wrote ${argument(ndjson)}: ${plural(seq, 'fact')}`);
}

function writeTables({ log, manifest, calendar }: RecordedRun, seq: number, folder: string): void {
  const whole = seq === log.position ? { chain_hash: log.chainHash() } : {};
  const { run, versions } = manifest;
  const exchange = { calendar: calendar.name, time_zone: calendar.zone };
  const metadata = { run, event_version: String(versions.events), ...exchange, ...whole };
  try {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(folder);
    for (const { path, rows, bytes } of exportParquet(log, folder, { to: seq, metadata })) {
      say(`wrote ${argument(path)}: ${plural(rows, 'row')}, ${plural(bytes, 'byte')}`);
    }
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** The facts up to `seq`, as `log --json` prints them. */
function* factLines({ log }: RecordedRun, seq: number): Generator<string> {
  for (const fact of new FactFilter({ to: seq }).facts(log)) {
    yield `${JSON.stringify(factJson(fact))}\n`;
  }
}
