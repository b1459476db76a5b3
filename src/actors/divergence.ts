/** Where a re-execution parts from what was recorded, in words and in facts. */
import type { Fact } from '../domain/facts.ts';
import type { MarketTime } from '../domain/time.ts';
import { factAt } from '../inspect/factFilter.ts';
import { type FieldDifference, fieldDifferences } from '../inspect/fieldDiff.ts';
import type { Parting } from '../store/comparedLog.ts';
import type { LogReader } from '../store/eventLog.ts';
import { moduleName } from './modules.ts';

export interface Divergence {
  /** Seq of the first fact that differs. */
  readonly seq: number;
  readonly at: MarketTime;
  /** As recorded; null if nothing was. */
  readonly expected: Fact | null;
  /** As it came out now; null if nothing did. */
  readonly found: Fact | null;
  /** In what they differ, `a` as recorded and `b` as found; empty if one of the two is missing. */
  readonly fields: readonly FieldDifference[];
  /** What led to the recorded fact, or to the found one where nothing was recorded: nearest cause first. */
  readonly causes: readonly Fact[];
  /** One sentence: what differs, and what that may come from. */
  readonly reason: string;
}

/** Who reads the host's clock or chance, and how. */
export interface HostReading {
  /** Such as `strategy "sma-cross"`. */
  readonly who: string;
  /** Such as `Math.random`. */
  readonly what: string;
}

/** What may have a strategy or scanner decide differently. */
export interface Suspects {
  readonly readings?: readonly HostReading[];
  /** Modules that are not what they were. */
  readonly changed?: readonly string[];
}

/** The modules that are not what they were when a run was recorded; none of one that does not say. */
export function changedModules(
  recorded: Readonly<Record<string, string>> = {},
  now: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(recorded).filter((module) => recorded[module] !== now[module]);
}

const CAUSES_MAX = 8;

export function divergenceOf(
  { seq, at, expected, found, onlyBytes }: Parting,
  past: LogReader,
  { readings = [], changed = [] }: Suspects = {},
): Divergence {
  const fields = expected && found ? fieldDifferences(expected, found) : [];
  const causes = causesOf(past, expected ?? found);
  const what = onlyBytes ? 'the facts are the same, their bytes differ' : sentence(expected, found);
  const who = suspect(expected, found, { readings, changed });
  const reason = who === null ? what : `${what}; ${who}`;
  return { seq, at, expected, found, fields, causes, reason };
}

function sentence(expected: Fact | null, found: Fact | null): string {
  if (expected === null) return `${nameOf(found!)} was not recorded`;
  if (found === null) return `${nameOf(expected)} does not come out again`;
  if (expected.type !== found.type)
    return `${nameOf(expected)} was recorded, now it is ${nameOf(found)}`;
  return `${nameOf(expected)} comes out differently`;
}

function nameOf(fact: Fact): string {
  const of = 'symbol' in fact ? ` of ${fact.symbol}` : '';
  const what = fact.type === 'IndicatorUpdated' ? ` (${fact.key})` : '';
  return `${fact.type}${of}${what}`;
}

/** Decisions of strategies and scanners are their own: what else they look at than the session shows. */
function suspect(
  expected: Fact | null,
  found: Fact | null,
  { readings, changed }: Required<Suspects>,
): string | null {
  const names = [expected, found]
    .map((fact) => fact && deciderOf(fact.by))
    .filter((n) => n !== null);
  const [who] = names;
  if (who === undefined) return null;
  const read = readings.find((reading) => names.includes(reading.who));
  const own = changed.filter((module) => names.some((name) => isOf(name, module)));
  if (read === undefined && own.length > 0) {
    return `${who} decided differently: ${changedText(own)}`;
  }
  return read === undefined
    ? `${who} decided differently: it may read the host's clock, chance or a file`
    : `${read.who} decided differently: it calls ${read.what}`;
}

export function changedText(modules: readonly string[]): string {
  const have = modules.length === 1 ? 'has' : 'have';
  return `${modules.join(', ')} ${have} changed since the run was recorded`;
}

/** Whether a strategy or scanner, such as `strategy "mine#2"`, is what a module makes. */
function isOf(who: string, module: string): boolean {
  const name = moduleName(module);
  return who.endsWith(` "${name}"`) || who.includes(` "${name}#`);
}

/** The strategy or scanner that acts under this path; null for the engine's own. */
function deciderOf(by: string): string | null {
  const [, kind, ...name] = by.split('/');
  if (name.length === 0 || (kind !== 'strategy' && kind !== 'scanner')) return null;
  return `${kind} "${name.join('/')}"`;
}

function causesOf(past: LogReader, fact: Fact | null): Fact[] {
  const causes: Fact[] = [];
  let cause = fact?.cause ?? null;
  while (cause !== null && cause >= 1 && causes.length < CAUSES_MAX) {
    try {
      const found: Fact = factAt(past, cause);
      causes.push(found);
      cause = found.cause;
    } catch {
      // A log that is damaged there, or ends before.
      break;
    }
  }
  return causes;
}
