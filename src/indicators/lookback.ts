/** Look-backs that are params: how many bars, within what memory allows. */
import type { ParamRule } from './indicator.ts';

/** No look-back is longer: a ring buffer of it is 0.8 MB. */
export const LOOKBACK_MAX = 100_000;

/** The rule of a param that counts bars. */
export function lookback(usual: number, min = 1): ParamRule {
  return { default: usual, integer: true, min, max: LOOKBACK_MAX };
}
