/**
 * Buys the first close of the day above the 52-week high, if the five minutes were busier than they usually
 * are, and sells the first one below the 52-week low.
 *
 * All it compares with was calculated before the open, from earlier days alone. In a project that has openbell
 * installed, the types come from 'openbell'.
 */
import type { Strategy, StrategyBar, StrategyContext, SymbolView } from '../../src/index.ts';

interface Settings {
  /** How many times the usual volume is busy. */
  readonly busy: number;
}

const MINUTE = 60_000;

export class NewHighs implements Strategy<Settings> {
  /** Symbols that have left their range today. */
  readonly #left = new Set<string>();

  subscribe() {
    return { bars: ['5m'] };
  }

  onSessionStart() {
    this.#left.clear();
  }

  onBar(bar: StrategyBar, { view, config, emit }: StrategyContext<Settings>) {
    const { symbol, close } = bar;
    const seen = view.symbol(symbol);
    if (seen === undefined || this.#left.has(symbol)) return;
    const high = seen.historicalIndicator('high_52w')?.value;
    const low = seen.historicalIndicator('low_52w')?.value;
    if (typeof high !== 'number' || typeof low !== 'number') return;
    if (close > high && bar.volume > config.busy * usualVolume(seen, bar)) {
      this.#left.add(symbol);
      emit({ symbol, side: 'buy', reason: `${close} is above the 52-week high ${high}` });
    } else if (close < low) {
      this.#left.add(symbol);
      emit({ symbol, side: 'sell', reason: `${close} is below the 52-week low ${low}` });
    }
  }
}

/** What its five minutes traded on average in the last twenty days. */
function usualVolume(seen: SymbolView, { opened }: StrategyBar): number {
  const usual = seen.historicalIndicator('volume_20d');
  let sum = 0;
  for (let minute = 0; minute < 5; minute++) sum += usual?.at(opened + minute * MINUTE) ?? 0;
  return sum;
}
