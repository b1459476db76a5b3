/** A config from what a file or a program gives to what a run needs: all mistakes at once, or everything it names. */
import { resolve } from 'node:path';
import type { Calendar } from '../domain/calendar/calendar.ts';
import { calendarNames, findCalendar } from '../domain/calendar/calendars.ts';
import { checkIndicator, type IndicatorCatalogue } from '../domain/config/catalogue.ts';
import { parseConfig } from '../domain/config/config.ts';
import type { Parts } from '../domain/config/parts.ts';
import { type Finding, formatProblem, type Problem } from '../domain/config/problem.ts';
import type { ConfigParts } from '../domain/config/rules.ts';
import type { Config } from '../domain/config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import { TimeManager } from '../domain/timeManager.ts';
import { catalogueOf } from '../indicators/catalogue.ts';
import type { IndicatorRegistry } from '../indicators/registry.ts';
import {
  type HistoricalEntry,
  type MarketShape,
  marketShape,
  problemOf,
} from './historicalPlans.ts';
import { findScanners, findStrategies, type ScannerEntry, type StrategyEntry } from './lineup.ts';
import type { ScannerFactory, StrategyFactory } from './modules.ts';
import type { NamedScanner } from './scanners.ts';
import type { NamedStrategy } from './strategy.ts';

/** A config with mistakes: all of them, each with its path. */
export class ConfigInvalid extends UsageError {
  override name = 'ConfigInvalid';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    const count = problems.length === 1 ? '1 mistake' : `${problems.length} mistakes`;
    const lines = problems.map((problem) => `  ${formatProblem(problem)}`);
    super(`the config has ${count}:\n${lines.join('\n')}`, options);
    this.problems = problems;
  }
}

/** A config, and what it may name. */
export interface ConfigOptions {
  /** The session config, as a file holds it: snake_case or camelCase keys. */
  readonly config: unknown;
  /** Where relative paths of the config start; default the working directory. */
  readonly folder?: string;
  /** Strategies by the name under which the config asks for them, beside the built-in one. */
  readonly strategies?: Readonly<Record<string, StrategyFactory>>;
  /** Scanners by the name under which the config asks for them, beside the built-in ones. */
  readonly scanners?: Readonly<Record<string, ScannerFactory>>;
  /** Calendars of one's own, beside the built-in ones. */
  readonly calendars?: readonly Calendar[];
}

export interface ReadConfig {
  readonly config: Config;
  readonly strategies: readonly NamedStrategy[];
  readonly scanners: readonly NamedScanner[];
  /** Fingerprints of the files that those come from, by module as the config names it. */
  readonly modules: Readonly<Record<string, string>>;
}

/**
 * Parses a config and makes the strategies and scanners that it names, also those of one that has mistakes
 * elsewhere: theirs are told with the others.
 *
 * @throws {ConfigInvalid} with every mistake
 */
export async function readConfig(
  options: ConfigOptions,
  registry: IndicatorRegistry,
): Promise<ReadConfig> {
  const { calendars = [] } = options;
  const parsed = parseConfig(options.config, {
    indicators: catalogueOf(registry),
    calendars: [...calendarNames(), ...calendars.map(({ name }) => name)],
    further: (parts) => checkOnMarket(parts, registry, calendars),
  });
  const folder = resolve(options.folder ?? '.');
  const asked = parsed.ok ? parsed.config.session_data_config : lineupIn(parsed.parts);
  const strategies = await findStrategies(asked.strategies, options.strategies ?? {}, folder);
  const scanners = await findScanners(asked.scanners, options.scanners ?? {}, folder);
  const problems = parsed.ok ? [] : parsed.problems;
  const mistakes = [...strategies.mistakes, ...scanners.mistakes];
  if (!parsed.ok || mistakes.length > 0) {
    const ofModules = mistakes.map(({ path, error }) => ({ path, message: error.message }));
    throw new ConfigInvalid([...problems, ...ofModules], { cause: mistakes[0]?.error });
  }
  const modules = { ...strategies.modules, ...scanners.modules };
  return { config: parsed.config, strategies: strategies.found, scanners: scanners.found, modules };
}

/** What of the strategies and scanners can be looked for in a config that has mistakes. */
function lineupIn({ session_data_config: { strategies, scanners } = {} }: ConfigParts) {
  return {
    strategies: whole<StrategyEntry>(strategies, ['module']),
    scanners: whole<ScannerEntry>(scanners, ['module']),
  };
}

/**
 * A list of a config as it parsed; entries that did not are `null`, so that the others keep their places.
 *
 * @param required what has no default
 */
function whole<Entry extends object>(
  entries: readonly (Parts<Entry> | undefined)[] = [],
  required: readonly (keyof Entry & string)[],
): (Entry | null)[] {
  const isWhole = (entry: object) =>
    required.every((key) => Object.hasOwn(entry, key)) && hasParsed(entry);
  return entries.map((entry) => (entry !== undefined && isWhole(entry) ? (entry as Entry) : null));
}

function hasParsed(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return part !== undefined;
  return Object.values(part).every(hasParsed);
}

/** Rules that take a calendar, or an indicator's definition. */
function checkOnMarket(
  { exchange_group, backtest_config, session_data_config }: ConfigParts,
  registry: IndicatorRegistry,
  calendars: readonly Calendar[],
): Finding[] {
  const calendar = exchange_group && findCalendar(exchange_group, calendars);
  const { start_date: start, end_date: end } = backtest_config ?? {};
  if (!calendar || start === undefined) return [];
  return [
    ...(end === undefined ? [] : checkWindow(calendar, { start, end })),
    ...checkPeriods(session_data_config?.indicators?.historical ?? [], registry, {
      market: marketShape(calendar, start),
      catalogue: catalogueOf(registry),
    }),
  ];
}

/** A window without a session is a mistake. One that ends before it starts is told already. */
function checkWindow(calendar: Calendar, window: { start: string; end: string }): Finding[] {
  const { start, end } = window;
  if (start > end) return [];
  try {
    new TimeManager(calendar).resolveWindow(start, end);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const found = { start_date: start, end_date: end };
    return [{ path: ['backtest_config'], message: error.message, found }];
  }
}

/** Of entries with nothing else wrong. */
function checkPeriods(
  entries: readonly (Parts<HistoricalEntry> | undefined)[],
  registry: IndicatorRegistry,
  { market, catalogue }: { market: MarketShape; catalogue: IndicatorCatalogue },
): Finding[] {
  return whole<HistoricalEntry>(entries, ['name', 'unit', 'interval']).flatMap((entry, i) => {
    if (entry === null || checkIndicator(entry, catalogue).length > 0) return [];
    const message = problemOf(entry, registry, market);
    const path = ['session_data_config', 'indicators', 'historical', i];
    return message === null ? [] : [{ path, message, found: entry }];
  });
}
