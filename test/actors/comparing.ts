/** How tests compare a symbol of one session with the same symbol of another. */
import { expect } from 'vitest';
import {
  type Fact,
  findCalendar,
  openSession,
  type Session,
  type SessionOptions,
  SessionView,
} from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { barsOf, MINUTE, random, type TestBar } from '../support.ts';

const calendar = findCalendar('XNYS')!;
/** Tuesday to the early close on Friday, and Monday: a week's end and a long window in between. */
export const DATES = ['2023-11-20', '2023-11-21', '2023-11-22', '2023-11-24', '2023-11-27'];

/** Minute bars on all dates, without a share of them. */
export function barsWithHoles(seed: number, missing: number): TestBar[] {
  const next = random(seed);
  return barsOf({ dates: DATES, seed, missing: (minute) => next() < missing && minute !== 3 });
}

export function openOf(date: string): number {
  return calendar.session(date)!.open;
}

/** Goes on to some minutes after the open, or to the last minute before the close. */
export async function runTo(session: Session, date: string, minute: number): Promise<void> {
  const { open, close } = calendar.session(date)!;
  await session.runUntil(Math.min(open + minute * MINUTE, close - MINUTE));
}

/** Everything of a symbol that a view can show, without when and how it came in. */
export function subtree(view: SessionView, symbol: string) {
  const seen = view.symbol(symbol);
  if (seen === undefined) return null;
  return {
    bars: seen.intervals.map((interval) => [interval, [...seen.bars(interval)!]]),
    gaps: seen.gaps(),
    quality: seen.quality,
    indicators: byKey(seen.indicators.map(({ key, value, valid }) => ({ key, value, valid }))),
    history: seen.historyIntervals.map((interval) => {
      const history = seen.history(interval)!;
      return [interval, history.dates, [...history.bars()], seen.historicalQuality(interval)];
    }),
    historical: seen.historicalIndicators.map(({ key, value, from, to, days }) => {
      return { key, value, from, to, days };
    }),
    metrics: { ...seen.metrics, updated: null },
  };
}

/** An indicator that is registered late comes last; that is not compared. */
function byKey<T extends { key: string }>(indicators: readonly T[]): T[] {
  return indicators.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** What an export says of a symbol, without its origin and times of writing. */
export function exported(session: Session, symbol: string): string {
  const json = JSON.stringify(session.toJSON().session_data[symbol], (key, value) => {
    if (key === 'last_updated' || key === 'last_update' || key === 'metadata') return undefined;
    return key === 'quotes' && value !== null ? { ...value, timestamp: null } : value;
  });
  return json;
}

/** Folds the log and compares with the live state, symbol by symbol. */
export function expectFoldToEqual(session: Session): void {
  const folded = new SessionView(stateAt(session.log).data);
  const { view } = session;
  expect(folded.symbols).toEqual(view.symbols);
  for (const symbol of view.symbols) {
    expect(subtree(folded, symbol)).toEqual(subtree(view, symbol));
    const slots = (each: SessionView) => each.symbol(symbol)!.indicators;
    expect(slots(folded)).toEqual(slots(view));
  }
}

/** A session whose facts are kept. */
export async function recorded(
  options: SessionOptions,
): Promise<{ session: Session; facts: Fact[] }> {
  const session = await openSession(options);
  const facts: Fact[] = [];
  session.onFrame((frame) => facts.push(...frame.facts()));
  return { session, facts };
}

/** Messages received that no later fact answers; a wish for a symbol is answered by what becomes of the symbol. */
export function unansweredIn(facts: readonly Fact[]): Fact[] {
  const answered = new Set(facts.filter(({ type }) => ANSWERS.has(type)).map(({ cause }) => cause));
  return facts.filter((fact) => {
    if (fact.type !== 'MessageReceived' || answered.has(fact.seq)) return false;
    if (fact.message !== 'symbol.add') return true;
    return !facts.some(
      (later) =>
        later.seq > fact.seq &&
        (later.type === 'SymbolRegistered' || later.type === 'SymbolRefused') &&
        later.symbol === fact.detail.symbol,
    );
  });
}

const ANSWERS: ReadonlySet<string> = new Set([
  'MessageRefused',
  'SymbolRemoved',
  'IndicatorRegistered',
  'BarAppended',
]);
