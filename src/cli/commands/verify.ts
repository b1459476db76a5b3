/** `openbell verify`: executes a recorded run again and says whether the same comes out. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { type VerifyReport, verifyLog } from '../../actors/verifyLog.ts';
import { findCalendar } from '../../domain/calendar/calendars.ts';
import { FactLines } from '../../inspect/factText.ts';
import { readManifest } from '../../store/manifest.ts';
import { print } from '../output.ts';
import { Progress } from '../progress.ts';
import {
  addInputsOption,
  addReplayOptions,
  type InputsOption,
  type ReplayOptions,
  replayInputs,
} from '../replayOptions.ts';
import { verifyJson, verifyText } from '../verifyText.ts';

interface Options extends ReplayOptions, InputsOption {
  readonly json?: true;
  readonly quiet?: true;
}

const EXIT_DIFFERS = 1;
const EXIT_BROKEN = 3;

export function define(command: Command): void {
  command.argument('<run>', 'folder of the run');
  addInputsOption(addReplayOptions(command))
    .option('--json', 'a JSON object')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExits with 0 if the same comes out, with 1 if not, with 3 if the log is broken.',
    )
    .action(verify);
}

async function verify(folder: string, options: Options): Promise<void> {
  const { config } = readManifest(folder);
  const progress = new Progress();
  const report = await verifyLog(folder, {
    ...(await replayInputs(options)),
    inputs: options.inputs,
    ...(!options.quiet && {
      onProgress: ({ facts, of }) =>
        progress.working({ what: 'executing again', done: facts, total: of }),
    }),
  });
  progress.stop();
  process.exitCode = exitCodeOf(report);
  const run = basename(resolve(folder));
  const lines = new FactLines(zoneOf(config), report.facts);
  await print(
    options.json ? JSON.stringify(verifyJson(run, report)) : verifyText(run, report, lines),
  );
}

function exitCodeOf({ ok, damage }: VerifyReport): number {
  if (damage !== null) return EXIT_BROKEN;
  return ok ? 0 : EXIT_DIFFERS;
}

/** Of the exchange; UTC if the calendar is not known here. */
export function zoneOf(config: unknown): string {
  const { exchange_group: snake, exchangeGroup: camel } = (config ?? {}) as Record<string, unknown>;
  return findCalendar(String(snake ?? camel ?? 'US_EQUITY'))?.zone ?? 'UTC';
}
