/** What may come next in a line: commands and their words, options, symbols, intervals, types of facts. */
import { FACT_TYPES } from '../factFilter.ts';
import type { Shell } from './shell.ts';
import { type Usage, usageOf } from './usage.ts';

/** As `node:readline` wants it: what fits, and the part of the line that it takes the place of. */
export type Completion = [fits: string[], begun: string];

/** @param line up to the cursor */
export function complete(line: string, shell: Shell): Completion {
  const words = line.trimStart().split(/\s+/);
  const begun = words.pop() ?? '';
  const typed = words.map((word) => word.toLowerCase());
  const fits = [...namesAfter(typed, shell), ...wordsAfter(words, shell)].filter((word) =>
    word.toLowerCase().startsWith(begun.toLowerCase()),
  );
  const unique = [...new Set(fits)];
  // The only one needs no more letters: on to the next word.
  return [unique.length === 1 ? [`${unique[0]} `] : unique, begun];
}

/** The words of names that go on from those typed. */
function namesAfter(typed: readonly string[], { commands }: Shell): string[] {
  return commands
    .map(({ name }) => name.split(' '))
    .filter((name) => name.length > typed.length && typed.every((word, i) => word === name[i]))
    .map((name) => name[typed.length]!);
}

/** What fits in place of a word of a usage, by its name. */
const PLACES: Readonly<Record<string, (shell: Shell, before: readonly string[]) => string[]>> = {
  SYM: ({ session }) => [...session.view.symbols],
  INTERVAL: ({ session }, [symbol = '']) => [
    ...(session.view.symbol(symbol.toUpperCase())?.intervals ?? []),
  ],
  STREAM: ({ session }) => session.config.session_data_config.streams,
  TYPE: () => [...FACT_TYPES],
  COMMAND: (shell, before) => namesAfter(before, shell),
};

function wordsAfter(words: readonly string[], shell: Shell): string[] {
  return shell.commands.flatMap(({ name, usage }) => {
    const own = name.split(' ');
    if (!own.every((word, i) => words[i]?.toLowerCase() === word)) return [];
    return placesAfter(words.slice(own.length), usageOf(usage), shell);
  });
}

function placesAfter(given: readonly string[], usage: Usage, shell: Shell): string[] {
  const last = given.at(-1);
  const valueOfLast = last === undefined ? null : usage.options.get(last);
  if (typeof valueOfLast === 'string') return PLACES[valueOfLast]?.(shell, []) ?? [];
  const options = [...usage.options.keys()].filter((option) => !given.includes(option));
  const before = given.filter((word) => !word.startsWith('--'));
  const place = usage.words[before.length] ?? usage.words.findLast(({ many }) => many);
  const fits = place === undefined ? [] : (PLACES[place.name]?.(shell, before) ?? []);
  return [...fits, ...options];
}
