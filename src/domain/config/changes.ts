/** Changes to single values of a config, by path: `session_data_config.strategies[0].config.fast`. */
import { UsageError } from '../errors.ts';
import { suggest } from '../suggest.ts';

/** New values by path, each in the spelling of a config file. */
export type ConfigChanges = Readonly<Record<string, unknown>>;

const PART = /^(?:\.?([A-Za-z_][\w-]*)|\[(\d+)\])/;

/** Keys and indices of a path. @throws {UsageError} if it is none */
export function configPath(path: string): (string | number)[] {
  const parts: (string | number)[] = [];
  let rest = path;
  while (rest !== '') {
    const [whole, key, index] = PART.exec(rest) ?? [];
    if (whole === undefined) {
      throw new UsageError(
        `"${path}" is no path of a config: write one such as session_data_config.strategies[0].config.fast`,
      );
    }
    parts.push(key ?? Number(index));
    rest = rest.slice(whole.length);
  }
  if (parts.length > 0) return parts;
  throw new UsageError(
    'the path of a change is empty: write one such as trading_config.max_per_trade',
  );
}

/** A copy of `config` with the changes made. @throws {UsageError} for a path that leads nowhere */
export function changedConfig(config: unknown, changes: ConfigChanges): unknown {
  const changed: unknown = structuredClone(config);
  for (const [path, value] of Object.entries(changes)) {
    const parts = configPath(path);
    const last = parts.pop()!;
    let at = changed;
    for (const part of parts) {
      const next = partOf(at, part);
      if (typeof next !== 'object' || next === null) throw new UsageError(nowhere(path, at, part));
      at = next;
    }
    requirePlace(path, at, last);
    (at as Record<string | number, unknown>)[last] = value;
  }
  return changed;
}

/** What to say of a path with a key that is not in `config` but close to one that is; undefined if none is. */
export function misspelt(config: unknown, path: string): string | undefined {
  let at = config;
  for (const part of configPath(path)) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (!Object.hasOwn(at, part)) return likeOne(at, part) && nowhere(path, at, part);
    at = partOf(at, part);
  }
  return undefined;
}

function likeOne(of: unknown, part: string | number): string | undefined {
  if (typeof part === 'number' || Array.isArray(of)) return undefined;
  return suggest(part, Object.keys(of as object));
}

/** Own parts alone: what every object inherits is nobody's config. */
function partOf(of: unknown, part: string | number): unknown {
  return Object.hasOwn(of as object, part) ? (of as Record<string | number, unknown>)[part] : null;
}

/** @throws {UsageError} if `part` is none that a config file could write there */
function requirePlace(path: string, of: unknown, part: string | number): void {
  const isPlace = Array.isArray(of)
    ? typeof part === 'number' && part <= of.length
    : typeof part === 'string' && part !== '__proto__';
  if (!isPlace) throw new UsageError(nowhere(path, of, part));
}

function nowhere(path: string, of: unknown, part: string | number): string {
  if (Array.isArray(of)) {
    return `"${path}" leads nowhere: the list there has places 0 to ${of.length}, the last for a new entry`;
  }
  const meant = likeOne(of, part);
  const hint = meant === undefined ? '' : `: did you mean "${meant}"?`;
  return `"${path}" leads nowhere: the config has no "${part}" there${hint}`;
}
