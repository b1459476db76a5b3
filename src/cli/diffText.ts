/** A comparison of two runs for people. */
import type { Fact } from '../domain/facts.ts';
import { factJson } from '../inspect/factJson.ts';
import type { FactLines } from '../inspect/factText.ts';
import type { FieldDifference } from '../inspect/fieldDiff.ts';
import type { FactDifference, LogDiff } from '../inspect/logDiff.ts';
import type { DifferenceSide, SettingsDiff } from '../inspect/runDiff.ts';
import type { Manifest } from '../store/manifest.ts';
import { aligned, counted, plural } from './table.ts';
import { explainedText, readingText } from './whyText.ts';

/** One of the two runs: its name, and how its facts are printed. */
export interface NamedRun {
  readonly name: string;
  readonly lines: FactLines;
  readonly parent: Manifest['parent'];
}

interface Runs {
  readonly a: NamedRun;
  readonly b: NamedRun;
}

export function equalText({ facts, sameChain }: LogDiff): string {
  return sameChain
    ? `equal: ${plural(facts.a, 'fact')}, the same to the byte`
    : `equal, but for what was ignored and how frames are cut: ${counted(facts.a)} and ${counted(facts.b)} facts`;
}

/** Where two logs part, with all that helps to see why. */
export function diffText(
  diff: LogDiff,
  sides: { readonly a: DifferenceSide; readonly b: DifferenceSide },
  settings: SettingsDiff,
  runs: Runs,
): string {
  const { facts, common, first, beyond } = diff;
  const shown = beyond ?? first!;
  const parts = [
    `a  ${runText(runs.a, facts.a)}\nb  ${runText(runs.b, facts.b)}\n` +
      `the same to the byte up to fact ${counted(common)}`,
    settingsText(settings),
  ];
  if (beyond !== null) parts.push('beyond how they were started:');
  else if (first!.a?.type === 'RunStarted')
    parts.push('they differ in how they were started alone');
  parts.push(differenceText(shown), chainsText(sides, runs));
  const { before } = sides.a;
  if (before !== null) parts.push(`before, in a, ${before.symbol}; ${readingText(before)}`);
  parts.push('what differs later may follow from this');
  return parts.filter((part) => part !== '').join('\n\n');
}

function runText({ name, parent }: NamedRun, facts: number): string {
  const fork = parent === null ? '' : `, a fork of ${parent.run} after fact ${counted(parent.seq)}`;
  return `${name}, ${plural(facts, 'fact')}${fork}`;
}

function settingsText({ config, data, code }: SettingsDiff): string {
  const rows = [...named('config', config), ...named('data', data), ...named('code', code)];
  if (rows.length === 0) return 'config, data and code are the same';
  return `differences in config, data and code:\n${indented(aligned([['', 'a', 'b'], ...rows], 'lll'))}`;
}

function named(what: string, fields: readonly FieldDifference[]): string[][] {
  return fields.map(({ path, a, b }) => [
    path === '' ? what : `${what} ${path}`,
    shortText(a),
    shortText(b),
  ]);
}

/** Both facts, field by field; an asterisk marks what differs. */
function differenceText({ a, b, fields }: FactDifference): string {
  if (a === null || b === null) {
    const [longer, shorter, fact] = a === null ? ['b', 'a', b!] : ['a', 'b', a];
    const rows = Object.entries(briefly(fact)).map(([name, value]) => [name, shortText(value)]);
    return `${shorter} ends where ${longer} goes on:\n${indented(aligned(rows, 'll'))}`;
  }
  const names = new Set(fields.map(({ path }) => path.split('.')[0]!));
  const where = a.type === b.type ? `in ${[...names].join(', ')}` : `${a.type} and ${b.type}`;
  const table = aligned([['', '', 'a', 'b'], ...fieldRows(a, b, fields)], 'llll');
  return `first difference, ${where}:\n${indented(table)}`;
}

/** Of a field that differs only inside, so many places at most. */
const PLACES_SHOWN = 8;

function fieldRows(a: Fact, b: Fact, fields: readonly FieldDifference[]): string[][] {
  const [left, right] = [briefly(a), briefly(b)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.flatMap((name) => {
    const inside = fields.filter(({ path }) => path.startsWith(`${name}.`));
    const shown = inside.slice(0, PLACES_SHOWN);
    const more = inside.length - shown.length;
    if (inside.length > 0) {
      return [
        ...shown.map((field) => ['*', field.path, shortText(field.a), shortText(field.b)]),
        ...(more > 0 ? [['*', `${name} …`, `${counted(more)} more`, '']] : []),
      ];
    }
    const mark = fields.some(({ path }) => path === name) ? '*' : '';
    return [[mark, name, shortText(left[name]), shortText(right[name])]];
  });
}

function briefly(fact: Fact): Record<string, unknown> {
  const { columns, ...json } = factJson(fact);
  return columns === undefined ? json : { ...json, columns: '…' };
}

const TEXT_MAX = 60;

function shortText(value: unknown): string {
  if (value === undefined) return '(absent)';
  if (Object.is(value, -0)) return '-0';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}

function chainsText(
  { a, b }: { readonly a: DifferenceSide; readonly b: DifferenceSide },
  runs: Runs,
): string {
  const [left, right] = [
    a.explained && explainedText(a.explained, runs.a.lines),
    b.explained && explainedText(b.explained, runs.b.lines),
  ];
  const parts: string[] = [];
  if (left !== null) parts.push(`what led to it in a:\n${indented(left)}`);
  if (right !== null) parts.push(`what led to it in b:\n${indented(right)}`);
  return parts.join('\n\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
