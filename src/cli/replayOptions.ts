/** The options with which a recorded run is executed again: the same for every command that does. */

import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { loadConfigFile } from './configFile.ts';

export interface ReplayOptions {
  readonly config?: string;
  readonly folder?: string;
}

export function addReplayOptions(command: Command): Command {
  return command
    .option('--config <file>', 'the config, if the one of the manifest does not find its files')
    .option('--folder <folder>', 'where relative paths of the config start, if files have moved');
}

export interface InputsOption {
  readonly inputs?: 'data' | 'log';
}

/** For what writes nothing: the log alone will do. */
export function addInputsOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--inputs <inputs>',
      'where bars come from: the data as it is now, or the log; by default the log where data is gone',
    ).choices(['data', 'log']),
  );
}

/** What stands in for the manifest's config and folder. */
export async function replayInputs({ config, folder }: ReplayOptions) {
  const file = config === undefined ? null : await loadConfigFile(config);
  const start = folder === undefined ? file?.folder : resolve(folder);
  return {
    ...(file && { config: file.raw }),
    ...(start !== undefined && { folder: start }),
  };
}
