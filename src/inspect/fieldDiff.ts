/** In which fields two values differ. */

/** A field by its path, with what it is on either side; undefined where it is absent. */
export interface FieldDifference {
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Beyond so many nobody reads on. */
const DIFFERENCES_MAX = 50;

/**
 * Differing fields of two values as JSON could hold them, in the order of `a`, at most 50.
 * @param isIgnored asked for every path; what lies below one that is ignored is, too
 */
export function fieldDifferences(
  a: unknown,
  b: unknown,
  isIgnored: (path: string) => boolean = () => false,
): FieldDifference[] {
  const found: FieldDifference[] = [];
  compare({ path: '', a, b }, isIgnored, found);
  return found;
}

function compare(
  at: FieldDifference,
  isIgnored: (path: string) => boolean,
  found: FieldDifference[],
): void {
  const { path, a, b } = at;
  if (Object.is(a, b) || found.length >= DIFFERENCES_MAX || isIgnored(path)) return;
  const comparable = isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b);
  if (!comparable || (Array.isArray(a) && a.length !== b.length)) {
    found.push(at);
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const inside = Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`;
    const deeper = path === '' ? key : inside;
    compare({ path: deeper, a: a[key], b: (b as Record<string, unknown>)[key] }, isIgnored, found);
  }
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
