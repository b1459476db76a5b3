/** What is wrong with a config file, or what a run of it would do. */
import { stat } from 'node:fs/promises';
import { ConfigInvalid, readConfig } from '../actors/readConfig.ts';
import { findCalendar } from '../domain/calendar/calendars.ts';
import type { DataSource } from '../domain/config/data.ts';
import type { Problem } from '../domain/config/problem.ts';
import { trailingKey } from '../domain/config/rules.ts';
import type { Config } from '../domain/config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import { TimeManager } from '../domain/timeManager.ts';
import { catalogueOf } from '../indicators/catalogue.ts';
import { createRegistry } from '../indicators/registry.ts';
import { loadConfigFile } from './configFile.ts';
import { plural } from './table.ts';

export type ConfigVerdict =
  | ({ readonly valid: true } & ConfigPlan)
  | { readonly valid: false; readonly problems: readonly Problem[] };

/** A run in a few words. */
export interface ConfigPlan {
  readonly session_name: string;
  readonly sessions: string;
  readonly symbols: readonly string[];
  readonly streams: readonly string[];
  readonly indicators: readonly string[];
  readonly scanners: readonly string[];
  readonly strategies: readonly string[];
  readonly data: readonly string[];
}

/** @throws {UsageError} if there is no such file; everything else is a problem of the config */
export async function checkConfigFile(path: string): Promise<ConfigVerdict> {
  const found = await stat(path).catch(() => null);
  try {
    const { raw, folder } = await loadConfigFile(path);
    const registry = createRegistry();
    const { config } = await readConfig({ config: raw, folder }, registry);
    return { valid: true, ...planOf(config, catalogueOf(registry)) };
  } catch (error) {
    if (error instanceof ConfigInvalid) return { valid: false, problems: error.problems };
    if (found === null || !(error instanceof UsageError)) throw error;
    return { valid: false, problems: [{ path: '', message: error.message }] };
  }
}

function windowOf(config: Config) {
  const { start_date, end_date } = config.backtest_config;
  return new TimeManager(findCalendar(config.exchange_group)!).resolveWindow(start_date, end_date);
}

function planOf(config: Config, { keyOf }: ReturnType<typeof catalogueOf>): ConfigPlan {
  const { symbols, streams, indicators, historical, scanners, strategies, data } =
    config.session_data_config;
  const trailing = Object.entries(historical.indicators);
  const { start, end, sessions } = windowOf(config);
  const sources = data === undefined ? [] : Array.isArray(data) ? data : [data];
  return {
    session_name: config.session_name,
    sessions: `${plural(sessions, 'session')}, ${start} to ${end}`,
    symbols,
    streams,
    indicators: [
      ...indicators.session.map((spec) => spec.key ?? keyOf(spec)),
      ...trailing.map(([name, { period }]) => trailingKey(name, period)),
      ...indicators.historical.map((spec) => spec.key ?? keyOf(spec)),
    ],
    scanners: scanners.filter(({ enabled }) => enabled).map(scannerText),
    strategies: strategies.filter(({ enabled }) => enabled).map(({ module }) => module),
    data: sources.length === 0 ? ['none: run it with --data'] : sources.map(sourceText),
  };
}

/** `gap before the session and 09:35 to 10:30 every 5m`. */
function scannerText({ module, pre_session, regular_session }: ScannerEntry): string {
  const times = [
    ...(pre_session ? ['before the session'] : []),
    ...regular_session.map(({ start, end, interval }) => `${start} to ${end} every ${interval}`),
  ];
  return `${module} ${times.join(' and ') || 'never'}`;
}

type ScannerEntry = Config['session_data_config']['scanners'][number];

function sourceText(source: DataSource): string {
  const path = 'path' in source ? source.path : undefined;
  return typeof path === 'string' ? `${source.type} ${path}` : source.type;
}
