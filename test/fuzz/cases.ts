/**
 * How many cases a fuzz test tries, and which. Each is made of its number alone: `FUZZ_CASE=n` tries that one.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

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

/** Says now and then how far many cases have come. */
export function tellProgress(number: number, { length }: readonly number[]): void {
  if (length > 5000 && number % 5000 === 0) process.stderr.write(`case ${number}\n`);
}

/** A folder in memory where there is one, gone after the tests of the file. */
export function quickFolder(): string {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = mkdtempSync(join(parent, 'openbell-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
