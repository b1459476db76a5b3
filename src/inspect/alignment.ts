/**
 * Which fact of one log stands where another one stands in a second log. Where types of facts are ignored the
 * numbers of what is left may differ, and with them those by which facts name each other.
 */

/** A stretch in which the logs have different numbers of ignored facts: between two pairs that belong together. */
interface Shift {
  readonly afterA: number;
  readonly afterB: number;
  readonly beforeA: number;
  readonly beforeB: number;
}

export class Alignment {
  /** Ascending. Few: none while the ignored facts are as many in both. */
  readonly #shifts: Shift[] = [];
  #lastA: number;
  #lastB: number;

  /** @param common the logs are the same up to this fact */
  constructor(common: number) {
    this.#lastA = common;
    this.#lastB = common;
  }

  /** True while facts that belong together have the same number. */
  get isPlain(): boolean {
    return this.#shifts.length === 0;
  }

  /** Facts `a` to `a + count - 1` belong to as many from `b` on; to be told of in order. */
  pair(a: number, b: number, count = 1): void {
    if (b - a !== this.#lastB - this.#lastA) {
      this.#shifts.push({ afterA: this.#lastA, afterB: this.#lastB, beforeA: a, beforeB: b });
    }
    this.#lastA = a + count - 1;
    this.#lastB = b + count - 1;
  }

  /**
   * True if fact `a` of one log is fact `b` of the other. Ignored facts that are not as many in both count as
   * the one before them: what names "the last fact" as its cause may name one of those.
   */
  same(a: number, b: number): boolean {
    if (a >= this.#lastA || b >= this.#lastB) return a >= this.#lastA && b >= this.#lastB;
    const shift = this.#shifts.findLast(({ afterA }) => afterA <= a);
    if (shift === undefined) return a === b;
    const { afterB, beforeA, beforeB } = shift;
    if (a < beforeA) return b >= afterB && b < beforeB;
    return b - a === beforeB - beforeA;
  }
}
