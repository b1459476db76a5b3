/** The ids of recent appends, so that a producer that tries again after a failure adds nothing twice. */

/** How many are remembered; every segment head repeats them. */
const IDS_KEPT = 1024;

export class AppendIds {
  readonly #positions = new Map<string, number>();

  get size(): number {
    return this.#positions.size;
  }

  /** The position after the append of that id; `undefined` if it is not among the last ones. */
  get(id: string): number | undefined {
    return this.#positions.get(id);
  }

  add(id: string, position: number): void {
    this.#positions.set(id, position);
    if (this.#positions.size <= IDS_KEPT) return;
    for (const oldest of this.#positions.keys()) {
      this.#positions.delete(oldest);
      return;
    }
  }

  entries(): [id: string, position: number][] {
    return [...this.#positions];
  }
}
