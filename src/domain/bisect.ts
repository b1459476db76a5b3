/** Searches in what is sorted: how many of the first ones pass a test that none after them passes. */

/** How many of the items pass. O(log n). */
export function countWhile<T>(items: readonly T[], test: (item: T) => boolean): number {
  return countIndicesWhile(items.length, (i) => test(items[i]!));
}

/** How many of the indices below `length` pass. O(log length). */
export function countIndicesWhile(length: number, test: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
