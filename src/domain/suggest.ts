/** Did-you-mean for names a user typed. */

/**
 * The candidate most like `word`; `undefined` if none is close enough to be meant.
 *
 * Letter case, `-` and `_` do not count. Of equally close candidates the first wins. Close enough are
 * two slips in five letters, and always one.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = plain(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.round(typed.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(typed, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and
 * swaps of neighbours that turn one word into the other. O(a.length × b.length).
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforeLast[j - 2]! + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '');
}
