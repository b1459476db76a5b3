/**
 * Every formula once more, as slow and as literal as can be: arrays in, one row of outputs per bar out.
 *
 * Nothing here is shared with the indicators. null = not ready.
 */
import type { Bar } from '../../src/domain/bars.ts';
import {
  again,
  average,
  type Bars,
  changes,
  closes,
  combined,
  deviation,
  ema,
  highest,
  highs,
  lagged,
  lowest,
  lows,
  mean,
  type Numbers,
  type Rows,
  ranges,
  rows,
  runningSum,
  standing,
  strength,
  sum,
  trueRanges,
  typical,
  volumes,
  weighted,
  wilder,
  windowed,
} from './columns.ts';

export const sma = (bars: Bars, n: number) => rows(average(closes(bars), n));
export const volumeSma = (bars: Bars, n: number) => rows(average(volumes(bars), n));
export const avgRange = (bars: Bars, n: number) => rows(average(ranges(bars), n));
export const emaOfCloses = (bars: Bars, n: number) => rows(ema(closes(bars), n));
export const wma = (bars: Bars, n: number) => rows(weighted(closes(bars), n));
export const rsi = (bars: Bars, n: number) => rows(strength(bars, n));
export const atr = (bars: Bars, n: number) => rows(wilder(trueRanges(bars), n));
export const mom = (bars: Bars, n: number) =>
  rows(combined((now, then) => now - then, closes(bars), lagged(closes(bars), n)));
export const roc = (bars: Bars, n: number) =>
  rows(combined((now, then) => (now / then - 1) * 100, closes(bars), lagged(closes(bars), n)));

export function dema(bars: Bars, n: number): Rows {
  const one = ema(closes(bars), n);
  return rows(combined((a, b) => 2 * a - b, one, again(one, n)));
}

export function tema(bars: Bars, n: number): Rows {
  const one = ema(closes(bars), n);
  const two = again(one, n);
  return rows(combined((a, b, c) => 3 * (a - b) + c, one, two, again(two, n)));
}

export function hma(bars: Bars, n: number): Rows {
  const whole = weighted(closes(bars), n);
  const half = weighted(closes(bars), Math.floor(n / 2));
  return rows(
    weighted(
      combined((w, h) => 2 * h - w, whole, half),
      Math.floor(Math.sqrt(n)),
    ),
  );
}

export function macd(bars: Bars, fast: number, slow: number, signal: number): Rows {
  const line = combined((f, s) => f - s, ema(closes(bars), fast), ema(closes(bars), slow));
  const average = ema(line, signal);
  return rows(
    line,
    average,
    combined((l, a) => l - a, line, average),
  );
}

export function stochastic(bars: Bars, n: number, smoothK: number, dPeriod: number): Rows {
  const k = average(standing(highs(bars), lows(bars), closes(bars), n), smoothK);
  return rows(k, average(k, dPeriod));
}

export function stochRsi(
  bars: Bars,
  n: number,
  stoch: number,
  smoothK: number,
  dPeriod: number,
): Rows {
  const rsi = strength(bars, n);
  const k = average(standing(rsi, rsi, rsi, stoch), smoothK);
  return rows(k, average(k, dPeriod));
}

export const williamsR = (bars: Bars, n: number) =>
  rows(
    combined(
      (h, l, c) => (h === l ? -100 : (-100 * (h - c)) / (h - l)),
      highest(highs(bars), n),
      lowest(lows(bars), n),
      closes(bars),
    ),
  );

export const cci = (bars: Bars, n: number) =>
  rows(
    windowed(typical(bars), n, (w) => {
      const spread = mean(w.map((x) => Math.abs(x - mean(w))));
      return spread === 0 ? null : (w.at(-1)! - mean(w)) / (0.015 * spread);
    }),
  );

export function ultimateOsc(bars: Bars, ...periods: [number, number, number]): Rows {
  const pressure = bars.map((bar, i) =>
    i === 0 ? null : bar.close - Math.min(bar.low, bars[i - 1]!.close),
  );
  const shares = periods.map((n) =>
    combined(
      (p, t) => (t === 0 ? null : p / t),
      windowed(pressure, n, sum),
      windowed(trueRanges(bars), n, sum),
    ),
  );
  return rows(combined((a, b, c) => (100 * (4 * a + 2 * b + c)) / 7, ...shares));
}

export function bbands(bars: Bars, n: number, width: number): Rows {
  const middle = average(closes(bars), n);
  const reach = windowed(closes(bars), n, (w) => width * deviation(w, n));
  return rows(
    combined((m, r) => m + r, middle, reach),
    middle,
    combined((m, r) => m - r, middle, reach),
    combined((m, r) => (m + r - (m - r)) / m, middle, reach),
  );
}

export const stddev = (bars: Bars, n: number) =>
  rows(windowed(closes(bars), n, (w) => deviation(w, n)));

