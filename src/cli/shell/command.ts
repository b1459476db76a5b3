/** What a command of the shell is: data that the reading of lines, help and completion all go by. */
import type { Shell } from './shell.ts';

export interface ShellCommand {
  /** As it is typed: one word, or two. */
  readonly name: string;
  /**
   * What may follow: words in capitals, named after what they are (`PLACES` in `completion.ts` knows what fits),
   * and options. In brackets what may be left out, with dots what may come several times.
   * Such as `SYM [STREAM...] [--force]`.
   */
  readonly usage?: string;
  /** A line of help. */
  readonly summary: string;
  /** More of it, for `help NAME`. */
  readonly details?: string;
  /** @returns what to print */
  run(call: Call): Promise<string> | string;
}

/** One use of a command. */
export interface Call {
  readonly shell: Shell;
  /** All there are. */
  readonly commands: readonly ShellCommand[];
  /** By their names in the usage: words, values of options, and `''` for options without one. */
  readonly given: Readonly<Record<string, string>>;
  /** Where several words may come, all of them. */
  readonly rest: readonly string[];
  /** Aborts on Ctrl-C: the command then ends, soon and cleanly. */
  readonly signal: AbortSignal;
}

/** A question that was understood and answered with no. */
export class Declined extends Error {
  override name = 'Declined';
}
