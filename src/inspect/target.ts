/** Which fact a user means who names a value by its symbol and key, and not by its number. */
import { UsageError } from '../domain/errors.ts';
import type { Fact, FactType } from '../domain/facts.ts';
import { tryParseInterval } from '../domain/interval.ts';
import { suggest } from '../domain/suggest.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FactFilter } from './factFilter.ts';

/** What of a symbol: the value of an indicator, a bar of an interval, its quality, a signal. */
export type Target =
  | { readonly kind: 'value'; readonly key: string }
  | { readonly kind: 'bar'; readonly interval: string }
  | { readonly kind: 'quality' }
  | { readonly kind: 'signal' };

export type Found =
  | { readonly ok: true; readonly fact: Fact }
  /** Why there is none, in a sentence. */
  | { readonly ok: false; readonly reason: string };

/**
 * The fact that the symbol's value, bar, quality or last signal stood on when fact `to` was recorded.
 *
 * @throws {UsageError} for a symbol, key or interval of which the log never had anything
 */
export function findTarget(
  log: LogReader,
  { symbol, target, to }: { symbol: string; target: Target; to: number },
): Found {
  let change = lastChangeOf(log, symbol, to);
  if (target.kind === 'signal') return signalOf(log, symbol, to);
  // What is asked about the end of a session is about what was there until then.
  if (change?.type === 'SessionTornDown') {
    const before = lastChangeOf(log, symbol, change.seq - 1);
    if (before?.type === 'SymbolRegistered') change = before;
  }
  if (change?.type !== 'SymbolRegistered') return { ok: false, reason: absence(symbol, change) };
  const { types, test, missing } = searchFor(log, symbol, target);
  const filter = new FactFilter({ from: change.seq, to, types, symbols: [symbol], test });
  const [fact] = filter.last(log, 1);
  return fact === undefined ? { ok: false, reason: missing } : { ok: true, fact };
}

const CHANGES: readonly FactType[] = [
  'SymbolRegistered',
  'SymbolRemoved',
  'SymbolRefused',
  'SessionTornDown',
];

/**
 * What last decided whether the symbol is in the session.
 * @throws {UsageError} if the log never had anything of it
 */
export function lastChangeOf(log: LogReader, symbol: string, to: number): Fact | undefined {
  const test = (fact: Fact) => !('symbol' in fact) || fact.symbol === symbol;
  const [change] = new FactFilter({ to, types: CHANGES, test }).last(log, 1);
  if (change === undefined || !('symbol' in change)) checkSymbol(log, symbol);
  return change;
}

/** Why a symbol is not in the session, as far as `change` tells. */
export function absence(symbol: string, change: Fact | undefined): string {
  if (change?.type === 'SymbolRefused') return `${symbol} was refused: ${change.reason}`;
  if (change?.type === 'SymbolRemoved') return `${symbol} was removed: ${change.reason}`;
  if (change?.type === 'SessionTornDown') {
    return `${symbol} is not loaded: no session has loaded it since that of ${change.date} was torn down`;
  }
  return `${symbol} is not loaded yet`;
}

function checkSymbol(log: LogReader, symbol: string): void {
  const symbols = new Set(log.table.entries.map((entry) => entry.symbol));
  if (symbols.has(symbol)) return;
  const refused = new FactFilter({ types: ['SymbolRefused'], symbols: [symbol] });
  if (refused.last(log, 1).length > 0) return;
  throw unknown(`the log has nothing of a symbol "${symbol}"`, symbol, symbols);
}

function signalOf(log: LogReader, symbol: string, to: number): Found {
  const filter = new FactFilter({ to, types: ['SignalEmitted'], symbols: [symbol] });
  const [fact] = filter.last(log, 1);
  if (fact !== undefined) return { ok: true, fact };
  const reason = `no strategy emitted a signal for ${symbol} up to there: --no-signal shows what they could read`;
  return { ok: false, reason };
}

interface Search {
  readonly types: readonly FactType[];
  readonly test: (fact: Fact) => boolean;
  readonly missing: string;
}

function searchFor(
  log: LogReader,
  symbol: string,
  target: Exclude<Target, { kind: 'signal' }>,
): Search {
  if (target.kind === 'value') return searchForValue(log, symbol, target.key);
  if (target.kind === 'bar') return searchForBar(log, symbol, target.interval);
  return {
    types: ['QualityScored'],
    test: () => true,
    missing:
      `the quality of ${symbol} was not scored yet in this session: ` +
      'that is when a gap is found or filled, and at the close',
  };
}

function searchForValue(log: LogReader, symbol: string, key: string): Search {
  const test = (fact: Fact) => 'key' in fact && fact.key === key;
  const missing = `${key} of ${symbol} has no value there`;
  const entries = log.table.entries.filter((entry) => entry.symbol === symbol);
  const keys = entries.flatMap(({ name, outputs }) => (outputs === undefined ? [] : [name]));
  if (keys.includes(key)) return { types: ['IndicatorUpdated'], test, missing };
  const types = ['HistoricalIndicatorCalculated'] as const;
  const historical = new Set(keys);
  for (const fact of new FactFilter({ types, symbols: [symbol] }).facts(log)) {
    if (fact.type !== types[0]) continue;
    if (fact.key === key) return { types, test, missing };
    historical.add(fact.key);
  }
  throw unknown(`${symbol} has no indicator "${key}"`, key, historical);
}

function searchForBar(log: LogReader, symbol: string, text: string): Search {
  const interval = tryParseInterval(text)?.text ?? text;
  const entries = log.table.entries.filter((entry) => entry.symbol === symbol);
  const intervals = entries.flatMap(({ name, outputs }) => (outputs === undefined ? [name] : []));
  if (!intervals.includes(interval)) {
    throw unknown(`${symbol} has no bars of "${text}"`, interval, intervals);
  }
  return {
    types: ['BarAppended', 'BarDerived', 'BarCorrected'],
    test: (fact) => 'interval' in fact && fact.interval === interval,
    missing: `${symbol} has no ${interval} bar there yet`,
  };
}

function unknown(problem: string, name: string, known: Iterable<string>): UsageError {
  const names = [...known];
  const meant = suggest(name, names);
  if (meant !== undefined) return new UsageError(`${problem}: did you mean "${meant}"?`);
  const some = names.slice(0, 10).join(', ') + (names.length > 10 ? ' …' : '');
  return new UsageError(`${problem}: ${names.length === 0 ? 'it has none' : `it has ${some}`}`);
}
