/** The limit with twenty indicators: the sums of `TWENTY`, their windows and values, in one hand-written loop. */
import { addToWindows, windowsOf } from './fusedLoop.ts';
import type { Market } from './market.ts';

const SMA = [5, 10, 20, 50, 100];
const EMA = [5, 12, 20, 26, 50];
const RSI = [7, 14, 21];
const MOM = [5, 10, 20];
const ROC = [10, 20];
const SESSION = 390;
/** Sums of SMA, EMA and EMA's seeds, gains and losses, turnover, volume, OBV. */
const STATE = SMA.length + 2 * EMA.length + 2 * RSI.length + 3;
const VALUES = 20;

/** @returns something that depends on all of it, so that nothing can be left out */
export function fusedTwenty({ table, bars, symbols }: Market): number {
  const { open, high, low, close, volume } = table;
  const count = symbols.length;
  const n = bars / count;
  const state = new Float64Array(count * STATE);
  const out = new Float64Array(count * n * VALUES);
  const windows = windowsOf(count);
  let derived = 0;
  for (let i = 0; i < n; i++) {
    const minute = i % SESSION;
    for (let s = 0; s < count; s++) {
      const at = s * n + i;
      const c = close[at]!;
      const h = high[at]!;
      const l = low[at]!;
      const v = volume[at]!;
      const before = i > 0 ? close[at - 1]! : c;
      let b = s * STATE;
      let k = at * VALUES;
      for (let p = 0; p < SMA.length; p++, b++, k++) {
        const period = SMA[p]!;
        state[b]! += c - (i >= period ? close[at - period]! : 0);
        out[k] = state[b]! / period;
      }
      for (let p = 0; p < EMA.length; p++, b += 2, k++) {
        const period = EMA[p]!;
        if (i < period) {
          state[b]! += c;
          state[b + 1] = state[b]! / (i + 1);
        } else state[b + 1] = state[b + 1]! + ((c - state[b + 1]!) * 2) / (period + 1);
        out[k] = state[b + 1]!;
      }
      const d = c - before;
      const gain = d > 0 ? d : 0;
      const loss = d < 0 ? -d : 0;
      for (let p = 0; p < RSI.length; p++, b += 2, k++) {
        const period = RSI[p]!;
        if (i <= period) {
          state[b]! += gain / period;
          state[b + 1]! += loss / period;
        } else {
          state[b] = (state[b]! * (period - 1) + gain) / period;
          state[b + 1] = (state[b + 1]! * (period - 1) + loss) / period;
        }
        out[k] = 100 - 100 / (1 + state[b]! / (state[b + 1]! || 1e-12));
      }
      for (let p = 0; p < MOM.length; p++, k++) {
        out[k] = i >= MOM[p]! ? c - close[at - MOM[p]!]! : Number.NaN;
      }
      for (let p = 0; p < ROC.length; p++, k++) {
        out[k] =
          i >= ROC[p]! ? (100 * (c - close[at - ROC[p]!]!)) / close[at - ROC[p]!]! : Number.NaN;
      }
      if (minute === 0) {
        state[b] = 0;
        state[b + 1] = 0;
        state[b + 2] = 0;
      }
      state[b]! += ((h + l + c) / 3) * v;
      state[b + 1]! += v;
      state[b + 2]! += d > 0 ? v : d < 0 ? -v : 0;
      out[k] = state[b]! / state[b + 1]!;
      out[k + 1] = state[b + 2]!;
      derived += addToWindows(windows, s, minute, open[at]!, h, l, c, v);
    }
  }
  return derived + out[out.length - 1]! + out[out.length - VALUES]!;
}
