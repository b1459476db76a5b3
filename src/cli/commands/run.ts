/** `openbell run`: the sessions of a config, from the command line. */
import type { Command } from 'commander';
import { reportOption } from '../arguments.ts';
import { addInspectOptions, type InspectOptions } from '../inspectOptions.ts';
import { addRunOptions, chooseRun, type RunOptions } from '../runOptions.ts';
import { type RunDisplay, runSession } from '../runSession.ts';

interface Options extends RunDisplay, RunOptions, InspectOptions {}

export function define(command: Command): void {
  command.usage('<config> [options]').argument('[config]', 'config file: .yaml, .json or .ts');
  addInspectOptions(addRunOptions(command))
    .option('--json', 'print the summary as JSON')
    .addOption(reportOption())
    .option('--quiet', 'no progress')
    .action(run);
}

async function run(given: string | undefined, options: Options): Promise<void> {
  const missing = 'run needs a config file: "config init" writes one';
  await runSession({ ...options, ...(await chooseRun(given, options, { missing })) });
}
