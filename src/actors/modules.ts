/** Finds what a config names: a registered strategy or scanner, or a module file that exports one. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sentenceOf, UsageError } from '../domain/errors.ts';
import { suggest } from '../domain/suggest.ts';
import type { Scanner } from './scanner.ts';
import type { Strategy } from './strategy.ts';

/** Makes one instance for a run: a class, or a function that returns a strategy. */
export type StrategyFactory =
  | (new (
      config: never,
    ) => Strategy<never, unknown>)
  | ((config: never) => Strategy<never, unknown>);

/** The same for a scanner. */
export type ScannerFactory =
  | (new (
      config: never,
    ) => Scanner<never>)
  | ((config: never) => Scanner<never>);

/** What a module is for, as messages name it. */
export type ModuleKind = 'strategy' | 'scanner';

type Factory<Made> = (new (config: unknown) => Made) | ((config: unknown) => Made);

/** Fingerprints of the files imported so far, by path: Node keeps what it imports, whatever becomes of the file. */
const imported = new Map<string, string>();

/** Null for a file that cannot be read: to import it says why. */
function fingerprintOf(path: string): string | null {
  try {
    return hash('sha256', readFileSync(path));
  } catch {
    return null;
  }
}

/** What a file makes is called as the file is, without its folder and ending. */
export function moduleName(module: string): string {
  return module
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.(ts|js|mjs)$/, '');
}

interface FoundModule<Made> {
  readonly name: string;
  readonly factory: Factory<Made>;
  /** SHA-256 of its file, hex, without what that imports; null for one that is registered. */
  readonly fingerprint: string | null;
}

/**
 * The factory for a `module` of a config: by registered name, by the last segment of a dotted path among
 * those names (`scanners.gap_scanner` is `gap`), else a `.ts`, `.js` or `.mjs` file relative to `folder`, by its
 * default or only export.
 *
 * @throws {UsageError} naming what was looked for
 */
export async function findModule<Made>(
  kind: ModuleKind,
  module: string,
  registered: ReadonlyMap<string, Factory<Made>>,
  folder: string,
): Promise<FoundModule<Made>> {
  const last = module.split('.').at(-1)!;
  const dashed = last.replaceAll('_', '-');
  const short = dashed.endsWith(`-${kind}`) ? dashed.slice(0, -kind.length - 1) : dashed;
  for (const name of [module, last, dashed, short]) {
    const factory = registered.get(name);
    if (factory !== undefined) return { name, factory, fingerprint: null };
  }
  if (!/\.(ts|js|mjs)$/.test(module)) throw unknown(kind, module, registered);
  const path = resolve(folder, module);
  const fingerprint = imported.get(path) ?? fingerprintOf(path);
  const factory = await factoryIn<Made>(kind, path, module);
  if (fingerprint !== null) imported.set(path, fingerprint);
  return { name: moduleName(module), factory, fingerprint };
}

/** An instance of its own, however the factory is written. */
export function createInstance<Made>(
  kind: ModuleKind,
  name: string,
  factory: Factory<Made>,
  config: unknown,
): Made {
  try {
    const made = isClass(factory)
      ? new (factory as new (config: unknown) => Made)(config)
      : (factory as (config: unknown) => Made)(config);
    if (typeof made !== 'object' || made === null) {
      throw new UsageError(`${kind} "${name}": its function returned no ${kind} object`);
    }
    return made;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = sentenceOf(error);
    throw new UsageError(`${kind} "${name}" could not be made: ${reason}`, { cause: error });
  }
}

async function factoryIn<Made>(
  kind: ModuleKind,
  path: string,
  module: string,
): Promise<Factory<Made>> {
  let exported: Record<string, unknown>;
  try {
    exported = await import(pathToFileURL(path).href);
  } catch (error) {
    const [line = ''] = sentenceOf(error).split('\n');
    // Who asked for the module, here this file, says nothing of what is wrong with it.
    const reason = line.replace(` imported from ${import.meta.filename}`, '');
    throw new UsageError(`${kind} module "${module}" could not be loaded: ${reason}`, {
      cause: error,
    });
  }
  const factories = Object.values(exported).filter((value) => typeof value === 'function');
  const factory = exported.default ?? (factories.length === 1 ? factories[0] : undefined);
  if (typeof factory === 'function') return factory as Factory<Made>;
  throw new UsageError(
    `${kind} module "${module}" must export one class or function that makes a ${kind}, ` +
      `as default or as its only one; it exports ${Object.keys(exported).join(', ') || 'nothing'}`,
  );
}

function unknown(
  kind: ModuleKind,
  module: string,
  registered: ReadonlyMap<string, unknown>,
): UsageError {
  const names = [...registered.keys()];
  const guess = suggest(module, names);
  return new UsageError(
    `no ${kind} "${module}" is registered${guess === undefined ? '' : `, did you mean "${guess}"?`}; ` +
      `registered: ${names.join(', ') || 'none'}; or give a .ts, .js or .mjs file`,
  );
}

function isClass(factory: Factory<unknown>): boolean {
  return /^class\b/.test(Function.prototype.toString.call(factory));
}
