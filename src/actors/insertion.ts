/** How an insertion ends: what failed is taken back, those who asked are told. */
import type { InsertionInput } from '../machines/active.machine.ts';
import type { Engine } from './engine.ts';

const BY = 'session/active';

/** Takes back what a failed load has left, tells strategies of new symbols, and answers those who asked. */
export function settleInsertion(engine: Engine, { symbols, reason }: InsertionInput): void {
  for (const symbol of [...symbols].sort()) {
    if (reason !== '') takeBack(engine, symbol, reason);
    else if (engine.data.symbols.has(symbol)) {
      engine.strategies.attach(engine.tracks);
      engine.strategies.added(symbol, engine.recorder.seq);
      engine.answer(symbol, { added: true, symbol });
      continue;
    }
    engine.requests.delete(symbol);
    const why = engine.data.refused.get(symbol) ?? reason;
    engine.strategies.refused(symbol, why, engine.recorder.seq);
    engine.answer(symbol, { added: false, symbol, loaded: false, reason: why });
  }
}

/** No trace of the symbol stays, neither in SessionData nor in the engine. */
function takeBack(engine: Engine, symbol: string, reason: string): void {
  if (engine.data.symbols.has(symbol)) engine.record('SymbolRemoved', BY, { symbol, reason });
  engine.forget(symbol);
  engine.record('SymbolRefused', BY, { symbol, reason });
}
