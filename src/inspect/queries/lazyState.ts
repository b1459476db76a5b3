/** The export of a state, in which a symbol is made when it is looked at: a run may have hundreds. */
import { type ExportContext, exportAround, symbolsInExport } from '../../domain/sessionJson.ts';
import type { RunState } from '../stateAt.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Keys of a symbol's export. */
const SYMBOL_KEYS = 6;

/**
 * The same as `sessionJson`. Getters stand for symbols that were not looked at: read them while the state is as
 * it was.
 */
export function lazyState(
  { data, tally }: RunState,
  context: Omit<ExportContext, 'tally'>,
): JsonObject {
  const whole = { ...context, tally };
  const symbols = {};
  for (const [symbol, json] of symbolsInExport(data, whole)) {
    Object.defineProperty(symbols, symbol, {
      enumerable: true,
      configurable: true,
      get() {
        const value = json();
        Object.defineProperty(symbols, symbol, { enumerable: true, value });
        return value;
      },
    });
  }
  return { session_data: symbols, ...exportAround(data, whole) };
}

/** How many keys an object has under `key`, without looking at it if it is made lazily; null if it is none. */
export function lazySize(parent: object, key: string): number | null {
  return Object.getOwnPropertyDescriptor(parent, key)?.get === undefined ? null : SYMBOL_KEYS;
}
