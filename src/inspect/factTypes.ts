/** The types of facts there are, and the fields each has, by name: what users may ask for. */
import { BAR_FIELDS } from '../domain/bars.ts';
import { UsageError } from '../domain/errors.ts';
import { CONTROL_FACTS, type FactType } from '../domain/facts.ts';
import { BLOCK_COLUMNS } from '../domain/frame.ts';
import { suggest } from '../domain/suggest.ts';
import { globRegExp, isNegated } from './globs.ts';

/** Every type of fact there is. */
export const FACT_TYPES = [
  ...Object.keys(CONTROL_FACTS),
  ...Object.keys(BLOCK_COLUMNS),
] as FactType[];

const ENVELOPE = ['seq', 'at', 'type', 'by', 'cause'];
const BAR = ['symbol', 'interval', ...BAR_FIELDS, 'catchup'];
/** Of the facts that travel in blocks. */
const BLOCK_FIELDS: Readonly<Record<keyof typeof BLOCK_COLUMNS, readonly string[]>> = {
  BarAppended: [...BAR, 'adhoc'],
  BarDerived: BAR,
  IndicatorUpdated: ['symbol', 'key', 'value', 'valid', 'catchup', 'corrects'],
  HistoricalBarsLoaded: [
    ...['symbol', 'interval', 'from', 'to', 'visible_from'],
    ...['days', 'held', 'provenance', 'columns'],
  ],
};

/** The fields of a type of fact, its envelope first. */
export function fieldsOf(type: FactType): readonly string[] {
  const own =
    type in BLOCK_FIELDS
      ? BLOCK_FIELDS[type as keyof typeof BLOCK_FIELDS]
      : Object.keys(CONTROL_FACTS[type as keyof typeof CONTROL_FACTS].shape);
  return [...ENVELOPE, ...own];
}

/**
 * The types that globs pick, negated ones left out; without any, all.
 * @throws {UsageError} for a glob that no type of fact matches, or if none is left
 */
export function typesLike(globs: readonly string[]): ReadonlySet<FactType> {
  const picked = globs.filter((glob) => !isNegated(glob));
  const types = new Set(picked.length === 0 ? FACT_TYPES : picked.flatMap(typesOf));
  for (const glob of globs.filter(isNegated)) {
    for (const type of typesOf(glob.slice(1))) types.delete(type);
  }
  if (types.size === 0) throw new UsageError('every type of fact is left out: pick one at least');
  return types;
}

/** The first word of a type, which is what people remember: `Signal`, `Scan`. */
const beginningOf = (type: FactType) => /^[A-Z][a-z]+/.exec(type)![0];

function typesOf(glob: string): FactType[] {
  const like = globRegExp(glob);
  const types = FACT_TYPES.filter((type) => like.test(type));
  if (types.length > 0) return types;
  const meant =
    suggest(glob, FACT_TYPES) ?? FACT_TYPES.find((type) => like.test(beginningOf(type)));
  const remedy =
    meant === undefined ? `types are ${FACT_TYPES.join(', ')}` : `did you mean "${meant}"?`;
  throw new UsageError(`no type of fact is like "${glob}": ${remedy}`);
}
