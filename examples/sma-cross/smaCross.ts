/**
 * A strategy of one's own, as short as it gets: the config names this file, the engine makes one `SmaCross`
 * for the run and calls it once for every bar or value it subscribes to.
 *
 * In a project that has openbell installed, the types come from 'openbell'.
 */
import type { IndicatorUpdate, Strategy, StrategyContext } from '../../src/index.ts';

interface Averages {
  /** Key of the average that reacts sooner, such as `sma_10_5m`. */
  readonly fast: string;
  /** Key of the one that reacts later, such as `sma_30_5m`. */
  readonly slow: string;
}

export class SmaCross implements Strategy<Averages> {
  /** By symbol: whether fast was last above slow. */
  readonly #above = new Map<string, boolean>();

  /** Nothing else is heard: no bars, only these two indicators. */
  subscribe({ fast, slow }: Averages) {
    return { bars: [], indicators: [fast, slow] };
  }

  onIndicator({ symbol }: IndicatorUpdate, { view, config, emit }: StrategyContext<Averages>) {
    const fast = view.symbol(symbol)?.indicator(config.fast);
    const slow = view.symbol(symbol)?.indicator(config.slow);
    if (!fast?.valid || !slow?.valid) return;
    const above = Number(fast.value) > Number(slow.value);
    const before = this.#above.get(symbol);
    this.#above.set(symbol, above);
    if (before === undefined || before === above) return;
    emit({ symbol, side: above ? 'buy' : 'sell', reason: `${config.fast} crossed ${config.slow}` });
  }
}
