/** The commands there are, and what the process says and returns when one of them fails. */
import { Command, CommanderError } from 'commander';
import { openbellVersion, spelled } from './invocation.ts';
import { ReaderGone, say, surviveBrokenPipes } from './output.ts';

interface CommandFile {
  /** Adds arguments, options and what to do. */
  define(command: Command): void;
}

/** Only the file of the command that was asked for is loaded: help and mistakes are answered at once. */
const COMMANDS: Readonly<Record<string, [summary: string, load: () => Promise<CommandFile>]>> = {
  demo: ['run a strategy on a synthetic market', () => import('./commands/demo.ts')],
  run: ['run the sessions of a config', () => import('./commands/run.ts')],
  shell: ['drive a run by hand', () => import('./commands/shell.ts')],
  verify: ['execute a run again and compare', () => import('./commands/verify.ts')],
  replay: ['let a run happen again and show it', () => import('./commands/replay.ts')],
  fork: ['give a run another future', () => import('./commands/fork.ts')],
  resume: ['go on with an interrupted run', () => import('./commands/resume.ts')],
  log: ['print the facts of a run', () => import('./commands/log.ts')],
  diff: ['find the first fact in which two runs differ', () => import('./commands/diff.ts')],
  why: ['show what led to a fact, or what came of it', () => import('./commands/why.ts')],
  inspect: ['show a run, or two, in a page', () => import('./commands/inspect.ts')],
  stats: ['count what the log of a run is made of', () => import('./commands/stats.ts')],
  state: ['show the state of a run at any of its facts', () => import('./commands/state.ts')],
  index: ['make a log quick to search again', () => import('./commands/indexRun.ts')],
  seal: ['compress the log of a run that is over', () => import('./commands/seal.ts')],
  salvage: ['copy what is good of a damaged log', () => import('./commands/salvage.ts')],
  export: ['write the state of a run, or all its facts', () => import('./commands/export.ts')],
  config: ['check, write or describe configs', () => import('./commands/config.ts')],
  calendar: ['print the sessions of an exchange', () => import('./commands/calendar.ts')],
  bench: ['measure how fast it is', () => import('./commands/bench.ts')],
};

const EXIT = { done: 0, wrongUse: 2, failed: 3 } as const;

/** Errors that tell the user all there is to tell, by the exit code they lead to. */
const EXIT_OF: Readonly<Record<string, number>> = {
  UsageError: EXIT.wrongUse,
  ConfigInvalid: EXIT.wrongUse,
  DataNotGiven: EXIT.wrongUse,
  NotResumable: EXIT.wrongUse,
  FeedError: EXIT.failed,
  RunFailedError: EXIT.failed,
  LogCorrupted: EXIT.failed,
  LogWriteFailed: EXIT.failed,
};

/** Runs one command. @returns the exit code of the process */
export async function main(argv: readonly string[]): Promise<number> {
  surviveBrokenPipes();
  // What fails where nobody waits for it ends the process with a sentence too.
  process.once('uncaughtException', (error) => process.exit(report(error, argv)));
  try {
    const program = await createProgram(argv);
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return report(error, argv);
  }
}

async function createProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('openbell')
    .description('Runs trading sessions; everything that happens is a fact in a log.')
    .version(openbellVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  for (const [name, [summary, load]] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(summary);
    if (argv.includes(name)) (await load()).define(command);
    withDebug(command);
  }
  const steps = ['demo', 'config init', 'run config.yaml'].map((step) => `  ${spelled(step)}\n`);
  return program.addHelpText('after', `\nFirst steps:\n${steps.join('')}`);
}

function withDebug(command: Command): void {
  if (command.commands.length === 0) command.option('--debug', 'print diagnostics and stacks');
  for (const inner of command.commands) withDebug(inner);
}

/** Says what went wrong. @returns the exit code */
function report(error: unknown, argv: readonly string[]): number {
  if (error instanceof ReaderGone) return Number(process.exitCode ?? EXIT.done);
  if (error instanceof CommanderError) return reportUse(error, argv);
  const debug = argv.includes('--debug');
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const expected = EXIT_OF[name];
  say(`error: ${withRemedyAtHand(message)}`);
  if (debug) say(stack ?? '');
  else if (expected === undefined) say('this was not expected: --debug shows where it happened');
  return expected ?? EXIT.failed;
}

/** Names the command that salvages a damaged log. */
function withRemedyAtHand(message: string): string {
  const command = spelled('salvage <run>');
  return message.replace(/or salvage the log up to there$/, `$& with "${command}"`);
}

function reportUse({ code, exitCode, message }: CommanderError, argv: readonly string[]): number {
  if (exitCode === 0) return EXIT.done;
  if (code === 'commander.help') return EXIT.wrongUse;
  const sentence = message
    .replace(/^error: /, '')
    .replaceAll("'", '"')
    .replace(/\n\(Did you mean ((one of )?.+)\?\)$/, (_, names: string, several?: string) =>
      several === undefined ? `, did you mean "${names}"?` : `, did you mean ${names}?`,
    );
  const command = argv.find((word) => word in COMMANDS);
  const help = spelled(command === undefined ? '--help' : `${command} --help`);
  say(`error: ${sentence}\n${help} shows what there is`);
  return EXIT.wrongUse;
}
