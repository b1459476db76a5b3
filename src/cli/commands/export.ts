/** `openbell export`: the state of a run, now or at any of its facts, as JSON. */
import type { Command } from 'commander';
import { sessionJsonText } from '../../domain/sessionJson.ts';
import { seqAt } from '../../inspect/position.ts';
import { stateAt } from '../../inspect/stateAt.ts';
import { argument, openbellVersion } from '../invocation.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { Output, say } from '../output.ts';
import { counted } from '../table.ts';
import { writePieces, writeWhole } from '../wholeFile.ts';

interface Options {
  readonly at?: string;
  readonly out?: string;
}

export function define(command: Command): void {
  command
    .argument('<run>', 'folder of the run')
    .option(
      '--at <place>',
      'a seq, an ISO time, or HH:MM[:SS] of the last session; default the end',
    )
    .option('--out <file>', 'write there instead of to stdout')
    .action(exportRun);
}

async function exportRun(folder: string, { at, out }: Options): Promise<void> {
  await using run = await openRun(folder);
  const seq = at === undefined ? run.log.position : seqAt(run.log, at, run.calendar);
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
