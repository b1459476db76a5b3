/**
 * Runs simulations and says what happened in their worlds.
 *
 *   npm run simulate -- --seed N [--count M]
 *
 * One seed is told in full; of several only those in which something did not hold. Exit code 1 if there are any.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
  },
});
const first = Number(values.seed);
const count = Number(values.count);
const folder = mkdtempSync(join(tmpdir(), 'openbell-'));
let broken = 0;
let facts = 0;
let interruptions = 0;
for (let seed = first; seed < first + count; seed++) {
  const ran = await simulate(seed, folder);
  facts += ran.facts;
  interruptions += ran.interruptions;
  if (ran.broken !== null) broken += 1;
  if (count > 1 && ran.broken === null) continue;
  process.stdout.write(`seed ${seed}\n${ran.trace.map((line) => `  ${line}\n`).join('')}`);
  process.stdout.write(`  ${ran.broken === null ? 'everything held' : `broken: ${ran.broken}`}\n`);
}
rmSync(folder, { recursive: true, force: true });
const runs = count === 1 ? '1 run' : `${count} runs`;
process.stdout.write(
  `${runs}, ${facts} facts, interrupted ${interruptions} times, ${broken} broken\n`,
);
process.exitCode = broken === 0 ? 0 : 1;
