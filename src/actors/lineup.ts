/** The strategies and scanners that a config asks for, each made once for the run. */
import type { Config } from '../domain/config/schema.ts';
import { sentenceOf, UsageError } from '../domain/errors.ts';
import { tryParseInterval } from '../domain/interval.ts';
import {
  createInstance,
  findModule,
  type ScannerFactory,
  type StrategyFactory,
} from './modules.ts';
import type { Scanner, ScannerNeeds, ScannerOpening } from './scanner.ts';
import { BUILT_IN_SCANNERS } from './scanners/builtIns.ts';
import type { NamedScanner } from './scanners.ts';
import { SmaCross } from './smaCross.ts';
import { type NamedStrategy, refusePromise, type Strategy, subscriptionOf } from './strategy.ts';
import { readUniverse } from './universe.ts';

export type StrategyEntry = Config['session_data_config']['strategies'][number];
export type ScannerEntry = Config['session_data_config']['scanners'][number];
type Registered<Factory> = Readonly<Record<string, Factory>>;

const BUILT_IN_STRATEGIES: Registered<StrategyFactory> = { 'sma-cross': SmaCross };

/** Those that could be made, and for each other one why not: it cannot be found, made, or asked what it wants. */
export interface Lineup<Named> {
  readonly found: readonly Named[];
  /** Fingerprints of the files they come from, by module as the config names it. */
  readonly modules: Readonly<Record<string, string>>;
  readonly mistakes: readonly { readonly path: string; readonly error: UsageError }[];
}

/** @param own beside the built-in ones, as below; an entry that is null is passed over */
export function findStrategies(
  entries: readonly (StrategyEntry | null)[],
  own: Registered<StrategyFactory>,
  folder: string,
): Promise<Lineup<NamedStrategy>> {
  const all = { ...BUILT_IN_STRATEGIES, ...own };
  const registered = new Map(Object.entries(all)) as Map<string, () => Strategy>;
  return lineUp('strategies', entries, async (entry, found: NamedStrategy[], note) => {
    const { module, config: settings } = entry;
    const made = await findModule('strategy', module, registered, folder);
    const { name: base, factory } = made;
    note(made.fingerprint);
    const name = nameBeside(base, found);
    const strategy = createInstance('strategy', name, factory, settings);
    requireSubscription(name, strategy, settings);
    return { name, strategy, config: settings };
  });
}

/** @param own beside the built-in ones; of two that share a name, the own */
export function findScanners(
  entries: readonly (ScannerEntry | null)[],
  own: Registered<ScannerFactory>,
  folder: string,
): Promise<Lineup<NamedScanner>> {
  const all = { ...BUILT_IN_SCANNERS, ...own };
  const registered = new Map(Object.entries(all)) as Map<string, () => Scanner>;
  return lineUp('scanners', entries, async (entry, found: NamedScanner[], note) => {
    const { module, config: settings } = entry;
    const made = await findModule('scanner', module, registered, folder);
    const { name: base, factory } = made;
    note(made.fingerprint);
    const name = nameBeside(base, found);
    const scanner = createInstance('scanner', name, factory, settings);
    const { pre_session: preSession, regular_session: schedules } = entry;
    const universe = (path: string) => readUniverse(path, folder).symbols;
    const needs = needsOf(name, scanner, settings, { universe });
    return { name, scanner, config: settings, needs, preSession, schedules };
  });
}

/** One after another, since names depend on those before; what cannot be made keeps no other one out. */
async function lineUp<Entry extends { readonly enabled: boolean; readonly module: string }, Named>(
  list: string,
  entries: readonly (Entry | null)[],
  make: (
    entry: Entry,
    found: Named[],
    note: (fingerprint: string | null) => void,
  ) => Promise<Named>,
): Promise<Lineup<Named>> {
  const found: Named[] = [];
  const modules: Record<string, string> = {};
  const mistakes: { path: string; error: UsageError }[] = [];
  for (const [i, entry] of entries.entries()) {
    if (!entry?.enabled) continue;
    try {
      const made = await make(entry, found, (fingerprint) => {
        if (fingerprint !== null) modules[entry.module] = fingerprint;
      });
      found.push(made);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      mistakes.push({ path: `session_data_config.${list}[${i}]`, error });
    }
  }
  return { found, modules, mistakes };
}

/** The second of a name gets a number. */
function nameBeside(base: string, found: readonly { name: string }[]): string {
  const twins = found.filter(({ name }) => name === base || name.startsWith(`${base}#`)).length;
  return twins === 0 ? base : `${base}#${twins + 1}`;
}

/** What a strategy subscribes to is part of the config: if it cannot be told, nothing is made. */
function requireSubscription(name: string, strategy: Strategy, config: unknown): void {
  try {
    subscriptionOf(name, strategy, config);
  } catch (error) {
    throw new UsageError(sentenceOf(error), { cause: error });
  }
}

/** What a scanner subscribes to, intervals in canonical spelling. */
function needsOf(
  name: string,
  scanner: Scanner,
  config: unknown,
  opening: ScannerOpening,
): ScannerNeeds {
  let needs: ScannerNeeds;
  try {
    needs = scanner.subscribe?.(config, opening) ?? {};
    refusePromise(needs, 'it', 'it is synchronous');
  } catch (error) {
    if (error instanceof UsageError) {
      throw new UsageError(`scanner "${name}": ${error.message}`, { cause: error });
    }
    const reason = `scanner "${name}" failed in subscribe: ${sentenceOf(error)}`;
    throw new UsageError(reason, { cause: error });
  }
  const canonical = (text: string) => {
    const interval = tryParseInterval(text);
    if (interval !== null) return interval.text;
    throw new UsageError(`scanner "${name}" subscribes to "${text}", which is no interval`);
  };
  const history = (needs.history ?? []).map(({ trailing_days, intervals }) => {
    if (Number.isSafeInteger(trailing_days) && trailing_days > 0) {
      return { trailing_days, intervals: intervals.map(canonical) };
    }
    throw new UsageError(
      `scanner "${name}" subscribes to ${trailing_days} trailing_days: give a whole number above 0`,
    );
  });
  return { bars: (needs.bars ?? []).map(canonical), history };
}
