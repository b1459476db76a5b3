/** Ways to change JSON so that it stays JSON, mostly. */
import type { Choices } from '../choices.ts';

type Path = readonly (string | number)[];

/** Values that nobody expects. */
const ODD: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '0.5',
  '1e15',
  '1e308',
  '-9007199254740993',
  '""',
  '"x"',
  '"2024-02-30"',
  '"__proto__"',
  '"constructor"',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '{"length":1000000000}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
];

/** JSON with a value replaced, removed, doubled, renamed, wrapped or moved; sometimes no JSON any more. */
export function mutatedJson(text: string, choices: Choices): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return choices.of(ODD);
  }
  let mutated = text;
  const times = choices.few(3);
  for (let i = 0; i < times; i++) {
    const paths = [...pathsIn(root)];
    const path = choices.of(paths);
    mutated = written(root, path, choices);
    if (mutated.includes('[[[[[[')) return mutated; // Deeper than can be walked.
    try {
      root = JSON.parse(mutated);
    } catch {
      return mutated;
    }
  }
  return mutated;
}

const DEPTH_MAX = 12;

/** Every place in a value, itself first, but for those too deep in it. */
function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (path.length > DEPTH_MAX) return;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* pathsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

const MARK = '"⟦here⟧"';

/** JSON of `root` with something else at `path`. */
function written(root: unknown, path: Path, choices: Choices): string {
  const before = at(root, path);
  const text = JSON.stringify(before);
  const kind = choices.below(8);
  const last = path.at(-1);
  if (kind === 0 && last !== undefined) return JSON.stringify(without(root, path));
  if (kind === 1) return placed(root, path, `[${text},${text}]`);
  if (kind === 2) return placed(root, path, `{"a":${text}}`);
  if (kind === 3)
    return placed(root, path, JSON.stringify(at(root, choices.of([...pathsIn(root)]))));
  if (kind === 4) return placed(root, path, nested(choices.few(20_000), text));
  if (kind === 5 && typeof before === 'number') {
    const number = choices.of([before + 1, -before, before * 2, before / 3, before + 1e9]);
    return placed(root, path, JSON.stringify(number));
  }
  if (kind === 6 && typeof before === 'string') {
    const odd = choices.of(['\u0000', '\ud800', ' ', '../../..', 'é'.repeat(50), '"\n']);
    return placed(root, path, JSON.stringify(choices.chance(0.5) ? before + odd : odd));
  }
  return placed(root, path, choices.of(ODD));
}

function nested(depth: number, inner: string): string {
  return `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;
}

function placed(root: unknown, path: Path, text: string): string {
  const marked = replaced(root, path, JSON.parse(MARK));
  return JSON.stringify(marked).replace(MARK, () => text);
}

function at(root: unknown, path: Path): unknown {
  return path.reduce((value, key) => (value as Record<string, unknown>)[key], root as unknown);
}

function replaced(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) {
    return root.map((inner, i) => (i === key ? replaced(inner, rest, value) : inner));
  }
  const inside = (root as Record<string, unknown>)[key];
  return { ...(root as object), [key]: replaced(inside, rest, value) };
}

function without(root: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (Array.isArray(root)) {
    return rest.length === 0
      ? root.filter((_, i) => i !== key)
      : root.map((inner, i) => (i === key ? without(inner, rest) : inner));
  }
  return Object.fromEntries(
    Object.entries(root as object).flatMap(([name, inner]) =>
      name !== key ? [[name, inner]] : rest.length === 0 ? [] : [[name, without(inner, rest)]],
    ),
  );
}
