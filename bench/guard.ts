/**
 * `npm run bench:guard`: fails if the engine has become much slower beside the hand-written loop. It compares
 * ratios of one process, never times, by what the main thread had of a processor: the limits are about half of
 * what is usual, so that it finds what makes a run twice as slow, on any machine, also on a busy one. A scenario
 * that fails is tried again.
 */
import { type RunOptions, runOver, THREE } from './engineRun.ts';
import { freshPath, remove } from './folders.ts';
import { createMarket } from './market.ts';
import { loopTimes } from './scenarios/runs.ts';

interface Guarded {
  readonly what: string;
  readonly symbols: number;
  readonly options: RunOptions;
  /** Percent of the loop's speed below which something is wrong. */
  readonly limit: number;
}

const GUARDED: readonly Guarded[] = [
  {
    what: '50 symbols × 10 days',
    symbols: 50,
    options: { indicators: THREE, cross: false },
    limit: 2.4,
  },
  { what: '10 symbols × 10 days with a strategy', symbols: 10, options: {}, limit: 1 },
];
const ROUNDS = 4;
const TRIES = 3;

/** Percent: the fastest pass of the loop beside the fastest run, after one that warms up. */
async function ratioOf({ symbols, options }: Guarded): Promise<number> {
  const market = createMarket(symbols, 10);
  let engine = Number.POSITIVE_INFINITY;
  let loop = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    const folder = freshPath();
    const ran = await runOver(market, folder, options);
    remove(folder);
    const looped = loopTimes(market);
    if (round === 0) continue;
    engine = Math.min(engine, ran.processorMs);
    loop = Math.min(loop, looped.processorMs);
  }
  return (100 * loop) / engine;
}

for (const guarded of GUARDED) {
  let best = 0;
  for (let tried = 0; tried < TRIES && best < guarded.limit; tried++) {
    best = Math.max(best, await ratioOf(guarded));
  }
  const slow = best < guarded.limit;
  if (slow) process.exitCode = 1;
  const { what, limit } = guarded;
  console.log(
    `${slow ? 'too slow' : 'ok'}: ${what} ${best.toFixed(2)} % of the loop, ${limit} needed`,
  );
}
