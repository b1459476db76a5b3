/**
 * How many cases a fuzz test tries, and which. Each is made of its number alone: `FUZZ_CASE=n` tries that one.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { random } from '../support.ts';

/** `FUZZ=100000` tries so many in all, shared out by `part`. */
const ASKED = process.env.FUZZ === undefined ? null : Number(process.env.FUZZ);
const ONLY = process.env.FUZZ_CASE === undefined ? null : Number(process.env.FUZZ_CASE);
const FIRST = Number(process.env.FUZZ_FIRST ?? 0);

/** Numbers of the cases to try: `usual` of them, or their `part` of what was asked for. */
export function casesOf({ usual, part }: { usual: number; part: number }): number[] {
  if (ONLY !== null) return [ONLY];
  const count = ASKED === null ? usual : Math.round(ASKED * part);
  return Array.from({ length: count }, (_, i) => FIRST + i);
}

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

/** A folder in memory where there is one, gone after the tests of the file. */
export function quickFolder(): string {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(parent, 'openbell-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
