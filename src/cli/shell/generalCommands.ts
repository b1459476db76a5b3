/** Help, and the way out. */
import { UsageError } from '../../domain/errors.ts';
import { aligned } from '../table.ts';
import type { Call, ShellCommand } from './command.ts';
import { spelling } from './line.ts';

export const GENERAL_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'help',
    usage: '[COMMAND...]',
    summary: 'the commands, or one of them',
    run: help,
  },
  { name: 'exit', summary: 'end what still runs, and leave', run: leave },
  { name: 'quit', summary: 'the same as exit', run: leave },
];

function help({ commands, rest }: Call): string {
  const asked = rest.join(' ').toLowerCase();
  const chosen = commands.filter(({ name }) => asked === '' || isPart(asked, name));
  if (chosen.length === 0) throw new UsageError(`there is no command "${asked}" to explain`);
  const list = aligned(
    chosen.map((command) => [spelling(command), command.summary]),
    'll',
  );
  const [only] = chosen;
  return chosen.length === 1 && only?.details !== undefined ? `${list}\n${only.details}` : list;
}

/** True of a command, and of the first word of one. */
function isPart(asked: string, name: string): boolean {
  return name === asked || name.startsWith(`${asked} `);
}

function leave({ shell }: Call): string {
  shell.leaving = true;
  return '';
}
