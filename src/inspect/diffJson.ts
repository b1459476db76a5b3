/** A comparison of two runs as a JSON object: keys in snake_case, times in ISO 8601 UTC. */
import { isoUtc } from '../domain/calendar/display.ts';
import type { Fact } from '../domain/facts.ts';
import { factJson, isTimeField } from './factJson.ts';
import type { FieldDifference } from './fieldDiff.ts';
import type { FactDifference, LogDiff } from './logDiff.ts';
import type { DifferenceSide, SettingsDiff } from './runDiff.ts';
import { explainedJson, readingJson } from './whyJson.ts';

export function diffJson(
  diff: LogDiff,
  sides: { readonly a: DifferenceSide; readonly b: DifferenceSide } | null,
  settings: SettingsDiff,
): Record<string, unknown> {
  const { equal, facts, common, sameChain, first, beyond } = diff;
  return {
    equal,
    facts,
    common,
    same_chain: sameChain,
    first: first && differenceJson(first),
    beyond: beyond && differenceJson(beyond),
    a: sides && sideJson(sides.a),
    b: sides && sideJson(sides.b),
    config: fieldsJson(settings.config),
    data: fieldsJson(settings.data),
    code: fieldsJson(settings.code),
  };
}

function differenceJson(difference: FactDifference): Record<string, unknown> {
  const { a, b, fields } = difference;
  const json = (fact: Fact | null) => fact && factJson(fact);
  return {
    a: json(a),
    b: json(b),
    fields: fieldsJson(fields.map((field) => spelled(field, difference))),
  };
}

/** A field as the facts beside it have it: times in ISO 8601. */
export function spelled(
  field: FieldDifference,
  { a, b }: Pick<FactDifference, 'a' | 'b'>,
): FieldDifference {
  const value = (fact: Fact | null, found: unknown) =>
    fact !== null && typeof found === 'number' && isTimeField(fact.type, field.path)
      ? isoUtc(found)
      : found;
  return { ...field, a: value(a, field.a), b: value(b, field.b) };
}

/** What is absent on one side is left out there. */
function fieldsJson(fields: readonly FieldDifference[]): Record<string, unknown>[] {
  return fields.map((field) => ({ ...field }));
}

function sideJson({ before, explained }: DifferenceSide): Record<string, unknown> {
  return {
    before: before && readingJson(before),
    explained: explained && explainedJson(explained),
  };
}
