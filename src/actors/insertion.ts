/** What an insertion does beside the load: settles how that ended, and makes the changes that need none. */
import { expectedBars } from '../domain/sessionView.ts';
import type { ChangeInput, SettleInput } from '../machines/insertion.machine.ts';
import { addAdhocBar } from './adhocBar.ts';
import type { Engine } from './engine.ts';
import type { AddResult, ChangeWish } from './inbox.ts';
import { registerLate } from './lateIndicator.ts';
import { leave, type Share } from './track.ts';

const BY = 'session/active';

/** Takes back what a failed load has left, tells strategies of new symbols, and answers those who asked. */
export function settleInsertion(engine: Engine, { symbols, reason }: SettleInput): void {
  for (const symbol of [...symbols].sort()) {
    const wish = engine.inbox.firstWish(symbol);
    if (wish === undefined) continue;
    // Asked for while this load was at work: it has its own place in the line.
    if (wish.undo === null && wish.result === null) continue;
    const result = wish.result ?? resultOf(symbol, reason);
    const refused = !result.added && !result.loaded;
    if (refused) wish.undo?.();
    if (refused && wish.result === null) takeBack(engine, symbol, reason);
    engine.inbox.answer(symbol, result);
    const { strategies, recorder } = engine;
    // Of what is refused before the session strategies hear when it opens.
    if (refused && engine.data.active) strategies.refused(symbol, result.reason, recorder.led);
    // A light symbol holds what its one asker wants; it is not for everyone to trade.
    if (result.added && !wish.request.light) strategies.added(symbol, recorder.led);
  }
  engine.strategies.attach(engine.tracks);
}

/** What became of a load that was made: an empty reason means that nothing went wrong. */
function resultOf(symbol: string, reason: string): AddResult {
  return reason === '' ? { added: true, symbol } : { added: false, symbol, loaded: false, reason };
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
    const change = engine.inbox.change(number);
    if (change === undefined) continue;
    const { wish, received, message } = change;
    // Each is answered on the record; what its asker does then may come before the next one.
    if (engine.replay?.isOver === false) await engine.replay.turn('session');
    const reason = await apply(engine, wish, received);
    // Whoever ended the run meanwhile has answered for it.
    if (engine.over) return;
    engine.inbox.answerChange(number, reason);
    if (reason !== '') {
      const refused = { message, state: 'active', reason };
      engine.record('MessageRefused', BY, refused, received);
      dropIfEmpty(engine, wish.symbol, received);
    }
    engine.recorder.commit();
  }
  engine.strategies.attach(engine.tracks);
}

/** A symbol that was registered for a change that is refused holds nothing: no trace of it stays. */
function dropIfEmpty(engine: Engine, symbol: string, cause: number): void {
  const held = engine.data.symbols.get(symbol);
  if (held === undefined || !held.registered.auto_provisioned) return;
  const holds = engine.handmade.has(symbol) || engine.plansOf(symbol).length > 0;
  if (holds || engine.inbox.hasChangesOf(symbol)) return;
  engine.record('SymbolRemoved', BY, { symbol, reason: 'nothing of it is asked for' }, cause);
  engine.forget(symbol);
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
  if (!engine.isExpected(symbol)) return `"${symbol}" is not in the session`;
  if (engine.isOfConfig(symbol) && !force) {
    return `"${symbol}" is a symbol of the config: only force removes it`;
  }
  if (held !== undefined && held.locks.size > 0 && !force) {
    const holders = [...held.locks].sort().join(', ');
    return `"${symbol}" is locked by ${holders}: unlock it first, or use force`;
  }
  engine.record('SymbolRemoved', BY, { symbol, reason: 'asked for' }, received);
  const share = shareToday(engine, symbol);
  engine.forget(symbol);
  if (share !== null) leave(engine.totalsOf(symbol), share);
  if (engine.isOfConfig(symbol)) engine.excluded.add(symbol);
  return '';
}

/** What a symbol that leaves has had today, measured by the bars it could have had until now; null if nothing. */
function shareToday(engine: Engine, symbol: string): Share | null {
  const { tracks, base, session, recorder } = engine;
  const track = tracks.find((known) => known.symbol === symbol);
  if (track === undefined) return null;
  const { totals, totalsBefore: before } = track;
  // At the close the day has been counted.
  const counted = totals.expected - before.expected;
  const expected =
    recorder.at < session.close ? expectedBars(base.text, session, recorder.at) : counted;
  const { date } = session;
  return {
    date,
    expected,
    bars: totals.bars - before.bars,
    derived: totals.derived - before.derived,
  };
}
