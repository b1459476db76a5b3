/** What may come next in a line: commands and their words, options, symbols, intervals, types of facts. */
import { FACT_TYPES } from '../../inspect/factTypes.ts';
import type { ShellCommand } from './command.ts';
import type { Interpreter } from './interpreter.ts';
import { usageOf } from './usage.ts';

/** As `node:readline` wants it: what fits, and the part of the line that it takes the place of. */
export type Completion = [fits: string[], begun: string];

/** @param line up to the cursor */
export function complete(line: string, { shell, commands }: Interpreter): Completion {
  const words = line.trimStart().split(/\s+/);
  const begun = words.pop() ?? '';
  const possible = [
    ...namesAfter(words, commands),
    ...commands.flatMap((command) => placesIn(command, words, { shell, commands })),
  ];
  const isBegun = (word: string) => word.toLowerCase().startsWith(begun.toLowerCase());
  const fits = [...new Set(possible.filter(isBegun))];
  // The only one needs no more letters: on to the next word.
  return [fits.length === 1 ? [`${fits[0]} `] : fits, begun];
}

/** The words of names that go on from those typed. */
function namesAfter(words: readonly string[], commands: readonly ShellCommand[]): string[] {
  const typed = words.map((word) => word.toLowerCase());
  return commands
    .map(({ name }) => name.split(' '))
    .filter((name) => name.length > typed.length && typed.every((word, i) => word === name[i]))
    .map((name) => name[typed.length]!);
}

/** What fits in place of a word of a usage, by its name. */
const PLACES: Readonly<
  Record<string, (scene: Scene, before: readonly string[]) => readonly string[]>
> = {
  SYM: ({ shell: { session } }) => session.view.symbols,
  INTERVAL: ({ shell: { session } }, [symbol = '']) =>
    session.view.symbol(symbol.toUpperCase())?.intervals ?? [],
  STREAM: ({ shell: { session } }) => session.config.session_data_config.streams,
  TYPE: () => FACT_TYPES,
  COMMAND: ({ commands }, before) => namesAfter(before, commands),
};

type Scene = Pick<Interpreter, 'shell' | 'commands'>;

function placesIn(
  { name, usage }: ShellCommand,
  words: readonly string[],
  scene: Scene,
): readonly string[] {
  const own = name.split(' ');
  if (!own.every((word, i) => words[i]?.toLowerCase() === word)) return [];
  const given = words.slice(own.length);
  const places = usageOf(usage);
  const value = places.options.get(given.at(-1) ?? '');
  if (typeof value === 'string') return PLACES[value]?.(scene, []) ?? [];
  const before = given.filter((word) => !word.startsWith('--'));
  const place = places.words[before.length] ?? places.words.findLast(({ many }) => many);
  const fits = place === undefined ? [] : (PLACES[place.name]?.(scene, before) ?? []);
  return [...fits, ...[...places.options.keys()].filter((option) => !given.includes(option))];
}
