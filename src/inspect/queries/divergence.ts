/** Where two runs part, and whether their states were the same until then. */

import { UsageError } from '../../domain/errors.ts';
import type { Fact } from '../../domain/facts.ts';
import { spelled } from '../diffJson.ts';
import { factJson } from '../factJson.ts';
import type { FieldDifference } from '../fieldDiff.ts';
import { diffLogs, type FactDifference } from '../logDiff.ts';
import type { DivergenceAnswer } from '../protocol/run.ts';
import { type ComparedRun, settingsDiff } from '../runDiff.ts';
import { shortened } from './events.ts';
import type { InspectedRun } from './inspectedRun.ts';

/** Differences of the settings that are listed. */
const FIELDS_MAX = 200;

export function divergenceOf(
  a: InspectedRun,
  b: InspectedRun | null,
  ignored: string,
): DivergenceAnswer {
  if (b === null) {
    throw new UsageError('there is no second run: give two to "openbell inspect"');
  }
  const ignore = ignored.split(',').filter((name) => name.trim() !== '');
  const diff = diffLogs(a.log, b.log, { ignore });
  const { equal, facts, common, first, beyond } = diff;
  const { config, data, code } = settingsDiff(comparedRun(a), comparedRun(b));
  const exact = ignore.length === 0;
  const hash = common === a.log.position ? a.log.chainHash() : a.log.linkUpTo(common)?.hash;
  return {
    equal,
    facts,
    common,
    hash: hash ?? null,
    first: first && differenceOf(a, b, first, exact),
    beyond: beyond && differenceOf(a, b, beyond, false),
    config: fieldsOf(config),
    data: fieldsOf(data),
    code: fieldsOf(code),
  };
}

function comparedRun({ log, source }: InspectedRun): ComparedRun {
  const { versions = {}, changes = [] } = source.manifest();
  return { log, manifest: { versions, changes } as ComparedRun['manifest'] };
}

/** @param sameUntilThen true if it is known that everything before is the same */
function differenceOf(
  a: InspectedRun,
  b: InspectedRun,
  difference: FactDifference,
  sameUntilThen: boolean,
): NonNullable<DivergenceAnswer['first']> {
  const seq = {
    a: difference.a?.seq ?? a.log.position,
    b: difference.b?.seq ?? b.log.position,
  };
  return {
    seq,
    a: difference.a && sideOf(a, difference.a),
    b: difference.b && sideOf(b, difference.b),
    fields: fieldsOf(difference.fields.map((field) => spelled(field, difference))),
    sameBefore: sameUntilThen || sameData(a, b, beforeOf(difference, a, b)),
  };
}

function beforeOf({ a, b }: FactDifference, runA: InspectedRun, runB: InspectedRun) {
  return { a: (a?.seq ?? runA.log.position + 1) - 1, b: (b?.seq ?? runB.log.position + 1) - 1 };
}

function sideOf(run: InspectedRun, fact: Fact) {
  return { row: run.row(fact), fact: shortened(factJson(fact)) };
}

/** True if SessionData is the same, symbol by symbol. */
function sameData(a: InspectedRun, b: InspectedRun, seq: { a: number; b: number }): boolean {
  const dataA = a.stateJson(seq.a).session_data as Record<string, unknown>;
  const dataB = b.stateJson(seq.b).session_data as Record<string, unknown>;
  const symbols = Object.keys(dataA);
  if (symbols.join() !== Object.keys(dataB).join()) return false;
  return symbols.every((symbol) => JSON.stringify(dataA[symbol]) === JSON.stringify(dataB[symbol]));
}

/** What is absent on one side is left out there. */
function fieldsOf(fields: readonly FieldDifference[]): DivergenceAnswer['config'] {
  return fields.slice(0, FIELDS_MAX).map((field) => ({ ...field }));
}
