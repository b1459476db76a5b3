/** What verifying a run has come to, for people and as JSON. */
import type { Divergence } from '../actors/divergence.ts';
import type { VerifyReport } from '../actors/verifyLog.ts';
import { isoUtc } from '../domain/calendar/display.ts';
import { factJson } from '../inspect/factJson.ts';
import type { FactLines } from '../inspect/factText.ts';
import { aligned, counted, plural } from './table.ts';

export function verifyText(run: string, report: VerifyReport, lines: FactLines): string {
  const parts = [headline(run, report)];
  if (report.damage !== null) parts.push(report.damage.reason);
  if (report.divergence !== null) parts.push(divergenceText(report.divergence, lines));
  if (report.note !== '') parts.push(report.note);
  for (const { who, what } of report.readings) {
    parts.push(`${who} calls ${what}: what it decides by that comes out differently every time`);
  }
  const settings = [
    ...report.versions.map(({ path, a, b }) => [`version of ${path}`, text(a), text(b)]),
    ...report.config.map(({ path, a, b }) => [`config ${path}`, text(a), text(b)]),
  ];
  if (settings.length > 0) {
    const table = aligned([['', 'recorded', 'now'], ...settings], 'lll');
    parts.push(`differences in code and config:\n${indented(table)}`);
  }
  return parts.join('\n\n');
}

function headline(run: string, report: VerifyReport): string {
  const { ok, checked, inputs, facts, frames, chainHash, ended, damage, divergence } = report;
  const count = `${plural(facts, 'fact')} in ${plural(frames, 'frame')}`;
  if (damage !== null) return `${run}: broken at fact ${counted(damage.seq)}`;
  if (divergence !== null) return `${run}: differs at fact ${counted(divergence.seq)}`;
  if (!ok) return `${run}: could not be executed again beyond fact ${counted(facts)}`;
  const what =
    checked === 'execution'
      ? `${count} come out again${inputs === 'log' ? ' from the bars of the log' : ''}, the same to the byte`
      : `${count} are intact and fold; they were not executed again`;
  return `${run}: ${what}${endText(ended)}\nchain hash ${chainHash}`;
}

function endText(ended: VerifyReport['ended']): string {
  if (ended === 'completed') return '';
  if (ended === 'running') return '; the run is still being written, so far that is all of it';
  return ended === 'interrupted' ? '; the run was interrupted there' : `; the run ended ${ended}`;
}

function divergenceText({ reason, expected, found, fields, causes }: Divergence, lines: FactLines) {
  const rows = [
    ...(expected === null ? [] : [['recorded', lines.brief(expected)]]),
    ...(found === null ? [] : [['now', lines.brief(found)]]),
  ];
  const parts = [reason, indented(aligned(rows, 'll'))];
  if (fields.length > 0) {
    const table = fields.map(({ path, a, b }) => [path, text(a), text(b)]);
    parts.push(indented(aligned([['field', 'recorded', 'now'], ...table], 'lll')));
  }
  if (causes.length > 0) {
    parts.push(`what led to it:\n${indented(causes.map((fact) => lines.brief(fact)).join('\n'))}`);
  }
  return parts.join('\n\n');
}

/** The report with all keys in snake_case. */
export function verifyJson(run: string, report: VerifyReport): Record<string, unknown> {
  const { divergence, damage, ...rest } = report;
  return {
    run,
    ok: rest.ok,
    checked: rest.checked,
    inputs: rest.inputs,
    ended: rest.ended,
    facts: rest.facts,
    frames: rest.frames,
    chain_hash: rest.chainHash,
    divergence: divergence && {
      seq: divergence.seq,
      at: isoUtc(divergence.at),
      reason: divergence.reason,
      expected: divergence.expected && factJson(divergence.expected),
      found: divergence.found && factJson(divergence.found),
      fields: divergence.fields.map(recordedAndNow),
      causes: divergence.causes.map(factJson),
    },
    damage,
    versions: rest.versions.map(recordedAndNow),
    config: rest.config.map(recordedAndNow),
    readings: rest.readings,
    note: rest.note,
  };
}

function recordedAndNow({ path, a, b }: { path: string; a: unknown; b: unknown }) {
  return { path, expected: a ?? null, found: b ?? null };
}

const TEXT_MAX = 60;

function text(value: unknown): string {
  if (value === undefined) return '(absent)';
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return shown.length <= TEXT_MAX ? shown : `${shown.slice(0, TEXT_MAX - 1)}…`;
}

function indented(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
