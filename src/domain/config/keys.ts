/** The first look at a config: its keys. Values are looked at once all keys are canonical. */
import { z } from 'zod';
import { suggest } from '../suggest.ts';
import { type Finding, formatPath, listed, type Path, quoted } from './problem.ts';
import {
  branchFor,
  isDeprecated,
  isObject,
  isRequired,
  nodeOf,
  type Schema,
  type Shape,
} from './schemaNode.ts';

/** Keys that say something to readers or editors and nothing to the engine. */
const COMMENT = 'comment';
const EDITOR_SCHEMA = '$schema';

export interface CanonicalKeys {
  /** The config with the keys that the schema knows, in snake_case, without comments. */
  readonly value: unknown;
  /** Keys that are unknown or say the same twice. */
  readonly findings: readonly Finding[];
  /** A path in canonical keys as the document spells it. */
  asWritten(path: Path): Path;
}

/** Makes keys canonical. Keys of the user's own (symbols, names, free objects) keep their spelling. */
export function canonicalKeys(schema: Schema, raw: unknown): CanonicalKeys {
  const reader = new KeyReader(schema);
  const value = reader.read(schema, raw, []);
  return { value, findings: reader.findings, asWritten: (path) => reader.asWritten(path, value) };
}

type RawObject = Readonly<Record<string, unknown>>;

class KeyReader {
  readonly findings: Finding[] = [];
  readonly #root: Schema;
  /** For each object made: canonical key → the key in the document. */
  readonly #spellings = new WeakMap<object, ReadonlyMap<string, string>>();

  constructor(root: Schema) {
    this.#root = root;
  }

  read(schema: Schema, raw: unknown, path: Path): unknown {
    const node = nodeOf(schema);
    if (node.kind === 'list' && Array.isArray(raw)) {
      return raw.map((item, i) => this.read(node.element, item, [...path, i]));
    }
    if (node.kind === 'union') {
      const branch = branchFor(node.options, raw);
      return branch === undefined ? raw : this.read(branch, raw, path);
    }
    if (node.kind === 'object' && isObject(raw)) return this.#object(node.shape, raw, path);
    if (node.kind === 'record' && isObject(raw)) return this.#record(node, raw, path);
    return raw;
  }

  asWritten(path: Path, value: unknown): Path {
    let here = value;
    return path.map((step) => {
      if (Array.isArray(here)) {
        here = here[Number(step)];
        return step;
      }
      if (!isObject(here)) return step;
      const written = this.#spellings.get(here)?.get(String(step)) ?? step;
      here = here[String(step)] ?? here[String(written)];
      return written;
    });
  }

  #object(shape: Shape, raw: RawObject, path: Path): RawObject {
    const values = new Map<string, unknown>();
    const spellings = new Map<string, string>();
    for (const [key, value] of Object.entries(raw)) {
      if (key === COMMENT || (key === EDITOR_SCHEMA && path.length === 0)) continue;
      if (value === undefined) continue;
      const name = knownKey(shape, key) ?? this.#unknown(shape, raw, key, path);
      const part = name === undefined ? undefined : shape[name];
      if (name === undefined || part === undefined) continue;
      const first = spellings.get(name);
      if (first !== undefined) this.#repeated(key, first, value, path);
      if (first !== undefined) continue;
      spellings.set(name, key);
      values.set(name, this.read(part, value, [...path, name]));
    }
    return this.#made(values, spellings);
  }

  #record({ key, value }: { key: Schema; value: Schema }, raw: RawObject, path: Path): RawObject {
    const values = new Map<string, unknown>();
    const spellings = new Map<string, string>();
    for (const [written, held] of Object.entries(raw)) {
      if (written === COMMENT) continue;
      const parsed = z.safeParse(key, written);
      const name = parsed.success ? String(parsed.data) : written;
      const first = spellings.get(name);
      if (first !== undefined) this.#repeated(written, first, held, path);
      else values.set(written, this.read(value, held, [...path, written]));
      spellings.set(name, first ?? written);
    }
    return this.#made(values, spellings);
  }

  #made(values: ReadonlyMap<string, unknown>, spellings: ReadonlyMap<string, string>): RawObject {
    const made = Object.fromEntries(values);
    this.#spellings.set(made, spellings);
    return made;
  }

  /** Refuses a key; returns the one it stands for if that is required and missing, to read on from there. */
  #unknown(shape: Shape, raw: RawObject, key: string, path: Path): string | undefined {
    const place = { path: [...path, key], found: raw[key] };
    const homes = keyHomes(this.#root, snakeCase(key));
    const [home] = homes;
    if (home !== undefined && homes.length === 1) {
      const where = home.length === 0 ? 'at the top' : `in ${quoted(formatPath(home))}`;
      const message = `unknown key here: it belongs ${where}`;
      this.findings.push({ ...place, message, meant: [...home, snakeCase(key)] });
      return undefined;
    }
    const known = Object.keys(shape).filter((name) => !isDeprecated(shape[name]));
    const suggestion = suggest(key, known);
    this.findings.push({ ...place, message: `unknown key: write ${listed(known)}`, suggestion });
    if (suggestion === undefined || !isRequired(shape[suggestion])) return undefined;
    const given = Object.keys(raw).some((other) => knownKey(shape, other) === suggestion);
    return given ? undefined : suggestion;
  }

  #repeated(key: string, first: string, found: unknown, path: Path): void {
    const message = `says again what ${quoted(first)} says: keep one of the two`;
    this.findings.push({ path: [...path, key], message, found });
  }
}

/** The key of `shape` that `key` is, in snake_case or camelCase. */
function knownKey(shape: Shape, key: string): string | undefined {
  return [key, snakeCase(key)].find((name) => Object.hasOwn(shape, name));
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The places in the whole schema that have a key of this name, without positions in lists. */
function keyHomes(root: Schema, name: string): string[][] {
  const homes = new Map<string, string[]>();
  const visit = (schema: Schema, path: string[]): void => {
    const node = nodeOf(schema);
    if (node.kind === 'list') visit(node.element, path);
    if (node.kind === 'record') visit(node.value, path);
    if (node.kind === 'union') for (const option of node.options) visit(option, path);
    if (node.kind !== 'object') return;
    if (Object.hasOwn(node.shape, name)) homes.set(formatPath(path), path);
    for (const [key, part] of Object.entries(node.shape)) visit(part, [...path, key]);
  };
  visit(root, []);
  return [...homes.values()];
}
