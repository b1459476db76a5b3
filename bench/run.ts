/**
 * `npm run bench`: every scenario beside what it is to be compared with, in a process of its own but for a few that
 * share their logs. So users run it; and what V8 has made of the code for one scenario slows no other down.
 *
 *   --only a,b      these scenarios only
 *   --json          results as JSON
 *   --write FILE    results as a page, beside those of the last one, which lie in FILE's folder as JSON
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { type Machine, markdownOf, type Report } from './report.ts';
import { type Measured, measure, type Scenario } from './scenario.ts';
import { HOST } from './scenarios/host.ts';
import { LOG_QUERIES } from './scenarios/logQueries.ts';
import { MEMORY } from './scenarios/memory.ts';
import { READING } from './scenarios/reading.ts';
import { RUNS } from './scenarios/runs.ts';

/** Those that share a process: only the queries do, for the logs they share take a while to make. */
const PROCESSES: readonly (readonly Scenario[])[] = [
  ...[...RUNS, ...READING].map((scenario) => [scenario]),
  LOG_QUERIES,
  ...[...HOST, ...MEMORY].map((scenario) => [scenario]),
];
const SCENARIOS = PROCESSES.flat();

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
});

/** Told before anything is measured. */
function refuse(message: string): never {
  console.error(`error: ${message}`);
  process.exit(2);
}

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
    refuse(`no scenario "${unknown.join(', ')}"; there are ${known}`);
  }
  return SCENARIOS.filter(({ name }) => names.includes(name));
}

/** Measures a scenario here, and says on stderr what came of it. */
async function measured(scenario: Scenario): Promise<Measured> {
  const result = await measure(scenario);
  const { name, engine, unit, ratio, figures, short } = result;
  const shown = Object.entries(figures).map(([figure, value]) => `, ${figure} ${value}`);
  console.error(
    `${name}: ${engine} ${unit}${ratio === null ? '' : `, ${ratio} %`}${shown.join('')}` +
      `${short?.length ? ` (missed: ${short.join('; ')})` : ''}`,
  );
  return result;
}

/** The same in a process of their own. */
function measuredApart(scenarios: readonly Scenario[]): readonly Measured[] {
  const names = scenarios.map(({ name }) => name).join(',');
  const args = [...process.execArgv, import.meta.filename, '--only', names, '--json'];
  const { status, signal, stdout, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${names} ended with ${signal ?? status}`);
  return (JSON.parse(stdout) as Report).results;
}

if (options.write !== undefined) {
  const { write } = options;
  if (!write.endsWith('.md')) refuse(`"${write}" is no page: give a file that ends in ".md"`);
  if (!existsSync(dirname(write))) refuse(`there is no folder "${dirname(write)}" to write to`);
}
const scenarios = chosen();
const groups = PROCESSES.map((group) => group.filter((one) => scenarios.includes(one))).filter(
  (group) => group.length > 0,
);
const results: Measured[] = [];
if (groups.length > 1) results.push(...groups.flatMap(measuredApart));
else for (const scenario of scenarios) results.push(await measured(scenario));

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
