/** One spelling for equal configs, so that equal configs have equal hashes. */
import type { Config } from './schema.ts';

/**
 * JSON of `value` with keys in code unit order, without `undefined`, `-0` as `0`.
 *
 * @throws {TypeError} for what JSON cannot hold: NaN, Infinity, functions, symbols, bigints
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(canonical(value));
}

/**
 * The config as the log records it: canonical, and the same wherever its files lie and at whatever speed it
 * runs. Data sources have lost their paths, for which the fingerprints of the data stand; a module or a universe
 * named by an absolute path keeps its file name; how fast the host's clock goes along is no part of what happens.
 */
export function withoutPaths(config: Config): Record<string, unknown> {
  const { data, scanners, strategies, ...rest } = config.session_data_config;
  const sources = Array.isArray(data) ? data.map(withoutPath) : data && withoutPath(data);
  const session = {
    ...rest,
    data: sources,
    scanners: scanners.map(withModuleName).map(withUniverseName),
    strategies: strategies.map(withModuleName),
  };
  const window = { ...config.backtest_config, speed_multiplier: undefined };
  const recorded = { ...config, backtest_config: window, session_data_config: session };
  return canonical(recorded) as Record<string, unknown>;
}

function withoutPath(source: object): object {
  return { ...source, path: undefined };
}

function withModuleName<T extends { readonly module: string }>(entry: T): T {
  return { ...entry, module: withoutFolder(entry.module) };
}

type ScannerEntry = Config['session_data_config']['scanners'][number];

/** What a scanner reads from the file is recorded when it does. */
function withUniverseName(entry: ScannerEntry): ScannerEntry {
  const { universe } = entry.config;
  if (typeof universe !== 'string') return entry;
  return { ...entry, config: { ...entry.config, universe: withoutFolder(universe) } };
}

/** The file name of an absolute path; anything else as it is. */
function withoutFolder(path: string): string {
  const absolute = /^([\\/]|[A-Za-z]:[\\/])/.test(path);
  return (absolute && path.split(/[\\/]/).at(-1)) || path;
}

function canonical(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, held]) => held !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, held]) => [key, canonical(held)]);
    return Object.fromEntries(entries);
  }
  throw new TypeError(`JSON cannot hold ${String(value)}`);
}
