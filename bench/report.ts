/** The results of a bench as a table for people, beside those of the last one. */
import type { Measured } from './scenario.ts';

/** What the numbers were measured on. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Load average of the last minute: beyond the cores, others were at work. */
  readonly load: number;
  readonly date: string;
}

export interface Report {
  readonly machine: Machine;
  readonly results: readonly Measured[];
}

/** Changes below this many percent are noise. */
const NOISE = 15;

export function markdownOf(report: Report, last: Report | null): string {
  const { machine, results } = report;
  return `# Performance

Written by \`npm run bench -- --write docs/performance.md\`; do not edit. Measured on
${placeOf(machine)}.

Every scenario takes turns with its reference in one process after warm-up rounds, each in one of its
own but for the queries of ten million facts, which share one; shown are medians. The **ratio** is the
median of the rounds' own ratios, engine to reference: the machine's speed, and what else it was
doing, cancel out of it. *Spread* is (largest − smallest) ÷ median of
the engine's rounds. Runs write their log durably, as users' runs do. The reference of a run is a
hand-written loop over the same arrays that does the same sums and nothing else. How the speed came
about is in [ADR 18](adr/0018-speed.md).

| scenario | engine | reference | ratio % | spread % | figures | target |
|---|--:|--:|--:|--:|---|---|
${results.map(rowOf).join('\n')}

${results.map(({ name, what }) => `- **${name}**: ${what}`).join('\n')}

## Worse than the last time

${worse(report, last)}
`;
}

function placeOf({ date, node, cores, cpu, memoryGiB, load }: Machine): string {
  return `${date}, Node ${node}, ${cores} × ${cpu}, ${memoryGiB} GiB, load ${load}`;
}

function rowOf(measured: Measured): string {
  const { name, unit, engine, reference, ratio, spread, figures, short } = measured;
  const shown = (value: number | null) => (value === null ? '' : `${group(value)} ${unit}`);
  const others = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  const cells = [
    name,
    shown(engine),
    shown(reference),
    ratio ?? '',
    spread,
    others.join(', '),
    aimOf(short),
  ];
  return `| ${cells.join(' | ')} |`;
}

function aimOf(short: Measured['short']): string {
  if (short === null) return '';
  return short.length === 0 ? 'met' : `missed: ${short.join('; ')}`;
}

const group = (value: number) => value.toLocaleString('en-US');

/** Ratios are compared where there are any, times where not; what does something else than before is another thing. */
function worse({ results }: Report, last: Report | null): string {
  if (last === null) return 'There is no last time.';
  const lines = results.flatMap((now) => {
    const before = last.results.find(({ name }) => name === now.name);
    if (before?.what !== now.what) return [];
    const slower = slowerBy(now, before);
    const than = now.ratio === null ? '' : ', beside its reference';
    return slower > NOISE ? [`- **${now.name}**: ${Math.round(slower)} % slower${than}`] : [];
  });
  return lines.length === 0 ? `Nothing, but for noise below ${NOISE} %.` : lines.join('\n');
}

/** Percent; negative if it is faster. */
function slowerBy(now: Measured, before: Measured): number {
  if (now.ratio !== null && before.ratio !== null) return 100 * (before.ratio / now.ratio - 1);
  const factor = now.unit === 'ms' ? now.engine / before.engine : before.engine / now.engine;
  return 100 * (factor - 1);
}
