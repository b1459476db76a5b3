/** Why a place of SessionData holds what it holds, which facts wrote there, and why there is no signal. */
import type { Fact } from '../../domain/facts.ts';
import { type Explained, explain } from '../causes.ts';
import { FactFilter } from '../factFilter.ts';
import { factJson } from '../factJson.ts';
import type { HistoryAnswer, SilenceAnswer, WhyAnswer, WhyNode } from '../protocol/state.ts';
import { silenceOf } from '../readings.ts';
import { absence, lastChangeOf } from '../target.ts';
import { readingJson } from '../whyJson.ts';
import { shortened } from './events.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { parseStatePath, type Step } from './statePath.ts';
import { type Writers, writersOf, writes } from './writes.ts';

/** How deep and wide the tree of causes goes. */
const DEPTH = 8;
const BARS = 40;

export function whyPlace(run: InspectedRun, at: number, path: string | undefined): WhyAnswer {
  if (path === undefined) return explained(run, { at, path: null }, run.fact(at));
  const found = lastWriter(run, at, parseStatePath(path));
  if (typeof found !== 'string') return explained(run, { at, path }, found);
  return { at, path, why: null, fact: null, reason: found };
}

function explained(
  run: InspectedRun,
  asked: { at: number; path: string | null },
  fact: Fact,
): WhyAnswer {
  const why = whyNode(run, explain(run.log, fact.seq, { depth: DEPTH, bars: BARS }));
  return { ...asked, why, fact: shortened(factJson(fact)), reason: null };
}

function whyNode(run: InspectedRun, { fact, role, lines, because, omitted }: Explained): WhyNode {
  return {
    row: run.row(fact),
    role,
    lines: [...lines],
    because: because.map((ground) => whyNode(run, ground)),
    omitted,
  };
}

/** The fact that wrote last to a place, or in words why there is none. */
function lastWriter(run: InspectedRun, at: number, steps: readonly Step[]): Fact | string {
  const bar = barAt(run, at, steps);
  if (bar !== null) return bar;
  const writers = writersOf(steps);
  if (writers === null) return 'no fact in particular writes there: it is counted from all of them';
  const { symbol } = writers.fields;
  // What a symbol holds begins with its load; what became of the symbol itself does not.
  const ofSymbol = symbol !== undefined && !writers.types.includes('SymbolRegistered');
  const change = ofSymbol ? lastChangeOf(run.log, symbol, at) : undefined;
  if (ofSymbol && change?.type !== 'SymbolRegistered') return absence(symbol, change);
  const [fact] = writersUpTo(run, { from: change?.seq ?? 1, to: at }, writers, 1);
  if (fact !== undefined) return fact;
  return 'nothing was written there up to this fact';
}

function writersUpTo(
  run: InspectedRun,
  part: { readonly from: number; readonly to: number },
  writers: Writers,
  limit: number,
): Fact[] {
  const { symbol } = writers.fields;
  const filter = new FactFilter({
    ...part,
    types: writers.types,
    test: (fact) => writes(fact, writers),
    // Facts of no symbol, such as those that clear a session, are of all of them.
    ...(symbol !== undefined && writers.types.every(isOfSymbol) && { symbols: [symbol] }),
  });
  return filter.last(run.log, limit);
}

function isOfSymbol(type: string): boolean {
  return type !== 'SessionTornDown';
}

/** The fact of one row of bars. */
function barAt(run: InspectedRun, at: number, steps: readonly Step[]): Fact | null {
  const [part, symbol, bars, interval, data, row] = steps;
  if (part !== 'session_data' || bars !== 'bars' || data !== 'data') return null;
  if (typeof row !== 'number') return null;
  const series = run.state(at).data.symbols.get(String(symbol))?.bars.get(String(interval));
  if (series === undefined || row >= series.bars.length) return null;
  const opened = series.bars.get(row, 'opened');
  const filter = new FactFilter({
    to: at,
    types: ['BarAppended', 'BarDerived', 'BarCorrected'],
    symbols: [String(symbol)],
    test: (fact) =>
      'opened' in fact && fact.opened === opened && fact.interval === String(interval),
  });
  return filter.last(run.log, 1)[0] ?? null;
}

/** Facts that wrote to a place, the newest first. */
export function placeHistory(
  run: InspectedRun,
  { at, path, limit }: { at: number; path: string; limit: number },
): HistoryAnswer {
  const steps = parseStatePath(path);
  run.check(at);
  const bar = barAt(run, at, steps);
  if (bar !== null) return { path, rows: [run.row(bar)] };
  const writers = writersOf(steps);
  const facts = writers === null ? [] : writersUpTo(run, { from: 1, to: at }, writers, limit);
  return { path, rows: facts.reverse().map((fact) => run.row(fact)) };
}

/** Why there is no signal: what strategies could read. */
export function silenceAt(run: InspectedRun, at: number, symbol: string): SilenceAnswer {
  const silence = silenceOf(run.log, symbol, run.check(at));
  const { reasons, strategies, news, signals, reading } = silence;
  return {
    at,
    symbol,
    reasons: [...reasons],
    strategies: [...strategies],
    news: news.map((fact) => run.row(fact)),
    signals: signals.map((fact) => run.row(fact)),
    reading: reading && readingJson(reading),
  };
}
