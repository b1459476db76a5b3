import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inSessions, type MarketSession, runNamed } from './markets.ts';
import { CHECKS, DAYS } from './published.ts';

const gold = new URL('../../../shared/gold/indicators/', import.meta.url);

const here = existsSync(gold);
if (!here) {
  const checks = CHECKS.length + DAYS.length;
  process.stderr.write(`gold: ${checks} checks could not be made (indicators)\n`);
}

function dailyBars(): MarketSession[] {
  const [, ...lines] = readFileSync(new URL('daily.csv', gold), 'utf8').trim().split('\n');
  const prices = lines.map((line) => {
    const [open, high, low, close, volume] = line.split(',').slice(1).map(Number);
    return { open: open!, high: high!, low: low!, close: close!, volume: volume! };
  });
  return inSessions('1d', prices);
}

function readGold(file: string): { columns: string[]; rows: (string | number | null)[][] } {
  return JSON.parse(readFileSync(new URL(`${file}.json`, gold), 'utf8'));
}

/** To 1e-9 of the answer, or to the rounding of the prices where that is 0 or near it. */
function agree(expected: number | null, actual: number): boolean {
  if (expected === null) return Number.isNaN(actual);
  return Math.abs(actual - expected) <= 1e-9 * Math.abs(expected) + 1e-12;
}

describe.runIf(here)('reference answers', () => {
  for (const { file, name, chosen, columns } of CHECKS) {
    it(`of ${file} are those of ${name}, to 1e-9`, () => {
      const { columns: names, rows } = readGold(file);
      const found = runNamed(name, dailyBars(), '1d', chosen);
      expect(found).toHaveLength(502);
      expect(rows).toHaveLength(502);
      let compared = 0;
      for (const [cell, column] of columns.entries()) {
        const at = names.indexOf(column);
        expect(at).toBeGreaterThan(0);
        for (const [day, row] of rows.entries()) {
          const expected = row[at] as number | null;
          const actual = found[day]![cell]!;
          if (!agree(expected, actual))
            expect.fail(`${row[0]} ${column}: expected ${expected}, found ${actual}`);
          if (expected !== null) compared++;
        }
      }
      expect(compared).toBeGreaterThan(400);
    });
  }

  for (const { name, chosen, rows } of DAYS) {
    it(`of single days are those of ${name}`, () => {
      const found = runNamed(name, dailyBars(), '1d', chosen);
      const wrong = Object.entries(rows).flatMap(([day, row]) =>
        row.flatMap((expected, cell) => {
          const actual = found[Number(day)]![cell]!;
          return agree(expected, actual) ? [] : [`${day}: expected ${expected}, found ${actual}`];
        }),
      );
      expect(wrong).toEqual([]);
    });
  }
});
