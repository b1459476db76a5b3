/** Reads a session config: all mistakes at once, or a canonical config with every default filled in. */

import { explain, findingsOf } from './issues.ts';
import { canonicalKeys } from './keys.ts';
import { CONFIG_DEPTH_MAX, nestsTooDeep } from './nesting.ts';
import { partsOf } from './parts.ts';
import { type Problem, problemsOf } from './problem.ts';
import { type ConfigParts, checkRules, type Known } from './rules.ts';
import { Config } from './schema.ts';
import { isObject } from './schemaNode.ts';

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  /** `parts`: what of it parsed. */
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly parts: ConfigParts };

/**
 * Reads `raw`, an object as a config file or a program gives it. Pure.
 *
 * Each mistake gives one problem. Parts that parsed are checked against each other also when others did not.
 */
export function parseConfig(raw: unknown, known: Known): ParsedConfig {
  if (nestsTooDeep(raw)) {
    const message = `nests deeper than ${CONFIG_DEPTH_MAX} levels, or holds itself: write it flatter`;
    return { ok: false, problems: [{ path: '', message }], parts: {} };
  }
  const keys = canonicalKeys(Config, raw);
  const live = isObject(keys.value) && keys.value.mode === 'live';
  const schema = live ? Config.partial({ backtest_config: true }) : Config;
  const parsed = schema.safeParse(keys.value, { error: explain, reportInput: true });
  const parts = partsOf(Config, keys.value) ?? {};
  const findings = [
    ...keys.findings,
    ...findingsOf(parsed.error?.issues ?? []),
    ...checkRules(parts, known),
  ];
  const problems = problemsOf(findings, raw, keys.asWritten);
  if (problems.length > 0) return { ok: false, problems, parts };
  return { ok: true, config: Config.parse(keys.value) };
}
