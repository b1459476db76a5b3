/** Long work in pieces, so that whatever else waits gets its turn. */

/** How long a piece may take, host time. */
const PIECE_MS = 12;
/** Looking at the clock costs as much as a small step. */
const STEPS_PER_LOOK = 32;

export class Turns {
  #since = performance.now();
  #steps = 0;

  /** To be asked after every step: true if others should have their turn. */
  due(): boolean {
    this.#steps += 1;
    return this.#steps % STEPS_PER_LOOK === 0 && performance.now() - this.#since >= PIECE_MS;
  }

  async next(): Promise<void> {
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    this.#since = performance.now();
  }
}
