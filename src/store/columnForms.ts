/**
 * Columns of doubles as few bytes, bit-exactly, NaN and -0 included.
 *
 * Each column says how it is stored. The choice is a pure function of its values and of those of the column
 * before it in the block:
 *
 *   grid    v[i] = start + step × (i mod run) + rise × ⌊i / run⌋, whole numbers: nothing per row
 *   int     v[i] = (base + u[i]) ÷ 10^scale, u of 0 to 4 bytes
 *   near    the same, where u is counted from the column before: high from open, low from high …
 *   double  v[i] as it is; every NaN as the one quiet NaN, so that no host's bits get into the log
 *
 * `scale` is the smallest at which every value of the column comes back exactly.
 */

export const SCALE_MAX = 8;
export const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
export const WIDTH_MAX = 4;
export const WIDTHS = WIDTH_MAX + 1;

/** The first byte of a column. From `INT` on it also holds near or not, scale and width. */
export const GRID = 0;
export const DOUBLE = 1;
export const INT = 2;
export const NEAR = INT + (SCALE_MAX + 1) * WIDTHS;
export const END = NEAR + (SCALE_MAX + 1) * WIDTHS;