export function histvol(bars: Bars, n: number, barsPerYear: number): Rows {
  const returns = changes(closes(bars).map(Math.log));
  return rows(windowed(returns, n, (w) => deviation(w, n - 1) * Math.sqrt(barsPerYear) * 100));
}

export function keltner(bars: Bars, n: number, multiplier: number, atrPeriod: number): Rows {
  const middle = ema(closes(bars), n);
  const reach = wilder(trueRanges(bars), atrPeriod);
  return rows(
    combined((m, r) => m + multiplier * r, middle, reach),
    middle,
    combined((m, r) => m - multiplier * r, middle, reach),
  );
}

export const highLow = (bars: Bars, n: number) =>
  rows(highest(highs(bars), n), lowest(lows(bars), n));

export function donchian(bars: Bars, n: number): Rows {
  const [upper, lower] = [highest(highs(bars), n), lowest(lows(bars), n)];
  return rows(
    upper,
    combined((u, l) => (u + l) / 2, upper, lower),
    lower,
  );
}

/** Of one session, or of a whole daily series. */
export const vwap = (bars: Bars) =>
  rows(
    bars.map((_, i) => {
      const past = bars.slice(0, i + 1);
      const weights = volumes(past);
      return sum(typical(past).map((price, j) => price * weights[j]!)) / sum(weights);
    }),
  );

export const twap = (bars: Bars) => rows(bars.map((_, i) => mean(closes(bars.slice(0, i + 1)))));

export const obv = (bars: Bars) =>
  rows(
    bars.map((_, i) =>
      sum(changes(closes(bars.slice(0, i + 1))).map((x, j) => Math.sign(x ?? 0) * bars[j]!.volume)),
    ),
  );

export const pvt = (bars: Bars) =>
  rows(
    bars.map((_, i) =>
      sum(
        bars
          .slice(1, i + 1)
          .map((bar, j) => bar.volume * ((bar.close - bars[j]!.close) / bars[j]!.close)),
      ),
    ),
  );

export const volumeRatio = (bars: Bars, n: number) =>
  rows(combined((v, usual) => v / usual, volumes(bars), average(volumes(bars), n)));

export const rangeRatio = (bars: Bars, n: number) =>
  rows(
    combined(
      (r, usual) => (usual === 0 ? null : r / usual),
      ranges(bars),
      average(ranges(bars), n),
    ),
  );

export const pivotPoints = (bars: Bars): Rows =>
  bars.map((_, i) => (i === 0 ? Array(7).fill(null) : pivotsOf(bars[i - 1]!)));

export function pivotsOf({ high, low, close }: Pick<Bar, 'high' | 'low' | 'close'>): number[] {
  const pp = (high + low + close) / 3;
  const range = high - low;
  const [r1, s1] = [2 * pp - low, 2 * pp - high];
  return [pp, r1, pp + range, r1 + range, s1, pp - range, s1 - range];
}

/** Sign 1 for highs, −1 for lows. */
export function swing(values: Numbers, n: number, sign: 1 | -1): Rows {
  let last: number | null = null;
  return values.map((_, i) => {
    const centre = values[i - n]!;
    const around = values.slice(Math.max(0, i - 2 * n), i + 1).toSpliced(n, 1);
    if (i >= 2 * n && around.every((x) => (centre - x) * sign > 0)) last = centre;
    return [last];
  });
}

export const swingHigh = (bars: Bars, n: number) => swing(highs(bars), n, 1);
export const swingLow = (bars: Bars, n: number) => swing(lows(bars), n, -1);

export function gapStats(bars: Bars, n: number): Rows {
  const gaps = bars.map((bar, i) => (i === 0 ? null : bar.open - bars[i - 1]!.close));
  const ups = windowed(gaps, n, (w) => w.filter((gap) => gap > 0).length);
  const downs = windowed(gaps, n, (w) => w.filter((gap) => gap < 0).length);
  return rows(
    windowed(gaps, n, mean),
    combined((u, d) => u + d, ups, downs),
    ups,
    downs,
  );
}

export function adx(bars: Bars, n: number): Rows {
  const up = changes(highs(bars));
  const down = changes(lows(bars)).map((x) => (x === null ? null : -x));
  const plus = combined((u, d) => (u > d && u > 0 ? u : 0), up, down);
  const minus = combined((u, d) => (d > u && d > 0 ? d : 0), up, down);
  const [tr14, plus14, minus14] = [trueRanges(bars), plus, minus].map((c) => runningSum(c, n));
  const plusDi = combined((p, t) => (100 * p) / t, plus14!, tr14!);
  const minusDi = combined((m, t) => (100 * m) / t, minus14!, tr14!);
  const dx = combined(
    (p, m) => (p + m === 0 ? 0 : (100 * Math.abs(p - m)) / (p + m)),
    plusDi,
    minusDi,
  );
  return rows(wilder(dx, n), plusDi, minusDi);
}

