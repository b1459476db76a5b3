/** Reads a line: which command it is, and what is given to it. */
import { UsageError } from '../../domain/errors.ts';
import { suggest } from '../../domain/suggest.ts';
import type { Call, ShellCommand } from './command.ts';
import { type Usage, usageOf } from './usage.ts';

/** A line that was understood. */
export interface Understood extends Pick<Call, 'given' | 'rest'> {
  readonly command: ShellCommand;
}

/**
 * Null for an empty line, and for one that begins with `#`.
 *
 * @throws {UsageError} that says what was not understood, and what was probably meant
 */
export function readLine(line: string, commands: readonly ShellCommand[]): Understood | null {
  if (line.trimStart().startsWith('#')) return null;
  const words = splitWords(line);
  if (words.length === 0) return null;
  const command = commandIn(words, commands);
  const given = words.slice(command.name.split(' ').length);
  return { command, ...placed(given, command) };
}

/** The words of a line; quotes hold together what has spaces. @throws {UsageError} if one is left open */
function splitWords(line: string): string[] {
  const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+|["']/g)].map(([word]) => word);
  const open = words.find((word) => word === '"' || word === "'");
  if (open !== undefined) throw new UsageError(`a quote (${open}) is left open: close it`);
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

/** What a command is called with, as `help` shows it. */
export function spelling({ name, usage = '' }: ShellCommand): string {
  return `${name} ${usage}`.trimEnd();
}

function commandIn(words: readonly string[], commands: readonly ShellCommand[]): ShellCommand {
  const typed = words.map((word) => word.toLowerCase());
  const begins = (name: string) => name.split(' ').every((word, i) => typed[i] === word);
  const [command] = commands
    .filter(({ name }) => begins(name))
    .sort((a, b) => b.name.length - a.name.length);
  if (command === undefined) throw unknown(words, commands);
  const next = words[command.name.split(' ').length];
  const inner = commands.some(({ name }) => name.startsWith(`${command.name} `));
  const takesWords = usageOf(command.usage).words.length > 0;
  if (next !== undefined && inner && !takesWords) throw unknown(words, commands);
  return command;
}

function unknown(words: readonly string[], commands: readonly ShellCommand[]): UsageError {
  const [first = '', second] = words;
  const group = commands
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${first.toLowerCase()} `));
  if (group.length > 0 && second === undefined) {
    return new UsageError(`"${first}" is the first word of ${listed(group)}`);
  }
  const typed = group.length > 0 ? `${first} ${second}` : first;
  return new UsageError(`there is no command "${typed}": ${remedy(typed, commands, group)}`);
}

function remedy(
  typed: string,
  commands: readonly ShellCommand[],
  group: readonly string[],
): string {
  const names = commands.map(({ name }) => name);
  const meant =
    group.length > 0
      ? suggest(typed, group)
      : // "start" for "system start" is forgotten more often than misspelt.
        (names.find((name) => name.endsWith(` ${typed.toLowerCase()}`)) ??
        suggest(typed, new Set(names.map((name) => name.split(' ')[0]!))));
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return group.length > 0 ? `there is ${listed(group)}` : '"help" lists them';
}

/** Puts what was typed where the usage has a place for it. */
function placed(typed: readonly string[], command: ShellCommand): Pick<Call, 'given' | 'rest'> {
  const usage = usageOf(command.usage);
  const given: Record<string, string> = {};
  const words: string[] = [];
  for (let i = 0; i < typed.length; i++) {
    const word = typed[i]!;
    if (!word.startsWith('--')) {
      words.push(word);
      continue;
    }
    const [option = word, attached] = word.split(/=(.*)/s);
    const value = valueName(option, usage, command);
    if (value === null) given[option] = '';
    else {
      const text = attached ?? typed[++i];
      if (text === undefined)
        throw new UsageError(`${option} needs a ${value}: ${usageHint(command)}`);
      given[option] = text;
    }
  }
  return { given: { ...given, ...named(words, usage, command) }, rest: restOf(words, usage) };
}

function valueName(option: string, { options }: Usage, command: ShellCommand): string | null {
  const value = options.get(option);
  if (value !== undefined) return value;
  const meant = suggest(option, options.keys());
  const hint = meant === undefined ? usageHint(command) : `did you mean "${meant}"?`;
  throw new UsageError(`"${command.name}" has no option "${option}": ${hint}`);
}

function named(words: readonly string[], usage: Usage, command: ShellCommand) {
  const given: Record<string, string> = {};
  usage.words.forEach(({ name, required }, i) => {
    const word = words[i];
    if (word !== undefined) given[name] = word;
    else if (required) throw new UsageError(`${name} is missing: ${usageHint(command)}`);
  });
  const extra = words[usage.words.length];
  if (extra !== undefined && usage.words.at(-1)?.many !== true) {
    throw new UsageError(`"${extra}" is one word too many: ${usageHint(command)}`);
  }
  return given;
}

function restOf(words: readonly string[], usage: Usage): string[] {
  const many = usage.words.findIndex((word) => word.many);
  return many === -1 ? [] : words.slice(many);
}

function usageHint(command: ShellCommand): string {
  return `write "${spelling(command)}"`;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
