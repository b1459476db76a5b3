/** Columns of numbers that the literal formulas are made of; null = not ready. */
import type { Bar } from '../../src/domain/bars.ts';

export type Rows = (number | null)[][];
export type Column = (number | null)[];
export type Numbers = readonly number[];
export type Bars = readonly Bar[];

export const closes = (bars: Bars) => bars.map((bar) => bar.close);
export const highs = (bars: Bars) => bars.map((bar) => bar.high);
export const lows = (bars: Bars) => bars.map((bar) => bar.low);
export const volumes = (bars: Bars) => bars.map((bar) => bar.volume);
export const typical = (bars: Bars) => bars.map((bar) => (bar.high + bar.low + bar.close) / 3);
export const ranges = (bars: Bars) => bars.map((bar) => bar.high - bar.low);

export const sum = (values: Numbers) => values.reduce((a, b) => a + b, 0);
export const mean = (values: Numbers) => sum(values) / values.length;
export const rows = (...columns: Column[]): Rows =>
  columns[0]!.map((_, i) => columns.map((c) => c[i]!));

/** `f` of the last n values at each place, where there are n and none is missing. */
export function windowed(
  values: Column,
  n: number,
  f: (window: number[], i: number) => number | null,
): Column {
  return values.map((_, i) => {
    const window = i + 1 < n ? [null] : values.slice(i + 1 - n, i + 1);
    return window.includes(null) ? null : f(window as number[], i);
  });
}

export const average = (values: Column, n: number) => windowed(values, n, mean);

export const weighted = (values: Column, n: number) =>
  windowed(values, n, (w) => sum(w.map((x, i) => x * (i + 1))) / ((n * (n + 1)) / 2));

/** Seeded with the mean of the first n values that are there. */
function smoothed(values: Column, n: number, alpha: number): Column {
  const first = values.findIndex((x) => x !== null);
  let last: number | null = null;
  return values.map((x, i) => {
    if (first < 0 || i < first + n - 1) return null;
    last =
      last === null
        ? mean(values.slice(first, first + n) as number[])
        : alpha * x! + (1 - alpha) * last;
    return last;
  });
}

export const ema = (values: Column, n: number) => smoothed(values, n, 2 / (n + 1));
export const wilder = (values: Column, n: number) => smoothed(values, n, 1 / n);

/** An EMA of an EMA that starts where that one starts. */
export function again(values: Column, n: number): Column {
  const k = 2 / (n + 1);
  let last: number | null = null;
  return values.map((x) => {
    if (x !== null) last = last === null ? x : k * x + (1 - k) * last;
    return x === null ? null : last;
  });
}

export const combined = (f: (...cells: number[]) => number | null, ...columns: Column[]): Column =>
  columns[0]!.map((_, i) => {
    const cells = columns.map((c) => c[i]!);
    return cells.includes(null as never) ? null : f(...cells);
  });

export const lagged = (values: Column, n: number): Column =>
  values.map((_, i) => values[i - n] ?? null);
export const changes = (values: Numbers): Column =>
  values.map((x, i) => (i === 0 ? null : x - values[i - 1]!));
export const highest = (values: Column, n: number) => windowed(values, n, (w) => Math.max(...w));
export const lowest = (values: Column, n: number) => windowed(values, n, (w) => Math.min(...w));

export const trueRanges = (bars: Bars): Column =>
  bars.map((bar, i) => {
    if (i === 0) return null;
    const { close } = bars[i - 1]!;
    return Math.max(bar.high, close) - Math.min(bar.low, close);
  });

export const deviation = (w: Numbers, divisor: number) =>
  Math.sqrt(sum(w.map((x) => (x - mean(w)) ** 2)) / divisor);

export const standing = (high: Column, low: Column, close: Column, n: number) =>
  combined(
    // Rounding alone tells values apart by less than this where all of them are equal.
    (h, l, c) => (h - l < 1e-9 ? 0 : (100 * (c - l)) / (h - l)),
    highest(high, n),
    lowest(low, n),
    close,
  );

export const strength = (bars: Bars, n: number) => {
  const moves = changes(closes(bars));
  const up = wilder(
    moves.map((x) => x && Math.max(x, 0)),
    n,
  );
  const down = wilder(
    moves.map((x) => x && Math.max(-x, 0)),
    n,
  );
  return combined((u, d) => (d === 0 ? 100 : (100 * u) / (u + d)), up, down);
};

/** In the form Wilder gives: a sum loses an n-th of itself and takes in the new value. */
export function runningSum(values: Column, n: number): Column {
  let last: number | null = null;
  return values.map((x, i) => {
    if (i < n) return null;
    last = last === null ? sum(values.slice(1, n + 1) as number[]) : last - last / n + x!;
    return last;
  });
}
