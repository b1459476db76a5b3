/** `openbell export`: the state of a run, now or at any of its facts, as JSON; its facts as Parquet or JSON lines. */
import { mkdirSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { sessionJsonText } from '../../domain/sessionJson.ts';
import { FactFilter } from '../../inspect/factFilter.ts';
import { factJson } from '../../inspect/factJson.ts';
import { exportParquet } from '../../inspect/parquetExport.ts';
import { seqAt } from '../../inspect/position.ts';
import { stateAt } from '../../inspect/stateAt.ts';
import { argument, openbellVersion } from '../invocation.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { Output, say } from '../output.ts';
import { counted, plural } from '../table.ts';
import { unwritable, writePieces, writeWhole } from '../wholeFile.ts';

interface Options {
  readonly at?: string;
  readonly out?: string;
  readonly parquet?: string;
  readonly ndjson?: string;
}

export function define(command: Command): void {
  command
    .argument('<run>', 'folder of the run')
    .option(
      '--at <place>',
      'a seq, an ISO time, or HH:MM[:SS] of the last session; default the end',
    )
    .option('--out <file>', 'write there instead of to stdout')
    .option(
      '--parquet <folder>',
      'instead of the state, all facts up to there as bars, indicators, signals and events.parquet',
    )
    .option('--ndjson <file>', 'instead of the state, all facts up to there, a JSON object a line')
    .action(exportRun);
}

async function exportRun(folder: string, options: Options): Promise<void> {
  const { at, out, parquet, ndjson } = options;
  if ([out, parquet, ndjson].filter((path) => path !== undefined).length > 1) {
    throw new UsageError('--out, --parquet and --ndjson write different things: choose one');
  }
  await using run = await openRun(folder);
  const seq = at === undefined ? run.log.position : seqAt(run.log, at, run.calendar);
  if (parquet !== undefined) {
    writeTables(run, seq, parquet);
    return;
  }
  if (ndjson !== undefined) {
    await writeWhole(factLines(run, seq), ndjson);
    say(`wrote ${argument(ndjson)}: ${plural(seq, 'fact')}`);
    return;
  }
  const pieces = exportText(run, seq);
  if (out === undefined) {
    await writePieces(pieces, new Output());
    return;
  }
  await writeWhole(pieces, out);
  say(
    `wrote ${argument(out)}: the state after fact ${counted(seq)} of ${counted(run.log.position)}`,
  );
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

function exportText({ log, config, calendar }: RecordedRun, seq: number): Iterable<string> {
  const { data, tally } = stateAt(log, seq);
  return sessionJsonText(data, {
    exchange: calendar.name,
    zone: calendar.zone,
    config,
    tally,
    system: { openbell: openbellVersion(), node: process.versions.node },
  });
}
