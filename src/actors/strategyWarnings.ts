/** What of a strategy was probably not meant: it runs, and hears less than its author thinks. */
import { suggest } from '../domain/suggest.ts';
import type { Strategy, Subscription } from './strategy.ts';

interface Heard {
  readonly name: string;
  readonly strategy: Strategy;
  readonly subscription: Subscription;
}

/**
 * A sentence each.
 *
 * @param callbacks names of all there are
 * @param keys of all indicators there were
 */
export function warningsOf(
  { name, strategy, subscription }: Heard,
  callbacks: readonly string[],
  keys: ReadonlySet<string>,
): string[] {
  const who = `strategy "${name}"`;
  const misspelt = methodsOf(strategy).flatMap((method) => {
    const meant = callbacks.includes(method) ? undefined : suggest(method, callbacks);
    if (meant === undefined || methodsOf(strategy).includes(meant)) return [];
    return [`${who} has "${method}", which nothing calls, did you mean "${meant}"?`];
  });
  const wanted = strategy.onIndicator === undefined ? [] : (subscription.indicators ?? []);
  const missing = wanted.filter((key) => !keys.has(key));
  const unheard = missing.map((key) => {
    const meant = suggest(key, keys);
    const hint = meant === undefined ? '' : `, did you mean "${meant}"?`;
    return `${who} subscribes to the indicator "${key}", which no symbol has${hint}`;
  });
  return [...misspelt, ...unheard];
}

/** Names of its methods, its own and those of its classes. */
function methodsOf(strategy: object): string[] {
  const names: string[] = [];
  for (let of = strategy; of !== Object.prototype && of !== null; of = Object.getPrototypeOf(of)) {
    names.push(...Object.getOwnPropertyNames(of));
  }
  return names.filter((name) => name !== 'constructor');
}
