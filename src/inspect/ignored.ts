/** What a comparison of two logs leaves out: types of facts, and fields. */
import { UsageError } from '../domain/errors.ts';
import type { FactType } from '../domain/facts.ts';
import { suggest } from '../domain/suggest.ts';
import { FACT_TYPES, fieldsOf, typesLike } from './factTypes.ts';

export class Ignored {
  readonly types: ReadonlySet<FactType>;
  /** Paths of fields, some of one type of fact only. */
  readonly #fields: readonly { readonly type: FactType | null; readonly path: string }[];

  /**
   * @param names types (`TransitionTaken`, `Scan*`), fields (`strength`, `value.macd`), or fields of one type
   *   (`SignalEmitted.reason`)
   * @throws {UsageError} for a name that is neither
   */
  constructor(names: readonly string[] = []) {
    const types = new Set<FactType>();
    const fields: { type: FactType | null; path: string }[] = [];
    for (const name of names) {
      const [first, ...rest] = name.split('.') as [string, ...string[]];
      if (!/^[A-Z*?]/.test(first)) fields.push({ type: null, path: known(name, FACT_TYPES) });
      else if (rest.length === 0) for (const type of typesLike([first])) types.add(type);
      else {
        for (const type of typesLike([first])) {
          fields.push({ type, path: known(rest.join('.'), [type]) });
        }
      }
    }
    this.types = types;
    this.#fields = fields;
  }

  /** Whether a field of a fact of this type is left out, itself or with what it lies in. */
  hasField(type: FactType, path: string): boolean {
    return this.#fields.some(
      (field) =>
        (field.type === null || field.type === type) &&
        (path === field.path || path.startsWith(`${field.path}.`)),
    );
  }
}

/** @throws {UsageError} if none of the types has such a field */
function known(path: string, types: readonly FactType[]): string {
  const fields = new Set(types.flatMap(fieldsOf));
  const [name] = path.split('.') as [string];
  if (fields.has(name)) return path;
  const meant = suggest(name, fields) ?? suggest(name, FACT_TYPES);
  const remedy = meant === undefined ? '' : `: did you mean "${meant}"?`;
  throw new UsageError(`"${path}" is neither a type of fact nor a field of one${remedy}`);
}
