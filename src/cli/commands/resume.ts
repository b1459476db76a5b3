/** `openbell resume`: goes on with a run that was interrupted. */
import type { Command } from 'commander';
import { NotResumable } from '../../actors/bringBack.ts';
import { resumeSession } from '../../actors/resumeSession.ts';
import type { RunSummary } from '../../actors/summary.ts';
import { FileLog } from '../../store/fileLog.ts';
import { reportOption } from '../arguments.ts';
import { print } from '../output.ts';
import { Progress } from '../progress.ts';
import { addReplayOptions, type ReplayOptions, replayInputs } from '../replayOptions.ts';
import { type RunDisplay, showSession } from '../runSession.ts';
import { speedFrom0 } from '../speed.ts';

interface Options extends RunDisplay, ReplayOptions {
  readonly speed?: number;
}

export function define(command: Command): void {
  command.argument('<run>', 'folder of the run');
  addReplayOptions(command)
    .option('--speed <x>', "times real time, in place of the run's; 0: no waiting", speedFrom0)
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
      ...(options.speed !== undefined && { speed: options.speed }),
      ...(!options.quiet && { onProgress: (work) => progress.working(work) }),
    });
    await showSession(session, { ...options, log }, progress);
  } catch (error) {
    if (!(error instanceof NotResumable) || !error.isComplete) throw error;
    await print(options.json ? JSON.stringify(await whatItCameTo(log)) : error.message);
  }
}

/** Of a run that has nothing left to do: what its log says, in the words of a summary. */
async function whatItCameTo(folder: string): Promise<Partial<RunSummary>> {
  const log = await FileLog.read(folder);
  try {
    const { data, tally } = log.stateAt(log.position);
    return {
      run: log.manifest.run,
      chain_hash: log.chainHash(),
      status: 'completed',
      sessions: data.sessions,
      facts: Object.fromEntries([...tally.facts].sort(([a], [b]) => (a < b ? -1 : 1))),
      signals: data.signals,
      log: folder,
      reason: null,
    };
  } finally {
    await log.close();
  }
}
