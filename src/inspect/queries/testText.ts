/** A moment of a run as a test that reaches it again. */
import type { TestAnswer } from '../protocol/state.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { parseStatePath } from './statePath.ts';
import { valueAt } from './stateTree.ts';

/** Of a part that is bigger the test compares a hash of its text. */
const EXPECTED_MAX = 100_000;

export function testOf(run: InspectedRun, at: number, path: string): TestAnswer {
  const steps = parseStatePath(path);
  const value = valueAt(withoutProgram(run.stateJson(at)), steps);
  const place = path === '' ? 'the state' : path;
  const title = `${place} after fact ${at}`;
  const expected = value === undefined ? 'undefined' : JSON.stringify(value, null, 2);
  const whole = expected.length <= EXPECTED_MAX;
  const lines = [
    "import { FileLog, factAt, findCalendar, sessionJson } from 'openbell';",
    "import { expect, it } from 'vitest';",
    '',
    '/** Folder of the run, as seen from where the test is started. */',
    `const RUN = process.env.OPENBELL_RUN ?? ${JSON.stringify(run.source.path)};`,
    '',
    `it(${JSON.stringify(`finds ${title} as it was`)}, async () => {`,
    '  const log = await FileLog.read(RUN);',
    '  const start = factAt(log, 1);',
    "  if (start.type !== 'RunStarted') throw new Error('the run has no start');",
    '  const { config } = start;',
    '  const calendar = findCalendar(String(config.exchange_group));',
    "  if (calendar === undefined) throw new Error('the calendar of the run is not built in');",
    `  const { data, tally } = log.stateAt(${at});`,
    '  const state = sessionJson(data, { calendar, config, tally, system: {} });',
    ...(whole ? expectation(steps, expected) : hashed(steps, expected)),
    '});',
    '',
  ];
  return { name: `fact-${at}.test.ts`, text: lines.join('\n') };
}

/** Versions of whoever exports are no state of the run. */
function withoutProgram(json: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { status, phase } = json.system as Record<string, unknown>;
  return { ...json, session_data: plain(json.session_data), system: { status, phase } };
}

function plain(value: unknown): unknown {
  return { ...(value as object) };
}

function accessOf(steps: readonly (string | number)[]): string {
  return steps.map((step) => `[${JSON.stringify(step)}]`).join('');
}

function expectation(steps: readonly (string | number)[], expected: string): string[] {
  const indented = expected.replaceAll('\n', '\n  ');
  return [
    '  const plain = JSON.parse(JSON.stringify(state));',
    `  expect(plain${accessOf(steps)}).toEqual(${indented});`,
  ];
}

function hashed(steps: readonly (string | number)[], expected: string): string[] {
  const text = JSON.stringify(JSON.parse(expected));
  return [
    '  const plain = JSON.parse(JSON.stringify(state));',
    `  const text = JSON.stringify(plain${accessOf(steps)});`,
    '  let hash = 0;',
    '  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;',
    `  expect([text.length, hash]).toEqual([${text.length}, ${hashOf(text)}]);`,
  ];
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
