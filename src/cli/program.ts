/** The commands there are, and what the process says and returns when one of them fails. */
import { Command, CommanderError } from 'commander';
import { defineCalendar } from './commands/calendar.ts';
import { defineConfig } from './commands/config.ts';
import { defineDemo } from './commands/demo.ts';
import { defineExport } from './commands/export.ts';
import { defineLog } from './commands/log.ts';
import { defineRun } from './commands/run.ts';
import { openbellVersion, spelled } from './invocation.ts';
import { ReaderGone, say, surviveBrokenPipes } from './output.ts';

const EXIT = { done: 0, wrongUse: 2, failed: 3 } as const;

/** Runs one command. @returns the exit code of the process */
export async function main(argv: readonly string[]): Promise<number> {
  surviveBrokenPipes();
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return report(error, argv.includes('--debug'));
  }
}

function createProgram(): Command {
  const program = new Command('openbell')
    .description('Runs trading sessions and keeps everything that happens as a log of facts.')
    .version(openbellVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  defineDemo(program);
  defineRun(program);
  defineLog(program);
  defineExport(program);
  defineConfig(program);
  defineCalendar(program);
  for (const command of program.commands) withDebug(command);
  const first = `First steps:\n  ${spelled('demo')}\n  ${spelled('config init')}`;
  return program.addHelpText('after', `\n${first}`);
}

function withDebug(command: Command): void {
  if (command.commands.length === 0) command.option('--debug', 'print diagnostics and stacks');
  for (const inner of command.commands) withDebug(inner);
}

/** Says what went wrong. @returns the exit code */
function report(error: unknown, debug: boolean): number {
  if (error instanceof ReaderGone) return EXIT.done;
  if (error instanceof CommanderError) return reportUse(error);
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  say(`error: ${message}`);
  if (debug) say(stack ?? '');
  if (name === 'UsageError' || name === 'ConfigInvalid') return EXIT.wrongUse;
  if (!EXPECTED.has(name) && !debug) say('this was not expected: run it again with --debug');
  return EXIT.failed;
}

/** What a run or a log can fail with, besides bugs. */
const EXPECTED = new Set(['FeedError', 'LogCorrupted', 'LogWriteFailed', 'RunFailedError']);

function reportUse({ code, exitCode, message }: CommanderError): number {
  if (exitCode === 0) return EXIT.done;
  if (code !== 'commander.help') {
    const sentence = message
      .replace(/^error: /, '')
      .replace(/\n\(Did you mean (one of )?(.+)\?\)$/, (_, several, names) =>
        several === undefined ? `, did you mean "${names}"?` : `, did you mean one of ${names}?`,
      )
      .replaceAll("'", '"');
    say(`error: ${sentence}\n${spelled('--help')} shows what there is`);
  }
  return EXIT.wrongUse;
}
