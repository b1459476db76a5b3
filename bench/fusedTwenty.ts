/** The limit with twenty indicators: the sums of `TWENTY`, their windows and values, in one hand-written loop. */
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
export function fusedTwenty({ columns, symbols }: Market): number {
  const all = symbols.map((symbol) => columns[symbol]!);
  const n = all[0]!.close.length;
  const count = all.length;
  const state = new Float64Array(count * STATE);
  const out = new Float64Array(count * n * VALUES);
  const five = new Float64Array(count * 5);
  const fifteen = new Float64Array(count * 5);
  let derived = 0;
  for (let i = 0; i < n; i++) {
    const minute = i % SESSION;
    for (let s = 0; s < count; s++) {
      const { open, high, low, close, volume } = all[s]!;
      const c = close[i]!;
      const h = high[i]!;
      const l = low[i]!;
      const v = volume[i]!;
      const before = i > 0 ? close[i - 1]! : c;
      let b = s * STATE;
      let k = (s * n + i) * VALUES;
      for (let p = 0; p < SMA.length; p++, b++, k++) {
        const period = SMA[p]!;
        state[b]! += c - (i >= period ? close[i - period]! : 0);
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
        out[k] = i >= MOM[p]! ? c - close[i - MOM[p]!]! : Number.NaN;
      }
      for (let p = 0; p < ROC.length; p++, k++) {
        out[k] =
          i >= ROC[p]! ? (100 * (c - close[i - ROC[p]!]!)) / close[i - ROC[p]!]! : Number.NaN;
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
      derived += addTo(five, s * 5, minute, 5, open[i]!, h, l, c, v);
      derived += addTo(fifteen, s * 5, minute, 15, open[i]!, h, l, c, v);
    }
  }
  return derived + out[out.length - 1]! + out[out.length - VALUES]!;
}

function addTo(
  bars: Float64Array,
  j: number,
  minute: number,
  length: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): number {
  if (minute % length === 0) {
    bars[j] = open;
    bars[j + 1] = high;
    bars[j + 2] = low;
    bars[j + 4] = 0;
  }
  if (high > bars[j + 1]!) bars[j + 1] = high;
  if (low < bars[j + 2]!) bars[j + 2] = low;
  bars[j + 3] = close;
  bars[j + 4]! += volume;
  return minute % length === length - 1 ? 1 : 0;
}
