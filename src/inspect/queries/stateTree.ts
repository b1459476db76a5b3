/** A part of a state as a tree of bounded size. */
import { STATE_CHILDREN, type StateNode } from '../protocol/state.ts';
import { lazySize } from './lazyState.ts';
import { type Step, statePath, stepInto } from './statePath.ts';

/** Characters of a text that a tree shows. */
const TEXT_MAX = 1000;
/** Nodes of one answer. */
const NODES_MAX = 4000;

/** What is at a path; undefined if nothing is. */
export function valueAt(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

export interface TreeOptions {
  readonly depth: number;
  /** First child of the node asked for. */
  readonly offset?: number | undefined;
}

/** The tree at a path; null if there is nothing. */
export function treeAt(
  root: unknown,
  steps: readonly Step[],
  { depth, offset }: TreeOptions,
): StateNode | null {
  const value = valueAt(root, steps);
  if (value === undefined) return null;
  const budget = { left: NODES_MAX };
  return nodeOf(
    value,
    { path: statePath(steps), key: String(steps.at(-1) ?? '') },
    depth,
    budget,
    offset,
  );
}

interface Place {
  readonly path: string;
  readonly key: string;
}

function nodeOf(
  value: unknown,
  { path, key }: Place,
  depth: number,
  budget: { left: number },
  offset?: number,
): StateNode {
  budget.left -= 1;
  if (typeof value !== 'object' || value === null) {
    return { key, path, kind: 'value', value: shown(value), size: 0, before: 0, after: 0 };
  }
  const kind = Array.isArray(value) ? 'array' : 'object';
  const keys: readonly Step[] = Array.isArray(value) ? [] : Object.keys(value);
  const size = Array.isArray(value) ? value.length : keys.length;
  if (depth === 0) return { key, path, kind, size, before: 0, after: size };
  // Of long arrays the newest elements are the last ones.
  const most = Math.min(STATE_CHILDREN, Math.max(0, budget.left));
  const first = Math.min(size, offset ?? (kind === 'array' ? Math.max(0, size - most) : 0));
  const end = Math.min(size, first + most);
  const children: StateNode[] = [];
  for (let i = first; i < end; i++) {
    const step = kind === 'array' ? i : keys[i]!;
    children.push(childOf(value, step, stepInto(path, step), depth - 1, budget));
  }
  return { key, path, kind, size, children, before: first, after: size - end };
}

function childOf(
  parent: object,
  step: Step,
  path: string,
  depth: number,
  budget: { left: number },
): StateNode {
  const key = String(step);
  const size = depth === 0 ? lazySize(parent, key) : null;
  if (size !== null) {
    budget.left -= 1;
    return { key, path, kind: 'object', size, before: 0, after: size };
  }
  return nodeOf((parent as Record<Step, unknown>)[step], { path, key }, depth, budget);
}

function shown(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' && value.length > TEXT_MAX) return `${value.slice(0, TEXT_MAX)}…`;
  return value as string | number | boolean | null;
}
