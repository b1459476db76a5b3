/** How an insertion ends: what failed is taken back, those who asked are told. */
import { expectedBars } from '../domain/sessionView.ts';
import type { ChangeInput, SettleInput } from '../machines/insertion.machine.ts';
import { addAdhocBar } from './adhocBar.ts';
import type { Engine } from './engine.ts';
import type { ChangeWish } from './inbox.ts';
import { registerLate } from './lateIndicator.ts';

const BY = 'session/active';

/** Takes back what a failed load has left, tells strategies of new symbols, and answers those who asked. */
export function settleInsertion(engine: Engine, { symbols, reason }: SettleInput): void {
  for (const symbol of [...symbols].sort()) {
    // Asked for in two places, it was served in the other one.
    if (!engine.awaited.delete(symbol)) continue;
    if (reason !== '') takeBack(engine, symbol, reason);
    else if (engine.data.symbols.has(symbol)) {
      welcome(engine, symbol);
      continue;
    }
    engine.requests.delete(symbol);
    const why = engine.data.refused.get(symbol) ?? reason;
    engine.inbox.answer(symbol, { added: false, symbol, loaded: false, reason: why });
    // Of what is refused before the session strategies hear when it opens.
    if (engine.data.active) engine.strategies.refused(symbol, why, engine.recorder.seq);
  }
  engine.strategies.attach(engine.tracks);
}

function welcome(engine: Engine, symbol: string): void {
  engine.inbox.answer(symbol, { added: true, symbol });
  // A light symbol holds what its one asker wants; it is not for everyone to trade.
  if (engine.isLoaded(symbol)) engine.strategies.added(symbol, engine.recorder.seq);
}

/** No trace of the symbol stays, neither in SessionData nor in the engine. */
function takeBack(engine: Engine, symbol: string, reason: string): void {
  if (engine.data.symbols.has(symbol)) engine.record('SymbolRemoved', BY, { symbol, reason });
  engine.forget(symbol);
  engine.record('SymbolRefused', BY, { symbol, reason });
}

/** Makes changes one after another; each is made or refused on the record, and its asker told. */
export async function applyChanges(engine: Engine, { changes }: ChangeInput): Promise<void> {
  for (const number of changes) {
    const change = engine.inbox.claim(number);
    if (change === undefined) continue;
    const { wish, received, message } = change;
    const reason = await apply(engine, wish, received);
    if (reason !== '') {
      const refused = { message, state: 'active', reason };
      engine.record('MessageRefused', BY, refused, received);
    }
    engine.recorder.commit();
    change.settle(reason);
  }
  engine.strategies.attach(engine.tracks);
}

/** @returns why the change is not made; empty if it is */
async function apply(engine: Engine, wish: ChangeWish, received: number): Promise<string> {
  if (wish.kind === 'remove') return remove(engine, wish, received);
  const track = engine.known.get(wish.symbol);
  if (track === undefined || !engine.data.symbols.has(wish.symbol)) {
    const why = engine.data.refused.get(wish.symbol);
    return `"${wish.symbol}" is not in the session${why === undefined ? '' : `: ${why}`}`;
  }
  return wish.kind === 'indicator'
    ? registerLate(engine, track, wish.plan, received)
    : addAdhocBar(engine, track, wish, received);
}

function remove(
  engine: Engine,
  { symbol, force }: Extract<ChangeWish, { kind: 'remove' }>,
  received: number,
): string {
  const held = engine.data.symbols.get(symbol);
  if (held === undefined && !engine.requests.has(symbol))
    return `"${symbol}" is not in the session`;
  if (engine.isOfConfig(symbol) && !force) {
    return `"${symbol}" is a symbol of the config: only force removes it`;
  }
  if (held !== undefined && held.locks.size > 0 && !force) {
    const holders = [...held.locks].sort().join(', ');
    return `"${symbol}" is locked by ${holders}: unlock it first, or use force`;
  }
  engine.record('SymbolRemoved', BY, { symbol, reason: 'asked for' }, received);
  countExpected(engine, symbol);
  engine.forget(symbol);
  if (engine.isOfConfig(symbol)) engine.excluded.add(symbol);
  return '';
}

/** A symbol that leaves early is measured by the bars it could have had until then. */
function countExpected({ known, base, session, recorder }: Engine, symbol: string): void {
  const track = known.get(symbol);
  // At the close the day is counted already, and between two sessions there is nothing to count.
  if (track === undefined || recorder.at >= session.close) return;
  track.totals.expected += expectedBars(base.text, session, recorder.at);
}
