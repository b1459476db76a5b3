/** The quote of a symbol where no quotes are fed: read off its last visible bar, stored nowhere. */
import { parseInterval } from './interval.ts';
import type { ActiveSession, SymbolData } from './sessionData.ts';
import type { MarketTime } from './time.ts';

export interface QuoteView {
  readonly bid: number;
  readonly ask: number;
  readonly bid_size: number;
  readonly ask_size: number;
  /** End of the bar it comes from: never after the clock. */
  readonly timestamp: MarketTime;
  readonly source: 'bar';
}

/** Bid and ask are the close of the last base bar of today; undefined before the first. */
export function quoteOf(
  { base, bars }: SymbolData,
  session: ActiveSession | null,
): QuoteView | undefined {
  const { bars: today } = bars.get(base)!;
  const last = today.length - 1;
  if (last < 0 || session === null) return undefined;
  const { intraday, ms } = parseInterval(base);
  const close = today.get(last, 'close');
  return {
    bid: close,
    ask: close,
    bid_size: 0,
    ask_size: 0,
    timestamp: intraday ? today.get(last, 'opened') + ms : session.close,
    source: 'bar',
  };
}
