/**
 * `npm run bench:guard`: fails if the engine has become much slower beside the hand-written loop. It compares
 * ratios of one process run, never times, and the limits are about half of what is usual: it is to find what
 * makes a run twice as slow, on any machine, also on one that is busy. A scenario that fails is tried again.
 */
import { type Measured, measure } from './scenario.ts';
import { RUNS } from './scenarios/runs.ts';

/** Percent of the loop's speed below which something is wrong. */
const LIMITS: Readonly<Record<string, number>> = { 'symbols-10': 1.5, 'without-strategy': 2.5 };
const TRIES = 3;

let failed = false;
for (const [name, limit] of Object.entries(LIMITS)) {
  const scenario = RUNS.find((run) => run.name === name)!;
  let best: Measured | null = null;
  for (let tried = 0; tried < TRIES && (best?.ratio ?? 0) < limit; tried++) {
    const measured = await measure({ ...scenario, rounds: 3 });
    if (best === null || measured.ratio! > best.ratio!) best = measured;
  }
  const slow = best!.ratio! < limit;
  failed ||= slow;
  console.log(
    `${slow ? 'too slow' : 'ok'}: ${name} ${best!.ratio} % of the loop, ${limit} % needed`,
  );
}
if (failed) process.exitCode = 1;
