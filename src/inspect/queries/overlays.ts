/** Which indicators are prices, to be drawn over the bars. */

const PRICES: ReadonlySet<string> = new Set([
  ...['sma', 'ema', 'wma', 'dema', 'tema', 'hma', 'kama', 'vwap', 'twap'],
  ...['bbands', 'keltner', 'donchian', 'supertrend', 'ichimoku', 'parabolic_sar'],
  ...['pivot_points', 'high_low', 'opening_range', 'swing_high', 'swing_low'],
]);

export function overlays(name: string): boolean {
  return PRICES.has(name);
}
