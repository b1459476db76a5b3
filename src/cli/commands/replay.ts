/** `openbell replay`: lets a recorded run happen again, and shows it as it does. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommittedFrame } from '../../actors/recorder.ts';
import { verifyLog } from '../../actors/verifyLog.ts';
import { factJson } from '../../inspect/factJson.ts';
import { FactLines } from '../../inspect/factText.ts';
import { stretchOf } from '../../inspect/position.ts';
import { openRun } from '../openRun.ts';
import { Output, print, say } from '../output.ts';
import {
  addInputsOption,
  addReplayOptions,
  type InputsOption,
  type ReplayOptions,
  replayInputs,
} from '../replayOptions.ts';
import { speedFrom0 } from '../speed.ts';
import { verifyText } from '../verifyText.ts';

interface Options extends ReplayOptions, InputsOption {
  readonly json?: true;
  readonly from?: string;
  readonly to?: string;
  readonly speed: number;
}

export function define(command: Command): void {
  command.argument('<run>', 'folder of the run');
  addInputsOption(addReplayOptions(command))
    .option(
      '--from <place>',
      'first fact shown: a seq, an ISO time, or HH:MM[:SS] of the last session',
    )
    .option('--to <place>', 'last fact shown, by the same')
    .option('--speed <x>', 'times real time; 0: no waiting', speedFrom0, 0)
    .option('--json', 'one JSON object a line, times in UTC')
    .addHelpText(
      'after',
      '\nWhat is shown was executed again and compared. Exits with 0 if the same came out, with 1 if not.',
    )
    .action(replay);
}

async function replay(folder: string, options: Options): Promise<void> {
  const { stretch, lines } = await placesOf(folder, options);
  const output = new Output();
  const shown = (seq: number, at: number) =>
    seq >= stretch.from && seq <= stretch.to && at <= stretch.until;
  let writing = Promise.resolve();
  const report = await verifyLog(folder, {
    ...(await replayInputs(options)),
    inputs: options.inputs,
    speed: options.speed,
    onFrame: (frame: CommittedFrame) => {
      if (!shown(frame.lastSeq, frame.at) && !shown(frame.firstSeq, frame.at)) return;
      for (const fact of frame.facts()) {
        if (!shown(fact.seq, fact.at)) continue;
        output.add(`${options.json ? JSON.stringify(factJson(fact)) : lines.line(fact)}\n`);
      }
      if (options.speed > 0 || output.full) writing = writing.then(() => output.flush());
    },
  });
  await writing;
  await output.flush();
  process.exitCode = report.damage !== null ? 3 : report.ok ? 0 : 1;
  const text = verifyText(basename(resolve(folder)), report, lines);
  if (options.json) say(text);
  else await print(`\n${text}`);
}

async function placesOf(folder: string, { from, to }: Options) {
  await using run = await openRun(folder);
  const { log, calendar } = run;
  return {
    stretch: stretchOf(log, { from, to }, calendar),
    lines: new FactLines(calendar.zone, log.position),
  };
}
