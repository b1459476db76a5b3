/**
 * The limit: one hand-written loop over the same arrays that does the same sums, and nothing else. No log,
 * no charts, no generality: 5m and 15m bars, SMA 20, EMA 20, RSI 14, and an SMA 20/50 cross. The bars are
 * written out for each of the two lengths: with a function for both the limit would be lower by some percent.
 */
import type { Market } from './market.ts';

const STATE = 8;

/** @returns something that depends on all of it, so that nothing can be left out */
export function fusedLoop({ columns, symbols }: Market): number {
  const all = symbols.map((symbol) => columns[symbol]!);
  const n = all[0]!.close.length;
  const count = all.length;
  const state = new Float64Array(count * STATE);
  const five = new Float64Array(count * 5);
  const fifteen = new Float64Array(count * 5);
  const sma = new Float64Array(count * n);
  const ema = new Float64Array(count * n);
  const rsi = new Float64Array(count * n);
  let crosses = 0;
  let derived = 0;
  for (let i = 0; i < n; i++) {
    const minute = i % 390;
    for (let s = 0; s < count; s++) {
      const { open, high, low, close, volume } = all[s]!;
      const c = close[i]!;
      const h = high[i]!;
      const l = low[i]!;
      const v = volume[i]!;
      const b = s * STATE;
      state[b]! += c - (i >= 20 ? close[i - 20]! : 0);
      state[b + 1]! += c - (i >= 50 ? close[i - 50]! : 0);
      const before = state[b + 2]!;
      state[b + 2] = i < 20 ? state[b]! / (i + 1) : before + ((c - before) * 2) / 21;
      if (i > 0) {
        const d = c - close[i - 1]!;
        const gain = d > 0 ? d : 0;
        const loss = d < 0 ? -d : 0;
        if (i <= 14) {
          state[b + 3]! += gain / 14;
          state[b + 4]! += loss / 14;
        } else {
          state[b + 3] = (state[b + 3]! * 13 + gain) / 14;
          state[b + 4] = (state[b + 4]! * 13 + loss) / 14;
        }
      }
      const k = s * n + i;
      sma[k] = state[b]! / 20;
      ema[k] = state[b + 2]!;
      rsi[k] = 100 - 100 / (1 + state[b + 3]! / (state[b + 4]! || 1e-12));
      const j = s * 5;
      if (minute % 5 === 0) {
        five[j] = open[i]!;
        five[j + 1] = h;
        five[j + 2] = l;
        five[j + 4] = 0;
      }
      if (h > five[j + 1]!) five[j + 1] = h;
      if (l < five[j + 2]!) five[j + 2] = l;
      five[j + 3] = c;
      five[j + 4]! += v;
      if (minute % 5 === 4) derived += 1;
      if (minute % 15 === 0) {
        fifteen[j] = open[i]!;
        fifteen[j + 1] = h;
        fifteen[j + 2] = l;
        fifteen[j + 4] = 0;
      }
      if (h > fifteen[j + 1]!) fifteen[j + 1] = h;
      if (l < fifteen[j + 2]!) fifteen[j + 2] = l;
      fifteen[j + 3] = c;
      fifteen[j + 4]! += v;
      if (minute % 15 === 14) derived += 1;
      if (i >= 50) {
        const d = state[b]! / 20 - state[b + 1]! / 50;
        if (state[b + 5]! <= 0 && d > 0) crosses += 1;
        state[b + 5] = d;
      }
    }
  }
  return crosses + derived + sma[n - 1]! + ema[n - 1]! + rsi[n - 1]!;
}
