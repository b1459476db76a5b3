/** Changes to single values of a config, by path: `session_data_config.strategies[0].config.fast`. */
import { UsageError } from '../errors.ts';

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
    let at = changed as Record<string | number, unknown>;
    for (const part of parts) {
      const next = at[part];
      if (typeof next !== 'object' || next === null) {
        throw new UsageError(`"${path}" leads nowhere: the config has no "${part}" there`);
      }
      at = next as Record<string | number, unknown>;
    }
    at[last] = value;
  }
  return changed;
}
