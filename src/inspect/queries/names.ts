/** Numbers for names, in the order of their first use. */
export class Names {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a name, a new one if it has none. */
  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.all.length);
    return this.all.push(name) - 1;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  at(number: number): string {
    return this.all[number]!;
  }
}
