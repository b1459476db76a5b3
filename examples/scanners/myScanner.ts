/**
 * A scanner of one's own: symbols that trade above the highest price of their first minutes.
 *
 * The config names this file, the engine makes one `OpeningBreakout` for the run. In a project that has openbell
 * installed, the types come from 'openbell'.
 */
import type { Scanner, ScannerContext, ScanResult } from '../../src/index.ts';

interface Settings {
  /** File of symbols, relative to the config. */
  readonly universe: string;
  /** Length of the opening range. */
  readonly minutes: number;
  /** At most so many are found. */
  readonly top: number;
}

type Context = ScannerContext<Settings>;

export class OpeningBreakout implements Scanner<Settings> {
  #symbols: readonly string[] = [];
  /** Symbols that are in the session because of this scanner. */
  readonly #added = new Set<string>();

  /** Every session reads the file anew; what it holds is on the record. */
  setup({ universe, config }: Context): void {
    this.#symbols = universe(config.universe);
  }

  /** The clock stands until this is done, however long it takes. */
  async scan(context: Context): Promise<ScanResult> {
    // All at once, so that they are loaded together.
    const percents = await Promise.all(this.#symbols.map((symbol) => this.#above(symbol, context)));
    const found = this.#symbols
      .map((symbol, i) => ({ symbol, percent: percents[i]! }))
      .filter(({ percent }) => percent > 0)
      .sort((a, b) => b.percent - a.percent)
      .slice(0, context.config.top);
    const symbols = found.map(({ symbol }) => symbol);
    await this.#removeOthers(symbols, context);
    return {
      symbols,
      metadata: { above: Object.fromEntries(found.map((f) => [f.symbol, f.percent])) },
    };
  }

  /** What it added is not loaded the next day. */
  async teardown({ removeSymbol }: Context): Promise<void> {
    for (const symbol of this.#added) await removeSymbol(symbol);
    this.#added.clear();
  }

  /** How far a symbol is above its opening range, in percent. */
  async #above(symbol: string, context: Context): Promise<number> {
    const { view, config, ensureSymbol, registerIndicator } = context;
    const isNew = !view.has(symbol);
    const seen = await ensureSymbol(symbol);
    if (seen === undefined) return 0; // it has no data today
    if (isNew) this.#added.add(symbol);
    const spec = { name: 'opening_range', interval: '1m', params: { minutes: config.minutes } };
    const key = 'opening_range_1m';
    if (seen.indicator(key) === undefined) await registerIndicator(symbol, { ...spec, key });
    const range = seen.indicator(key);
    const { last } = seen.metrics;
    if (!range?.valid || last === null) return 0;
    const { high } = range.value as { high: number };
    return (last / high - 1) * 100;
  }

  async #removeOthers(found: readonly string[], { view, removeSymbol }: Context): Promise<void> {
    for (const symbol of this.#added) {
      const isLocked = (view.symbol(symbol)?.locks.length ?? 0) > 0;
      if (found.includes(symbol) || isLocked) continue;
      this.#added.delete(symbol);
      await removeSymbol(symbol);
    }
  }
}
