/**
 * The limit: one hand-written loop over the same arrays that does the same sums, and nothing else. No log,
 * no charts, no generality: 5m and 15m bars, SMA 20, EMA 20, RSI 14, and an SMA 20/50 cross.
 */
import type { Market } from './market.ts';

const STATE = 8;
/** Minutes of the derived bars. */
const WINDOWS = [5, 15];

/** Room for the open bars of so many symbols. */
export function windowsOf(symbols: number): Float64Array {
  return new Float64Array(symbols * WINDOWS.length * 5);
}

/** Adds a bar to the open ones of symbol `s`. @returns how many of them it ends */
export function addToWindows(
  windows: Float64Array,
  s: number,
  minute: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): number {
  let ended = 0;
  for (let w = 0; w < WINDOWS.length; w++) {
    const length = WINDOWS[w]!;
    const j = (s * WINDOWS.length + w) * 5;
    if (minute % length === 0) {
      windows[j] = open;
      windows[j + 1] = high;
      windows[j + 2] = low;
      windows[j + 4] = 0;
    }
    if (high > windows[j + 1]!) windows[j + 1] = high;
    if (low < windows[j + 2]!) windows[j + 2] = low;
    windows[j + 3] = close;
    windows[j + 4]! += volume;
    if (minute % length === length - 1) ended += 1;
  }
  return ended;
}

/** @returns something that depends on all of it, so that nothing can be left out */
export function fusedLoop({ table, bars, symbols }: Market): number {
  const { open, high, low, close, volume } = table;
  const count = symbols.length;
  const n = bars / count;
  const state = new Float64Array(count * STATE);
  const windows = windowsOf(count);
  const values = new Float64Array(3 * bars);
  let crosses = 0;
  let derived = 0;
  for (let i = 0; i < n; i++) {
    const minute = i % 390;
    for (let s = 0; s < count; s++) {
      const k = s * n + i;
      const c = close[k]!;
      const h = high[k]!;
      const l = low[k]!;
      const v = volume[k]!;
      const b = s * STATE;
      state[b]! += c - (i >= 20 ? close[k - 20]! : 0);
      state[b + 1]! += c - (i >= 50 ? close[k - 50]! : 0);
      const before = state[b + 2]!;
      state[b + 2] = i < 20 ? state[b]! / (i + 1) : before + ((c - before) * 2) / 21;
      if (i > 0) {
        const d = c - close[k - 1]!;
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
      values[3 * k] = state[b]! / 20;
      values[3 * k + 1] = state[b + 2]!;
      values[3 * k + 2] = 100 - 100 / (1 + state[b + 3]! / (state[b + 4]! || 1e-12));
      derived += addToWindows(windows, s, minute, open[k]!, h, l, c, v);
      if (i >= 50) {
        const d = state[b]! / 20 - state[b + 1]! / 50;
        if (state[b + 5]! <= 0 && d > 0) crosses += 1;
        state[b + 5] = d;
      }
    }
  }
  const last = 3 * (n - 1);
  return crosses + derived + values[last]! + values[last + 1]! + values[last + 2]!;
}
