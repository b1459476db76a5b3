/** `openbell resume`: goes on with a run that was interrupted. */
import type { Command } from 'commander';
import { NotResumable } from '../../actors/bringBack.ts';
import { resumeSession } from '../../actors/resumeSession.ts';
import { reportOption } from '../arguments.ts';
import { print } from '../output.ts';
import { Progress } from '../progress.ts';
import { addReplayOptions, type ReplayOptions, replayInputs } from '../replayOptions.ts';
import { type RunDisplay, showSession } from '../runSession.ts';
import { STRATEGIES } from '../strategies.ts';

interface Options extends RunDisplay, ReplayOptions {}

export function define(command: Command): void {
  command.argument('<run>', 'folder of the run');
  addReplayOptions(command)
    .option('--json', 'print the summary as JSON')
    .addOption(reportOption())
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nThe run goes on after its last whole frame, and ends with the log it would have had uninterrupted.',
    )
    .action(resume);
}

async function resume(log: string, options: Options): Promise<void> {
  const progress = new Progress();
  const inputs = await replayInputs(options);
  try {
    const session = await resumeSession({
      log,
      ...inputs,
      strategies: STRATEGIES,
      ...(!options.quiet && { onProgress: (work) => progress.working(work) }),
    });
    await showSession(session, { ...options, log }, progress);
  } catch (error) {
    if (!(error instanceof NotResumable) || !error.isComplete) throw error;
    await print(error.message);
  }
}
