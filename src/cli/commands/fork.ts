/** `openbell fork`: a run with the past of another one, and a future of its own. */
import { basename, dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { forkSession } from '../../actors/forkSession.ts';
import { reportOption } from '../arguments.ts';
import { Progress } from '../progress.ts';
import { addReplayOptions, type ReplayOptions, replayInputs } from '../replayOptions.ts';
import { nextRunFolder, refuseForeignFolder } from '../runFolder.ts';
import { type RunDisplay, showSession } from '../runSession.ts';

interface Options extends RunDisplay, ReplayOptions {
  readonly at: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly strategy?: string;
  readonly log?: string;
  readonly messages: boolean;
}

export function define(command: Command): void {
  command
    .argument('<run>', 'folder of the run')
    .requiredOption(
      '--at <place>',
      'the last fact they share: a seq, an ISO time, or HH:MM[:SS] of the last session',
    )
    .option(
      '--set <path=value>',
      'another value of the config from there on; can be repeated',
      settings,
    )
    .option('--strategy <module>', 'another strategy in place of the one there is')
    .option('--log <folder>', 'folder of the fork; default NAME-fork-N beside the run')
    .option('--no-messages', 'leave out what the run was told from outside after that');
  addReplayOptions(command)
    .option('--json', 'print the summary as JSON')
    .addOption(reportOption())
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(fork);
}

const EXAMPLES = `
A value is JSON, else text. What acts on the past cannot be changed: both have the same.
  --at 10:42 --set 'session_data_config.strategies[0].config.slow=sma_20_5m'
  --at 2024-01-03T11:00 --set 'session_data_config.symbols=["AAPL","TSLA"]'`;

async function fork(from: string, options: Options): Promise<void> {
  const { at, set, strategy, messages } = options;
  const log = options.log ?? besides(from);
  refuseForeignFolder(log);
  const progress = new Progress();
  const session = await forkSession({
    from,
    at,
    log,
    messages,
    ...(await replayInputs(options)),
    ...(set !== undefined && { set }),
    ...(strategy !== undefined && { strategy }),
    ...(!options.quiet && { onProgress: (work) => progress.working(work) }),
  });
  await showSession(session, { ...options, log, parent: from }, progress);
}

function besides(run: string): string {
  const whole = resolve(run);
  return nextRunFolder(`${basename(whole)}-fork`, dirname(whole));
}

/** Gathers `path=value`. */
function settings(text: string, before: Readonly<Record<string, unknown>> = {}) {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined) {
    throw new InvalidArgumentError('Write path=value, such as trading_config.max_per_trade=5000.');
  }
  return { ...before, [path.trim()]: jsonOrText(value!) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
