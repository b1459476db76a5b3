/** `openbell state`: what a run had come to at one of its facts: a table, an export, or one place in that. */
import type { Command } from 'commander';
import { type SessionJson, sessionJson, sessionJsonText } from '../../domain/sessionJson.ts';
import { seqAt } from '../../inspect/position.ts';
import { exportContext } from '../exportContext.ts';
import { openRun } from '../openRun.ts';
import { Output, print } from '../output.ts';
import { partOf } from '../statePart.ts';
import { stateText } from '../stateText.ts';
import { writePieces } from '../wholeFile.ts';

interface Options {
  readonly at?: string;
  readonly path?: string;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .argument('<run>', 'folder of the run')
    .option(
      '--at <place>',
      'a seq, an ISO time, or HH:MM[:SS] of the last session; default the end',
    )
    .option('--path <path>', 'one place of the export, such as session_data.AAPL.metrics')
    .option('--json', 'the complete export, or the place, as JSON on few lines')
    .action(state);
}

async function state(folder: string, { at, path, json }: Options): Promise<void> {
  await using run = await openRun(folder);
  const seq = at === undefined ? run.log.position : seqAt(run.log, at, run.calendar);
  const { data, tally, view } = run.log.stateAt(seq);
  const context = { ...exportContext(run), tally };
  if (path !== undefined) {
    const whole: SessionJson = sessionJson(data, context);
    await print(JSON.stringify(partOf(whole, path), null, json ? 0 : 2));
  } else if (json) {
    await writePieces(sessionJsonText(data, context), new Output());
  } else {
    await print(stateText({ data, view, tally, last: run.log.position }, run.calendar.zone));
  }
}
