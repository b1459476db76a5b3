/** One place of an export. */
import { UsageError } from '../domain/errors.ts';
import { parsePath, pathInto } from '../domain/jsonPath.ts';
import { suggest } from '../domain/suggest.ts';

const SHOWN = 12;

/** @throws {UsageError} if there is nothing at `path` */
export function partOf(whole: object, path: string): unknown {
  const { keys, range } = parsePath(path);
  let found: unknown = whole;
  let place = '';
  for (const key of keys) {
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    if (!isObject || !Object.hasOwn(found as object, key)) throw absent(found, key, place);
    found = (found as Record<string, unknown>)[key];
    place = pathInto(place, key);
  }
  if (range === null) return found;
  if (!Array.isArray(found)) {
    throw new UsageError(`"${place}" is no list: leave out the brackets at the end`);
  }
  return found.slice(range.from, range.to ?? undefined);
}

function absent(found: unknown, key: string, place: string): UsageError {
  const where = place === '' ? 'the export' : `"${place}"`;
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    return new UsageError(`${where} has no parts by name: end the path there`);
  }
  const keys = Object.keys(found);
  const like = suggest(key, keys);
  if (like !== undefined)
    return new UsageError(`${where} has no "${key}": did you mean "${like}"?`);
  const some = keys.slice(0, SHOWN).join(', ');
  const rest = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : '';
  return new UsageError(
    `${where} has no "${key}": it has ${some === '' ? 'nothing' : some}${rest}`,
  );
}
