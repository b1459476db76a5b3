/** `openbell export`: the state of a run, now or at any of its facts, as JSON. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { sessionJsonText } from '../../domain/sessionJson.ts';
import { seqAt } from '../../inspect/position.ts';
import { stateAt } from '../../inspect/stateAt.ts';
import { argument, openbellVersion } from '../invocation.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { Output, say } from '../output.ts';
import { counted } from '../table.ts';

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
    await write(pieces, new Output());
    return;
  }
  await writeFile(pieces, out);
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

async function write(pieces: Iterable<string>, output: Output): Promise<void> {
  for (const piece of pieces) {
    output.add(piece);
    if (output.full) await output.flush();
  }
  await output.flush();
}

/** A file of that name is whole or not there. */
async function writeFile(pieces: Iterable<string>, path: string): Promise<void> {
  const part = `${path}.part`;
  try {
    const stream = createWriteStream(part);
    const done = finished(stream);
    await Promise.all([done, write(pieces, new Output(stream)).finally(() => stream.end())]);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(
      `"${path}" cannot be written (${error.code}): name a place that exists and has room`,
      { cause: error },
    );
  }
}
