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
  /** Of the canonical config. */
  readonly config: readonly FieldDifference[];
  /** Of the data's fingerprints, by symbol. */
  readonly data: readonly FieldDifference[];
  /** Versions of engine, charts, facts and behaviour. */
  readonly code: readonly FieldDifference[];
}

/** One of two runs, with what its manifest says of versions and, if it is a fork, of changes. */
export interface SettledRun {
  readonly log: LogReader;
  readonly manifest: Pick<Manifest, 'versions' | 'changes'>;
}

/** In what two runs were started differently, and what forks have changed since. */
export function settingsDiff(a: SettledRun, b: SettledRun): SettingsDiff {
  const [startA, startB] = [startOf(a.log), startOf(b.log)];
  const changes = changeDifferences(a, b, { a: startA?.config, b: startB?.config });
  return {
    config: [...fieldDifferences(startA?.config, startB?.config), ...changes],
    data: fieldDifferences(startA?.data, startB?.data),
    code: fieldDifferences(a.manifest.versions, b.manifest.versions),
  };
}

/** The log of a fork does not say what it changed, its manifest does. */
function changeDifferences(
  a: SettledRun,
  b: SettledRun,
  started: { readonly a: unknown; readonly b: unknown },
): FieldDifference[] {
  const [setA, setB] = [a, b].map(({ manifest }) =>
    Object.assign({}, ...(manifest.changes ?? []).map(({ set }) => set)),
  ) as [Record<string, unknown>, Record<string, unknown>];
  const paths = new Set([...Object.keys(setA), ...Object.keys(setB)]);
  return [...paths].flatMap((path) => {
    const left = path in setA ? setA[path] : valueAt(started.a, path);
    const right = path in setB ? setB[path] : valueAt(started.b, path);
    return fieldDifferences(left, right).length === 0 ? [] : [{ path, a: left, b: right }];
  });
}

/** What a config has at a path as `fork --set` spells it, such as `strategies[0].module`. */
function valueAt(config: unknown, path: string): unknown {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return keys.reduce((at: unknown, key) => (at as Record<string, unknown> | null)?.[key], config);
}
