/** Somebody who does what a page says, command by command. */
import { expect } from 'vitest';
import type { Ended, Terminal } from '../cli/terminal.ts';
import { patternOf, type Step } from './page.ts';
import type { Project } from './project.ts';

/** The words behind `openbell`, as a shell would split them. */
export function wordsOf(line: string): string[] {
  const [command] = line.split(/ +# /);
  const words = command!.match(/'[^']*'|\S+/g)!.map((word) => word.replace(/^'(.*)'$/, '$1'));
  expect(words[0]).toBe('openbell');
  return words.slice(1);
}

const exitCodeOf = (line: string) => Number(/# exits with (\d)/.exec(line)?.[1] ?? 0);

/** Runs a command and compares what it prints, and how it exits, with what the page says. */
export async function follow(
  { line, printed }: Step,
  terminal: Terminal,
  project?: Project,
): Promise<void> {
  const { code, stdout, stderr } = await started(line, terminal, project);
  expect(code, `${line}: ${stderr}`).toBe(exitCodeOf(line));
  if (printed !== null) expect(stdout === '' ? stderr : stdout, line).toMatch(patternOf(printed));
}

function started(line: string, terminal: Terminal, project?: Project): Promise<Ended> | Ended {
  if (line.startsWith('node ')) return project!.node(...line.split(' ').slice(1));
  if (line.startsWith('openbell ')) return terminal.openbell(...wordsOf(line));
  return terminal.shell(line);
}
