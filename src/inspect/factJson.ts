/** A fact as `openbell log --json` prints it: the envelope first, every time in ISO 8601 UTC. */
import { isoUtc } from '../domain/calendar/display.ts';
import type { Fact, FactType } from '../domain/facts.ts';

export type FactJson = {
  readonly seq: number;
  readonly at: string;
  readonly type: FactType;
  readonly by: string;
  readonly cause: number | null;
} & Readonly<Record<string, unknown>>;

/** Fields that hold market time, by type of fact. */
const TIME_FIELDS: { readonly [T in FactType]?: readonly string[] } = {
  BarAppended: ['opened'],
  BarDerived: ['opened'],
  ClockAdvanced: ['from', 'to'],
  SessionActivated: ['open', 'close'],
  HistoricalIndicatorCalculated: ['open'],
  GapDetected: ['start', 'end'],
  GapFilled: ['start', 'end'],
  BarCorrected: ['opened'],
};

export function isTimeField(type: FactType, field: string): boolean {
  return field === 'at' || TIME_FIELDS[type]?.includes(field) === true;
}

/** The fact as a JSON object. Pure. */
export function factJson(fact: Fact): FactJson {
  const { seq, at, type, by, cause, ...fields } = fact as Fact & Record<string, unknown>;
  for (const field of TIME_FIELDS[type] ?? []) fields[field] = isoUtc(fields[field] as number);
  if (fact.type === 'HistoricalBarsLoaded') {
    fields.columns = { ...fact.columns, opened: (fact.columns.opened ?? []).map(isoUtc) };
  }
  return { seq, at: isoUtc(at), type, by, cause, ...fields };
}
