/** Searches in what is sorted. */

/** How many of `length` items pass the test, of which the first ones do. O(log length). */
export function countWhere(length: number, passes: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
