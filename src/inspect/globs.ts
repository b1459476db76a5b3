/** Names as a user picks them: `Bar*`, `session/strategy/*`, and `!BarDerived` for all but that. */

export class Globs {
  readonly #picked: readonly RegExp[];
  readonly #left: readonly RegExp[];

  /** Letter case does not count. Without patterns, or with none but negated ones, every name is picked. */
  constructor(patterns: readonly string[]) {
    this.#picked = patterns.filter((pattern) => !isNegated(pattern)).map(globRegExp);
    this.#left = patterns.filter(isNegated).map((pattern) => globRegExp(pattern.slice(1)));
  }

  /** True if no name is left out. */
  get isEmpty(): boolean {
    return this.#picked.length === 0 && this.#left.length === 0;
  }

  /** True if what has no name at all is picked. */
  get takesNameless(): boolean {
    return this.#picked.length === 0;
  }

  matches(name: string): boolean {
    const picked = this.#picked.length === 0 || this.#picked.some((glob) => glob.test(name));
    return picked && !this.#left.some((glob) => glob.test(name));
  }
}

export function isNegated(pattern: string): boolean {
  return pattern.startsWith('!');
}

/** `*` stands for any letters, `?` for one. */
export function globRegExp(glob: string): RegExp {
  const pattern = glob
    .replaceAll(/[.+^$(){}|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'i');
}
