/** Arguments as commander hands them over. */
import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../domain/errors.ts';

/** A whole number from 1 on. */
export function countFrom1(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('Write a whole number from 1 on.');
}

/** A port; 0 is any free one. */
export function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('Write a port from 1 to 65535, or 0 for any free one.');
}

/** Gathers the values of an option that can be given several times. */
export function gathered(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/**
 * A required argument that may stand behind an option with a list of values: such an option takes all
 * words up to the next option, the argument among them.
 *
 * @param given what commander took for the argument
 * @param list the values of the option; loses its last one if that is the argument
 * @throws {UsageError} if there is none
 */
export function behindList(
  given: string | undefined,
  list: readonly string[],
  missing: string,
): { readonly argument: string; readonly list: readonly string[] } {
  if (given !== undefined) return { argument: given, list };
  const last = list.at(-1);
  if (list.length < 2 || last === undefined) throw new UsageError(missing);
  return { argument: last, list: list.slice(0, -1) };
}

/** `--report`, the same for `run` and `demo`. */
export function reportOption(): Option {
  return new Option('--report', 'add what it did and where the time went').conflicts('json');
}