export function mfi(bars: Bars, n: number): Rows {
  const prices = typical(bars);
  const moves = changes(prices);
  const flows = bars.map((bar, i) =>
    moves[i] === null ? null : Math.sign(moves[i]!) * prices[i]! * bar.volume,
  );
  return rows(
    windowed(flows, n, (w) => {
      const [up, down] = [sum(w.filter((x) => x > 0)), -sum(w.filter((x) => x < 0))];
      return down === 0 ? 100 : (100 * up) / (up + down);
    }),
  );
}

export function supertrend(bars: Bars, n: number, multiplier: number): Rows {
  const range = wilder(trueRanges(bars), n);
  let [upper, lower, trend] = [0, 0, 0];
  return bars.map((bar, i) => {
    const reach = range[i] ?? null;
    if (reach === null) return [null, null];
    const middle = (bar.high + bar.low) / 2;
    const before = bars[i - 1]!.close;
    const [high, low] = [middle + multiplier * reach, middle - multiplier * reach];
    const first = trend === 0;
    if (first || high < upper || before > upper) upper = high;
    if (first || low > lower || before < lower) lower = low;
    if (first) trend = bar.close >= middle ? 1 : -1;
    if (trend === 1 && bar.close <= lower) trend = -1;
    else if (trend === -1 && bar.close > upper) trend = 1;
    return [trend === 1 ? lower : upper, trend];
  });
}

export function ichimoku(bars: Bars, conversion: number, base: number, spanB: number): Rows {
  const middle = (n: number) =>
    combined((h, l) => (h + l) / 2, highest(highs(bars), n), lowest(lows(bars), n));
  const spanA = combined((c, b) => (c + b) / 2, middle(conversion), middle(base));
  return rows(
    middle(conversion),
    middle(base),
    lagged(spanA, base),
    lagged(middle(spanB), base),
    closes(bars),
  );
}

/** Of one session's bars; the range counts bars, not minutes. */
export const openingRange = (bars: Bars, n: number): Rows =>
  bars.map((_, i) =>
    i + 1 < n
      ? [null, null]
      : [Math.max(...highs(bars.slice(0, n))), Math.min(...lows(bars.slice(0, n)))],
  );

export function kama(bars: Bars, n: number, fast: number, slow: number): Rows {
  const prices = closes(bars);
  const [quick, slowly] = [2 / (fast + 1), 2 / (slow + 1)];
  let last = 0;
  return bars.map(({ close }, i) => {
    if (i + 1 < n) return [null];
    const path = prices.slice(Math.max(0, i - n), i + 1);
    const way = sum(path.slice(1).map((x, j) => Math.abs(x - path[j]!)));
    const ratio = Math.abs(close - path[0]!) / way;
    const first = i + 1 === n || way === 0;
    last = first ? close : last + (ratio * (quick - slowly) + slowly) ** 2 * (close - last);
    return [last];
  });
}

/** Day by day as on a paper worksheet; the rows before and at the first turn are left blank. */
export function parabolicSar(bars: Bars, step: number, max: number): Rows {
  let long = true;
  let [stop, extreme, factor] = [bars[0]!.low, bars[0]!.high, step];
  let turned = false;
  return bars.map((bar, i) => {
    if (i === 0) return [null];
    const shown = turned;
    const before = bars.slice(Math.max(0, i - 2), i);
    let today = stop + factor * (extreme - stop);
    if (before.length === 2 && long) today = Math.min(today, ...lows(before));
    if (before.length === 2 && !long) today = Math.max(today, ...highs(before));
    if (long && bar.low < today) {
      [stop, extreme, factor, long, turned] = [extreme, bar.low, step, false, true];
    } else if (!long && bar.high > today) {
      [stop, extreme, factor, long, turned] = [extreme, bar.high, step, true, true];
    } else {
      stop = today;
      const beyond = long ? Math.max(extreme, bar.high) : Math.min(extreme, bar.low);
      if (beyond !== extreme) factor = Math.min(factor + step, max);
      extreme = beyond;
    }
    return [shown ? stop : null];
  });
}

export function aroon(bars: Bars, n: number): Rows {
  const up = windowed(highs(bars), n + 1, (w) => (100 * w.indexOf(Math.max(...w))) / n);
  const down = windowed(lows(bars), n + 1, (w) => (100 * w.indexOf(Math.min(...w))) / n);
  return rows(
    up,
    down,
    combined((u, d) => u - d, up, down),
  );
}

export function chaikinMoneyFlow(bars: Bars, n: number): Rows {
  const flows = bars.map(({ high, low, close, volume }) =>
    high === low ? 0 : ((2 * close - high - low) / (high - low)) * volume,
  );
  return rows(combined((f, v) => f / v, windowed(flows, n, sum), windowed(volumes(bars), n, sum)));
}
