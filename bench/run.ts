/**
 * `npm run bench`: every scenario, with what it is to be compared with, in one process.
 *
 *   --only a,b      these scenarios only
 *   --json          results as JSON
 *   --write FILE    results as a page, beside those of the last one, which lie in FILE's folder as JSON
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Machine, markdownOf, type Report } from './report.ts';
import { type Measured, measure, type Scenario } from './scenario.ts';
import { HOST } from './scenarios/host.ts';
import { LOG_QUERIES } from './scenarios/logQueries.ts';
import { MEMORY } from './scenarios/memory.ts';
import { READING } from './scenarios/reading.ts';
import { RUNS } from './scenarios/runs.ts';

const SCENARIOS: readonly Scenario[] = [...RUNS, ...READING, ...LOG_QUERIES, ...HOST, ...MEMORY];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
});

function machine(): Machine {
  const [cpu] = cpus();
  return {
    node: process.versions.node,
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Math.round(loadavg()[0]!),
    date: new Date().toISOString().slice(0, 10),
  };
}

function chosen(): readonly Scenario[] {
  if (options.only === undefined) return SCENARIOS;
  const names = options.only.split(',');
  const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const known = SCENARIOS.map(({ name }) => name).join(', ');
    throw new Error(`no scenario "${unknown.join(', ')}"; there are ${known}`);
  }
  return SCENARIOS.filter(({ name }) => names.includes(name));
}

const results: Measured[] = [];
for (const scenario of chosen()) {
  const measured = await measure(scenario);
  results.push(measured);
  const { name, engine, unit, ratio, figures, short } = measured;
  const shown = Object.entries(figures).map(([figure, value]) => `, ${figure} ${value}`);
  console.error(
    `${name}: ${engine} ${unit}${ratio === null ? '' : `, ${ratio} %`}${shown.join('')}` +
      `${short?.length ? ` (missed: ${short.join('; ')})` : ''}`,
  );
}

const report: Report = { machine: machine(), results };
if (options.json) console.log(JSON.stringify(report, null, 2));
if (options.write !== undefined) {
  const beside = options.write.replace(/\.md$/, '.json');
  const last = existsSync(beside) ? (JSON.parse(readFileSync(beside, 'utf8')) as Report) : null;
  // What was not measured now stays as it was.
  const measured = new Map(results.map((result) => [result.name, result]));
  const kept = (last?.results ?? []).filter(({ name }) => !measured.has(name));
  const order = SCENARIOS.map(({ name }) => name);
  const all = [...kept, ...results].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const whole = { ...report, results: all };
  writeFileSync(options.write, markdownOf(whole, last));
  writeFileSync(beside, `${JSON.stringify(whole, null, 2)}\n`);
}
