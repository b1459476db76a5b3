/** What is wrong with the data of several symbols, told at once. */
import { FeedError } from '../domain/errors.ts';

/** Data of which some cannot be used. Its message has a line for each problem. */
export class FeedProblems extends FeedError {
  /** Sentences by symbol, ascending. Symbols without a problem are absent. */
  readonly bySymbol: ReadonlyMap<string, readonly string[]>;

  constructor(bySymbol: ReadonlyMap<string, readonly string[]>) {
    const sorted = [...bySymbol].toSorted(([a], [b]) => (a < b ? -1 : 1));
    super(sorted.flatMap(([, problems]) => problems).join('\n'));
    this.bySymbol = new Map(sorted);
  }

  /** One sentence each, by ascending symbol. */
  get problems(): readonly string[] {
    return [...this.bySymbol.values()].flat();
  }
}

/** What `work` gives; `undefined` if it throws a `FeedError`, whose sentence is added to `problems`. */
export async function attempt<T>(
  problems: string[],
  work: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
