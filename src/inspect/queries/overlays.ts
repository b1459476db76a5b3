/** Which indicators are prices, to be drawn over the bars. */

const PRICES: ReadonlySet<string> = new Set([
  ...['sma', 'ema', 'wma', 'dema', 'tema', 'hma', 'kama', 'vwap', 'twap'],
  ...['bbands', 'keltner', 'donchian', 'supertrend', 'ichimoku', 'parabolic_sar'],
  ...['pivot_points', 'high_low', 'opening_range', 'swing_high', 'swing_low'],
]);

/** Outputs of these that are no prices themselves. */
const NO_PRICES: ReadonlySet<string> = new Set(['bandwidth', 'direction']);

export function overlays(name: string, output: string | null = null): boolean {
  return PRICES.has(name) && !(output !== null && NO_PRICES.has(output));
}
