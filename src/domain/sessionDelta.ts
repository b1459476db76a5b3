/**
 * What changed between two exports of a run, and an export brought up to date by it. Pure.
 *
 * `changed_paths` lists every place that differs, and no other; the tree beside it holds the values found there
 * now, and nothing else:
 *
 * - an object is looked into, key by key; a key that is new comes with all that is in it
 * - a key that is gone is listed and has no value
 * - of an array that differs only the elements that do are there, one after another in the order of the
 *   ranges listed: `data[57:58]` and `data[120:]` with three elements are element 57 and two new ones behind
 *   element 119. A range without an end says that the array goes on with these and no others.
 *
 * An element, such as a row of bars, is never cut. `_metadata` describes the delta itself and is not compared.
 */
import { UsageError } from './errors.ts';
import { type ElementRange, parsePath, pathInto, pathOfRange } from './jsonPath.ts';
import { EXPORT_VERSION, type ExportMetadata, type SessionJson } from './sessionJson.ts';

/** The parts of an export that changed since the one of `_metadata.from_seq`. */
export interface SessionDelta extends Partial<Omit<SessionJson, '_metadata'>> {
  readonly _metadata: ExportMetadata;
}

type Tree = Record<string, unknown>;

/** What has to be done to `before` for it to be `after`. O(size of both). */
export function deltaOf(before: SessionJson, after: SessionJson): SessionDelta {
  const { _metadata: from, ...old } = before;
  const { _metadata: to, ...now } = after;
  const changed_paths: string[] = [];
  const tree = differenceOf(old, now, '', changed_paths);
  const seqs = { seq: to.seq, from_seq: from.seq };
  return {
    ...(tree as Omit<SessionDelta, '_metadata'> | undefined),
    _metadata: { version: to.version, mode: 'delta', ...seqs, changed_paths },
  };
}

/** The values that differ, sparsely; undefined if there are none. Their paths are added to `paths`. */
function differenceOf(before: Tree, after: Tree, at: string, paths: string[]): Tree | undefined {
  let sparse: Tree | undefined;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = pathInto(at, key);
    const [old, now] = [valueAt(before, key), valueAt(after, key)];
    let changed: unknown;
    if (isTree(old) && isTree(now)) changed = differenceOf(old, now, path, paths);
    else if (Array.isArray(old) && Array.isArray(now)) {
      changed = elementsChanged(old, now, path, paths);
    } else if (!equal(old, now)) {
      paths.push(path);
      changed = now;
    }
    if (changed === undefined) continue;
    sparse ??= {};
    sparse[key] = changed;
  }
  return sparse;
}

/** The elements at which two arrays differ, position by position; undefined if there are none. */
function elementsChanged(
  before: readonly unknown[],
  after: readonly unknown[],
  at: string,
  paths: string[],
): unknown[] | undefined {
  const ranges = rangesChanged(before, after);
  if (ranges.length === 0) return undefined;
  for (const range of ranges) paths.push(pathOfRange(at, range));
  return ranges.flatMap(({ from, to }) => after.slice(from, to ?? undefined));
}

function rangesChanged(before: readonly unknown[], after: readonly unknown[]): ElementRange[] {
  const ranges: ElementRange[] = [];
  const common = Math.min(before.length, after.length);
  let start = -1;
  for (let i = 0; i < common; i++) {
    const same = equal(before[i], after[i]);
    if (!same && start === -1) start = i;
    if (!same || start === -1) continue;
    ranges.push({ from: start, to: i });
    start = -1;
  }
  if (start !== -1) ranges.push({ from: start, to: null });
  else if (before.length !== after.length) ranges.push({ from: common, to: null });
  return ranges;
}

/**
 * The later complete export. `before` stays as it is; what did not change is shared with it.
 *
 * @throws {UsageError} if the delta does not follow `before`, or does not hold what it lists
 */
export function applyDelta(before: SessionJson, delta: SessionDelta): SessionJson {
  requireFit(before._metadata, delta._metadata);
  const { changed_paths, version, seq } = delta._metadata;
  const after = new Draft(before as unknown as Tree);
  const sent = new Map<readonly unknown[], number>();
  for (const path of changed_paths) {
    const { keys, range } = parsePath(path);
    const value = keys.reduce<unknown>(valueAt, delta);
    const parent = after.treeAt(keys.slice(0, -1), path);
    const key = keys.at(-1)!;
    if (range === null) {
      if (value === undefined) delete parent[key];
      else parent[key] = value;
      continue;
    }
    if (!Array.isArray(value)) throw brokenAt(path);
    const from = sent.get(value) ?? 0;
    const to = range.to === null ? value.length : from + range.to - range.from;
    sent.set(value, to);
    const elements = after.arrayAt(parent, key, path);
    if (elements.length < (range.to ?? range.from) || value.length < to) throw brokenAt(path);
    if (range.to === null) elements.length = range.from;
    for (let i = from; i < to; i++) elements[range.from + i - from] = value[i];
  }
  after.root._metadata = { version, mode: 'complete', seq, from_seq: 0, changed_paths: [] };
  return after.root as unknown as SessionJson;
}

/** A tree that is changed without touching what it was made of: what is changed is copied first, once. */
class Draft {
  readonly root: Tree;
  readonly #own = new Set<unknown>();

  constructor(tree: Tree) {
    this.root = { ...tree };
  }

  treeAt(keys: readonly string[], path: string): Tree {
    let tree = this.root;
    for (const key of keys) {
      const inner = tree[key];
      if (!isTree(inner)) throw brokenAt(path);
      tree[key] = this.#owned(inner, { ...inner });
      tree = tree[key] as Tree;
    }
    return tree;
  }

  arrayAt(parent: Tree, key: string, path: string): unknown[] {
    const found = parent[key];
    if (!Array.isArray(found)) throw brokenAt(path);
    const owned = this.#owned(found, [...found]);
    parent[key] = owned;
    return owned;
  }

  #owned<T>(found: T, copy: T): T {
    if (this.#own.has(found)) return found;
    this.#own.add(copy);
    return copy;
  }
}

function requireFit(before: ExportMetadata, delta: ExportMetadata): void {
  if (delta.mode !== 'delta') {
    throw new UsageError('this is no delta but a complete export: it needs nothing to go with it');
  }
  if (before.mode !== 'complete') {
    throw new UsageError('a delta goes with a complete export: apply it to one, not to a delta');
  }
  if (before.version !== delta.version || delta.version !== EXPORT_VERSION) {
    throw new UsageError(
      `the export is of version ${before.version}, its delta of ${delta.version}, and this ` +
        `program reads ${EXPORT_VERSION}: make both anew with one program`,
    );
  }
  if (before.seq === delta.from_seq) return;
  throw new UsageError(
    `the delta says what changed since fact ${delta.from_seq}, the export is of fact ` +
      `${before.seq}: give the one of fact ${delta.from_seq}`,
  );
}

function brokenAt(path: string): UsageError {
  return new UsageError(
    `the delta does not fit at "${path}": it was altered, or is of another run: make it anew`,
  );
}

/** Equality of JSON values. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i])) return false;
    return true;
  }
  if (!isTree(a) || !isTree(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

function valueAt(tree: unknown, key: string): unknown {
  return isTree(tree) && Object.hasOwn(tree, key) ? tree[key] : undefined;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
