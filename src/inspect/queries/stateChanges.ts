/** What changed in SessionData between two facts: every place that differs, elements of arrays one by one. */
import type { SessionData } from '../../domain/sessionData.ts';
import { FactFilter } from '../factFilter.ts';
import { DIFF_CHANGES, type DiffAnswer } from '../protocol/state.ts';
import type { InspectedRun } from './inspectedRun.ts';
import type { JsonObject } from './lazyState.ts';
import { parseStatePath, type Step, stepInto } from './statePath.ts';
import { valueAt } from './stateTree.ts';

type Change = DiffAnswer['changes'][number];

/** Facts between the two of which the symbols are looked up; of more, every symbol counts as concerned. */
const LOOKED_UP = 5000;
/** Values of more text than this are cut. */
const VALUE_MAX = 2000;

export function stateChanges(
  run: InspectedRun,
  { from, to, path }: { from: number; to: number; path: string },
): DiffAnswer {
  const steps = parseStatePath(path);
  run.check(Math.max(from, to));
  const [first, last] = from <= to ? [from, to] : [to, from];
  const concerned = symbolsConcerned(run, first, last);
  const earlier = copyOf(run, first, concerned);
  const later = copyOf(run, last, concerned);
  const [before, after] = from <= to ? [earlier, later] : [later, earlier];
  const changes = new Changes();
  changes.compare(valueAt(before, steps), valueAt(after, steps), path);
  return { from, to, changes: changes.listed, total: changes.total };
}

/** Symbols that facts between the two are about; null for all. */
function symbolsConcerned(run: InspectedRun, first: number, last: number): Set<string> | null {
  if (last - first > LOOKED_UP) return null;
  const symbols = new Set<string>();
  for (const fact of new FactFilter({ from: first + 1, to: last }).facts(run.log)) {
    // What clears a session is about all of its symbols.
    if (fact.type === 'SessionTornDown') return null;
    if ('symbol' in fact) symbols.add(fact.symbol);
  }
  return symbols;
}

/** The state as JSON of its own. Of symbols that no fact is about only what the clock alone changes. */
function copyOf(run: InspectedRun, seq: number, concerned: ReadonlySet<string> | null): JsonObject {
  const json = run.stateJson(seq);
  const { session_data, ...around } = json;
  const symbols: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const symbol of Object.keys(session_data as object)) {
    const whole = concerned === null || concerned.has(symbol);
    symbols[symbol] = whole
      ? (session_data as Record<string, unknown>)[symbol]
      : clockWork(run, run.state(seq).data, symbol);
  }
  const { _metadata, ...rest } = around as Record<string, unknown>;
  return { session_data: symbols, ...rest };
}

/** Quality is counted up to the clock. */
function clockWork(run: InspectedRun, data: SessionData, symbol: string): JsonObject {
  const quality = run.viewOf(data).symbol(symbol)!.quality.value;
  const intervals = [...data.symbols.get(symbol)!.bars.keys()];
  return { bars: Object.fromEntries(intervals.map((interval) => [interval, { quality }])) };
}

class Changes {
  readonly listed: Change[] = [];
  total = 0;

  compare(before: unknown, after: unknown, path: string): void {
    if (Object.is(before, after)) return;
    if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after)) {
      this.#add(before, after, path);
      return;
    }
    // A row of bars is one thing.
    if (Array.isArray(before) && !before.some(isBranch) && !(after as unknown[]).some(isBranch)) {
      if (!sameRow(before, after as unknown[])) this.#add(before, after, path);
      return;
    }
    for (const step of stepsOf(before, after)) {
      this.compare(childOf(before, step), childOf(after, step), stepInto(path, step));
    }
  }

  #add(before: unknown, after: unknown, path: string): void {
    this.total += 1;
    if (this.listed.length >= DIFF_CHANGES) return;
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    this.listed.push({ path, kind, old: cut(before), new: cut(after) });
  }
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function sameRow(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((cell, i) => cell === b[i]);
}

function stepsOf(a: object, b: object): Iterable<Step> {
  if (!Array.isArray(a) || !Array.isArray(b)) {
    return new Set([...Object.keys(a), ...Object.keys(b)]);
  }
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i);
}

function childOf(parent: object, step: Step): unknown {
  return Object.hasOwn(parent, step) ? (parent as Record<Step, unknown>)[step] : undefined;
}

/** What is big is named, not shown: the tree has it. */
function cut(value: unknown): unknown {
  if (!isBranch(value)) return value ?? null;
  if (JSON.stringify(value).length <= VALUE_MAX) return value;
  if (Array.isArray(value)) return `${value.length} elements`;
  return `{ ${Object.keys(value).slice(0, 20).join(', ')} }`;
}
