/** The strategy that comes with the engine: a signal whenever one average crosses another. */
import { UsageError } from '../domain/errors.ts';
import type { MarketTime } from '../domain/time.ts';
import type { IndicatorUpdate, Strategy, StrategyContext } from './strategy.ts';

export interface SmaCrossConfig {
  /** Key of the average that reacts sooner, such as `sma_10_5m`. */
  readonly fast: string;
  /** Key of the one that reacts later, such as `sma_30_5m`. */
  readonly slow: string;
}

/** By symbol: whether the fast average was last above the slow one. */
export type SmaCrossState = Readonly<Record<string, boolean>>;

/**
 * Emits `buy` when the fast average of a symbol rises above the slow one, `sell` when it falls below.
 *
 * Any two indicators with one number as their value will do. What was above at the end of a session still
 * is at the beginning of the next: indicators are one series, and so is this.
 */
export class SmaCross implements Strategy<SmaCrossConfig, SmaCrossState> {
  readonly #config: SmaCrossConfig;
  readonly #above = new Map<string, boolean>();
  /** Last looked at. */
  #symbol = '';
  #now: MarketTime = 0;

  /** @throws {UsageError} if one of the keys is missing */
  constructor(config: SmaCrossConfig) {
    for (const name of ['fast', 'slow'] as const) {
      if (typeof config[name] === 'string') continue;
      throw new UsageError(
        `strategy "sma-cross" needs config.${name}, the key of an indicator such as "sma_10_5m"`,
      );
    }
    this.#config = config;
  }

  subscribe() {
    const { fast, slow } = this.#config;
    return { bars: [], indicators: [fast, slow] };
  }

  /** @throws {Error} if a symbol has no such indicator: the strategy would never say anything */
  setup({ view }: StrategyContext<SmaCrossConfig>): void {
    const { fast, slow } = this.#config;
    for (const symbol of view.symbols) {
      const missing = [fast, slow].find((key) => view.symbol(symbol)?.indicator(key) === undefined);
      if (missing === undefined) continue;
      throw new Error(`${symbol} has no indicator "${missing}": add it to indicators.session`);
    }
  }

  onIndicator({ symbol }: IndicatorUpdate, context: StrategyContext<SmaCrossConfig>): void {
    // Both averages may be new at one instant, and both are there when the first is told of.
    if (symbol === this.#symbol && context.now === this.#now) return;
    this.#symbol = symbol;
    this.#now = context.now;
    const view = context.view.symbol(symbol);
    if (view === undefined) return;
    const fast = view.value(this.#config.fast);
    const slow = view.value(this.#config.slow);
    if (fast === null || slow === null || fast === slow) return;
    const above = fast > slow;
    const before = this.#above.get(symbol);
    if (before === above) return;
    this.#above.set(symbol, above);
    if (before === undefined) return;
    const reason = `fast ${fast.toFixed(4)} ${above ? 'above' : 'below'} slow ${slow.toFixed(4)}`;
    context.emit({ symbol, side: above ? 'buy' : 'sell', reason });
  }

  save(): SmaCrossState {
    return Object.fromEntries(this.#above);
  }

  restore(state: SmaCrossState): void {
    this.#above.clear();
    for (const [symbol, above] of Object.entries(state)) this.#above.set(symbol, above);
  }
}
