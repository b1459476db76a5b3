/** Two runs held against each other: what was there before they part, and what of config and code differs. */
import { changedConfig } from '../domain/config/changes.ts';
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
  // What comes later on one side only because the other has one more fact says little.
  const isLater = a !== null && b !== null && a.at > b.at;
  const sides = fact === null ? [a, b] : isLater ? [b, a] : [fact, a, b];
  const symbol = sides.map((side) => side && symbolOf(side)).find((name) => name != null);
  const seq = (fact?.seq ?? log.position + 1) - 1;
  const before = symbol == null ? null : readingOf(stateAt(log, seq).data, symbol);
  const explained = fact && explain(log, fact.seq, { depth: DEPTH, bars: BARS });
  return { before, explained };
}

function symbolOf(fact: Fact): string | null {
  return 'symbol' in fact ? fact.symbol : null;
}

export interface SettingsDiff {
  /** Of the canonical config, as it was after all changes of a fork. */
  readonly config: readonly FieldDifference[];
  /** Of the data's fingerprints, by symbol. */
  readonly data: readonly FieldDifference[];
  /** Versions of engine, charts, facts and behaviour, and files of strategies and scanners. */
  readonly code: readonly FieldDifference[];
}

/** What of a run is compared beside its facts. */
export interface ComparedRun {
  readonly log: LogReader;
  readonly manifest: Pick<Manifest, 'versions' | 'modules' | 'changes'>;
}

/** In what two runs were started differently, or forked. */
export function settingsDiff(a: ComparedRun, b: ComparedRun): SettingsDiff {
  return {
    config: fieldDifferences(configOf(a), configOf(b)),
    data: fieldDifferences(startOf(a.log)?.data, startOf(b.log)?.data),
    code: fieldDifferences(codeOf(a), codeOf(b)),
  };
}

function codeOf({ manifest: { versions, modules = {} } }: ComparedRun): unknown {
  return { ...versions, modules };
}

/** The log of a fork says nothing of its changes: it has the start of its parent. */
function configOf({ log, manifest }: ComparedRun): unknown {
  const started: unknown = startOf(log)?.config;
  if (started === undefined) return undefined;
  return (manifest.changes ?? []).reduce<unknown>(
    (config, { set }) => changedConfig(config, set),
    started,
  );
}
