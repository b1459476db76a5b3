/** Does what lines say. Where they come from is not its business. */
import { UsageError } from '../../domain/errors.ts';
import { RunFailedError } from '../../index.ts';
import { print } from '../output.ts';
import { Declined, type ShellCommand } from './command.ts';
import { readLine } from './line.ts';
import { failureText, type Shell } from './shell.ts';

const EXIT = { done: 0, no: 1, wrongUse: 2, failed: 3 } as const;

export class Interpreter {
  readonly shell: Shell;
  readonly commands: readonly ShellCommand[];
  #worst: number = EXIT.done;

  constructor(shell: Shell, commands: readonly ShellCommand[]) {
    this.shell = shell;
    this.commands = commands;
  }

  /** What the lines so far have come to: the worst of it. At a terminal a slip is seen, and no more. */
  get exitCode(): number {
    if (this.shell.session.status === 'failed') return EXIT.failed;
    return this.shell.watched ? EXIT.done : this.#worst;
  }

  /** Prints what comes of a line. Errors that the user can mend are said, others thrown. */
  async execute(line: string, signal: AbortSignal): Promise<void> {
    const { shell, commands } = this;
    try {
      const understood = readLine(line, commands);
      if (understood === null) return;
      const { command, given, rest } = understood;
      const text = await command.run({ shell, commands, given, rest, signal });
      if (text !== '') await print(text);
    } catch (error) {
      this.#sayWrong(error);
    }
  }

  #sayWrong(error: unknown): void {
    if (error instanceof RunFailedError) {
      this.shell.notify(failureText(error));
      return;
    }
    const declined = error instanceof Declined;
    if (!declined && !(error instanceof UsageError)) throw error;
    this.shell.notify(declined ? error.message : `error: ${error.message}`);
    this.#worst = Math.max(this.#worst, declined ? EXIT.no : EXIT.wrongUse);
  }
}
