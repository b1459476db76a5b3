/** Choices that are made of a seed alone. */
import { random } from './support.ts';

/** A seeded source of choices. */
export class Choices {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(Math.imul(seed + 1, 2_654_435_761));
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** Between 1 and `limit`, small ones more often. */
  few(limit: number): number {
    return 1 + Math.floor(limit ** this.#next()) - 1;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
