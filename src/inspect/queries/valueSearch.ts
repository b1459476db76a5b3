/** Where a value first appears: the facts that bring it, by the place of SessionData they write it to. */
import type { Fact, FactType } from '../../domain/facts.ts';
import { FactFilter } from '../factFilter.ts';
import type { SearchAnswer } from '../protocol/state.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { type Step, statePath } from './statePath.ts';
import { Turns } from './turns.ts';

type Hit = SearchAnswer['hits'][number];

const STRETCH = 20_000;
/** Facts that repeat what others say, or hold days of it. */
const SILENT: ReadonlySet<FactType> = new Set([
  'RunStarted',
  'HistoricalBarsLoaded',
  'TransitionTaken',
  'PhaseLeft',
]);
/** Fields that say where and when, and not what. */
const NO_VALUES: ReadonlySet<string> = new Set([
  ...['seq', 'at', 'type', 'by', 'cause', 'symbol', 'interval', 'key', 'opened', 'catchup'],
  ...['adhoc', 'corrects', 'provenance', 'config', 'lines'],
]);

/**
 * The first fact for each place at which the value stands. A number is found as it is written: `250.91` finds
 * 250.91 and, as it has decimals, 250.9134 as well.
 */
export async function searchValue(
  run: InspectedRun,
  { at, value, limit }: { at: number; value: string; limit: number },
): Promise<SearchAnswer> {
  const hits = new Map<string, Hit>();
  const turns = new Turns();
  const matches = matcherOf(value.trim());
  const to = run.check(at);
  const filter = new FactFilter({ types: [...SILENT].map((type) => `!${type}`) });
  for (let from = 1; from <= to; from += STRETCH) {
    const stretch = { from, to: Math.min(to, from + STRETCH - 1) };
    for (const fact of filter.facts(run.log, stretch)) {
      for (const [steps, found] of valuesIn(fact, matches)) {
        const path = statePath([...placeOf(fact), ...steps]);
        if (hits.has(path)) continue;
        if (hits.size === limit) return { hits: [...hits.values()], complete: false };
        hits.set(path, { path, value: found, seq: fact.seq, row: run.row(fact) });
      }
    }
    await turns.next();
  }
  return { hits: [...hits.values()], complete: true };
}

function matcherOf(text: string): (value: unknown) => boolean {
  const number = text === '' ? Number.NaN : Number(text);
  const decimals = text.includes('.');
  const lower = text.toLowerCase();
  return (value) => {
    if (typeof value === 'number') {
      return value === number || (decimals && String(value).startsWith(text));
    }
    if (typeof value === 'string') return value.toLowerCase().includes(lower);
    return false;
  };
}

function* valuesIn(
  fact: Fact,
  matches: (value: unknown) => boolean,
): Generator<[steps: Step[], value: unknown]> {
  for (const [name, value] of Object.entries(fact)) {
    if (NO_VALUES.has(name)) continue;
    if (typeof value !== 'object' || value === null) {
      if (matches(value)) yield [stepsOf(fact, name), value];
      continue;
    }
    for (const [inner, cell] of Object.entries(value)) {
      if (matches(cell)) yield [[...stepsOf(fact, name), inner], cell];
    }
  }
}

function stepsOf({ type }: Fact, name: string): Step[] {
  if (type === 'IndicatorUpdated') return [name === 'value' ? 'current_value' : name];
  return [name];
}

/** The part of the export that a fact is about; for those that write nowhere, its type. */
function placeOf(fact: Fact): Step[] {
  switch (fact.type) {
    case 'BarAppended':
    case 'BarDerived':
    case 'BarCorrected':
      return ['session_data', fact.symbol, 'bars', fact.interval];
    case 'IndicatorUpdated':
      return ['session_data', fact.symbol, 'indicators', 'session', fact.key];
    case 'HistoricalIndicatorCalculated':
      return ['session_data', fact.symbol, 'historical', 'indicators', fact.key];
    case 'QualityScored':
    case 'GapDetected':
    case 'GapFilled':
      return ['session_data', fact.symbol, 'bars', fact.interval, fact.type];
    default:
      return 'symbol' in fact ? ['session_data', fact.symbol, fact.type] : [fact.type];
  }
}
