/** Whole runs in faulty worlds. `SEEDS=2000` runs more of them; `npm run simulate -- --seed N` tells one in full. */
import { describe, expect, it } from 'vitest';
import { quickFolder } from '../fuzz/cases.ts';
import { simulate } from './simulate.ts';

const SEEDS = Number(process.env.SEEDS ?? 24);
const folder = quickFolder();

/** Nothing, or how to see it again. */
async function brokenIn(seed: number): Promise<string[]> {
  const { broken, trace } = await simulate(seed, folder);
  if (broken === null) return [];
  return [`npm run simulate -- --seed ${seed}: ${broken}`, ...trace];
}

describe('a run in a faulty world', () => {
  it(
    `is there as far as it was acknowledged, and as it would have been, in ${SEEDS} worlds`,
    async () => {
      let interruptions = 0;
      for (let seed = 1; seed <= SEEDS; seed++) {
        const ran = await simulate(seed, folder);
        interruptions += ran.interruptions;
        const shown = [`npm run simulate -- --seed ${seed}: ${ran.broken}`, ...ran.trace];
        expect(ran.broken, shown.join('\n')).toBeNull();
      }
      expect(interruptions).toBeGreaterThan(SEEDS / 3);
    },
    24 * 3600 * 1000,
  );

  // Seeds in which something did not hold once.
  it('has no later segment before the one in front of it is on stable storage', async () => {
    for (const seed of [252, 253, 272, 285]) expect(await brokenIn(seed)).toEqual([]);
  });
});
