/** `openbell shell`: a run that is driven by hand, or by the lines of a script. */
import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Session } from '../../index.ts';
import { DEMO, demoConfig } from '../demoConfig.ts';
import { openbellVersion } from '../invocation.ts';
import { refuseForeignFolder } from '../runFolder.ts';
import { addRunOptions, chooseRun, type RunOptions } from '../runOptions.ts';
import { openRecorded } from '../runSession.ts';
import { SHELL_COMMANDS } from '../shell/commandTable.ts';
import { Conversation, EXIT_OF_SIGNAL, screenOf } from '../shell/conversation.ts';
import { Interpreter } from '../shell/interpreter.ts';
import { Shell } from '../shell/shell.ts';
import { plural } from '../table.ts';

export function define(command: Command): void {
  command
    .usage('[config] [options]')
    .argument('[config]', "config file: .yaml, .json or .ts; without one, the demo's");
  addRunOptions(command).action(open);
}

async function open(given: string | undefined, options: RunOptions): Promise<void> {
  const demo = demoConfig();
  const missing = 'bars of --data need a config file that says what to do with them';
  const choice = await chooseRun(given, options, { missing, instead: demo });
  refuseForeignFolder(choice.log);
  const stately = options.stately && (await (await import('../stately.ts')).openStately());
  const session = await openRecorded({
    ...choice,
    slice: options.slice,
    ...(stately && { inspect: stately.inspect }),
  });
  const screen = screenOf(process);
  const shell = new Shell(session, { watched: screen !== null });
  const interpreter = new Interpreter(shell, SHELL_COMMANDS);
  const conversation = new Conversation(interpreter, screen);
  if (given === undefined && options.data === undefined) shell.notify(DEMO_NOTE);
  if (stately) shell.notify(`the charts of this run: ${stately.url} (the page loads stately.ai)`);
  if (screen !== null) shell.notify(greeting(session));
  const signal = await conversation.hold();
  await stately?.close();
  // A run that never began has nothing to keep.
  if (session.log.position === 0) await rm(choice.log, { recursive: true });
  process.exitCode = signal === null ? interpreter.exitCode : EXIT_OF_SIGNAL[signal];
}

const DEMO_NOTE =
  `no config was given: this is the demo, ${plural(DEMO.symbols, 'symbol')} on ` +
  `${plural(DEMO.days, 'day')} of a synthetic market`;

function greeting({ run, config }: Session): string {
  const { start_date, end_date } = config.backtest_config;
  const symbols = plural(config.session_data_config.symbols.length, 'symbol');
  return (
    `openbell ${openbellVersion()}, run ${run}: ${symbols}, ${start_date} to ${end_date}\n` +
    '"help" lists the commands, "system start" begins, Tab completes, Ctrl-D leaves'
  );
}
