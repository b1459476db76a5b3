/** What words of a line stand for. */
import { UsageError } from '../../domain/errors.ts';
import { tryParseInterval } from '../../domain/interval.ts';
import { suggest } from '../../domain/suggest.ts';
import type { Interval, SymbolView } from '../../index.ts';
import type { Shell } from './shell.ts';

/** A whole number from 1 on. */
export function countOf(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number;
  throw new UsageError(`"${text}" is no count: write a whole number from 1 on`);
}

/** A symbol of the session. */
export function symbolOf(text: string, { session: { view } }: Shell): SymbolView {
  const found = view.symbol(text.toUpperCase());
  if (found !== undefined) return found;
  const { symbols } = view;
  if (symbols.length === 0) {
    throw new UsageError('no symbol is loaded yet: "system step" goes to the first bars');
  }
  const meant = suggest(text, symbols);
  const remedy =
    meant === undefined ? '"data add-symbol" would load it' : `did you mean "${meant}"?`;
  throw new UsageError(`"${text.toUpperCase()}" is not in the session: ${remedy}`);
}

/** An interval of a symbol, in its canonical spelling. */
export function intervalOf(text: string, { symbol, intervals }: SymbolView): Interval {
  const interval = tryParseInterval(text)?.text ?? text;
  if (intervals.includes(interval)) return interval;
  throw new UsageError(`${symbol} has no "${text}" bars: choose ${intervals.join(', ')}`);
}
