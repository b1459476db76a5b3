/** Finds what a config names: a registered strategy, or a module file that exports one. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sentenceOf, UsageError } from '../domain/errors.ts';
import { suggest } from '../domain/suggest.ts';
import type { Strategy } from './strategy.ts';

/** Makes one instance for a run: a class, or a function that returns a strategy. */
export type StrategyFactory =
  | (new (
      config: never,
    ) => Strategy<never, unknown>)
  | ((config: never) => Strategy<never, unknown>);

/**
 * The factory for a `module` of a config: by registered name, by the last segment of a dotted path among
 * those names, else a `.ts`, `.js` or `.mjs` file relative to `folder`, by its default or only export.
 *
 * @throws {UsageError} naming what was looked for
 */
export async function findStrategy(
  module: string,
  registered: ReadonlyMap<string, StrategyFactory>,
  folder: string,
): Promise<{ name: string; factory: StrategyFactory }> {
  const last = module.split('.').at(-1)!;
  for (const name of [module, last, last.replaceAll('_', '-')]) {
    const factory = registered.get(name);
    if (factory !== undefined) return { name, factory };
  }
  if (!/\.(ts|js|mjs)$/.test(module)) throw unknown(module, registered);
  const path = resolve(folder, module);
  const name = module
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.(ts|js|mjs)$/, '');
  return { name, factory: await factoryIn(path, module) };
}

/** An instance of its own, however the factory is written. */
export function createStrategy(name: string, factory: StrategyFactory, config: unknown): Strategy {
  try {
    const made = isClass(factory)
      ? new (factory as new (config: unknown) => Strategy)(config)
      : (factory as (config: unknown) => Strategy)(config);
    if (typeof made !== 'object' || made === null) {
      throw new UsageError(`strategy "${name}": its function returned no strategy object`);
    }
    return made;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = sentenceOf(error);
    throw new UsageError(`strategy "${name}" could not be made: ${reason}`, { cause: error });
  }
}

async function factoryIn(path: string, module: string): Promise<StrategyFactory> {
  let exported: Record<string, unknown>;
  try {
    exported = await import(pathToFileURL(path).href);
  } catch (error) {
    const [line = ''] = sentenceOf(error).split('\n');
    // Who asked for the module, here this file, says nothing of what is wrong with it.
    const reason = line.replace(` imported from ${import.meta.filename}`, '');
    throw new UsageError(`strategy module "${module}" could not be loaded: ${reason}`, {
      cause: error,
    });
  }
  const factories = Object.values(exported).filter((value) => typeof value === 'function');
  const factory = exported.default ?? (factories.length === 1 ? factories[0] : undefined);
  if (typeof factory === 'function') return factory as StrategyFactory;
  throw new UsageError(
    `strategy module "${module}" must export one class or function that makes a strategy, ` +
      `as default or as its only one; it exports ${Object.keys(exported).join(', ') || 'nothing'}`,
  );
}

function unknown(module: string, registered: ReadonlyMap<string, unknown>): UsageError {
  const names = [...registered.keys()];
  const guess = suggest(module, names);
  return new UsageError(
    `no strategy "${module}" is registered${guess === undefined ? '' : `, did you mean "${guess}"?`}; ` +
      `registered: ${names.join(', ') || 'none'}; or give a .ts, .js or .mjs file`,
  );
}

function isClass(factory: StrategyFactory): boolean {
  return /^class\b/.test(Function.prototype.toString.call(factory));
}
