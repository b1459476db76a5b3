/** Two runs held against each other: what was there before they part, and what of config and code differs. */
import type { Fact } from '../domain/facts.ts';
import type { LogReader } from '../store/eventLog.ts';
import type { Manifest } from '../store/manifest.ts';
import { type Explained, explain } from './causes.ts';
import { type FieldDifference, fieldDifferences } from './fieldDiff.ts';
import type { FactDifference } from './logDiff.ts';
import { readingOf, type SymbolReading } from './readings.ts';
import { startOf, stateAt } from './stateAt.ts';

/** What belongs to one side of a difference. */
export interface DifferenceSide {
  /** What the symbol concerned held before the fact; null if there is none, or it was not in the session. */
  readonly before: SymbolReading | null;
  /** What led to the fact; null where the log has ended. */
  readonly explained: Explained | null;
}

const DEPTH = 8;
const BARS = 8;

/** The state before one side of a difference, and what led to it. Folds the log up to there. */
export function sideOf(
  log: LogReader,
  fact: Fact | null,
  { a, b }: FactDifference,
): DifferenceSide {
  const symbol = [fact, a, b].map((side) => side && symbolOf(side)).find((name) => name != null);
  const seq = (fact?.seq ?? log.position + 1) - 1;
  const before = symbol == null ? null : readingOf(stateAt(log, seq).data, symbol);
  const explained = fact && explain(log, fact.seq, { depth: DEPTH, bars: BARS });
  return { before, explained };
}

function symbolOf(fact: Fact): string | null {
  return 'symbol' in fact ? fact.symbol : null;
}

export interface SettingsDiff {
  /** Of the canonical config. */
  readonly config: readonly FieldDifference[];
  /** Of the data's fingerprints, by symbol. */
  readonly data: readonly FieldDifference[];
  /** Versions of engine, charts, facts and behaviour. */
  readonly code: readonly FieldDifference[];
}

/** In what two runs were started differently. */
export function settingsDiff(
  a: { readonly log: LogReader; readonly manifest: Pick<Manifest, 'versions'> },
  b: { readonly log: LogReader; readonly manifest: Pick<Manifest, 'versions'> },
): SettingsDiff {
  const [startA, startB] = [startOf(a.log), startOf(b.log)];
  return {
    config: fieldDifferences(startA?.config, startB?.config),
    data: fieldDifferences(startA?.data, startB?.data),
    code: fieldDifferences(a.manifest.versions, b.manifest.versions),
  };
}
