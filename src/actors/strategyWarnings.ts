/** What of a strategy was probably not meant: it runs, and hears less than its author thinks. */
import { suggest } from '../domain/suggest.ts';
import { CALLBACKS, type Strategy } from './strategy.ts';

const METHODS: readonly string[] = ['subscribe', ...CALLBACKS, 'save', 'restore'];

interface Listening {
  readonly name: string;
  readonly strategy: Strategy;
  /** Keys of indicators it subscribes to that no symbol has had; null before there are symbols. */
  readonly unheard: ReadonlySet<string> | null;
}

/** A sentence each. @param keys of the indicators there are */
export function warningsOf(
  { name, strategy, unheard }: Listening,
  keys: ReadonlySet<string>,
): string[] {
  const who = `strategy "${name}"`;
  const own = methodsOf(strategy);
  const misspelt = own.flatMap((method) => {
    const meant = METHODS.includes(method) ? undefined : suggest(method, METHODS);
    if (meant === undefined || own.includes(meant)) return [];
    return [`${who} has "${method}", which nothing calls, did you mean "${meant}"?`];
  });
  const missing = [...(unheard ?? [])].map((key) => {
    const meant = suggest(key, keys);
    const hint = meant === undefined ? '' : `, did you mean "${meant}"?`;
    return `${who} subscribes to the indicator "${key}", which no symbol has${hint}`;
  });
  return [...misspelt, ...missing];
}

/** Names of its methods, its own and those of its classes. */
function methodsOf(strategy: object): string[] {
  const names: string[] = [];
  for (let of = strategy; of !== Object.prototype && of !== null; of = Object.getPrototypeOf(of)) {
    const properties = Object.entries(Object.getOwnPropertyDescriptors(of));
    names.push(
      ...properties.filter(([, { value }]) => typeof value === 'function').map(([key]) => key),
    );
  }
  return names.filter((name) => name !== 'constructor');
}
