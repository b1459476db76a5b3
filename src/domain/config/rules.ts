/** What no single value of a config can tell: how its parts fit together. */
import { suggest } from '../suggest.ts';
import { checkIndicator, type IndicatorCatalogue, type IndicatorSpec } from './catalogue.ts';
import type { Parts } from './parts.ts';
import { type Finding, formatPath, listed, type Path, quoted } from './problem.ts';
import type { Config } from './schema.ts';

/** What a config may name that lives outside it. */
export interface Known {
  readonly indicators: IndicatorCatalogue;
  /** Names of the calendars there are. */
  readonly calendars: readonly string[];
  /** What else does not fit, as only those know who know the calendars and indicators themselves. */
  readonly further?: (config: ConfigParts) => readonly Finding[];
}

export type ConfigParts = Parts<Config>;
type SessionParts = Parts<Config['session_data_config']>;

/** Everything that does not fit, on the parts that parsed. */
export function checkRules(config: ConfigParts, known: Known): Finding[] {
  const session = config.session_data_config ?? {};
  return [
    ...checkMode(config),
    ...checkExchange(config, known.calendars),
    ...checkWindow(config),
    ...checkRepeats(session),
    ...checkSymbols(session),
    ...checkIndicators(session, known.indicators),
    ...checkSchedules(config),
    ...checkLimits(config),
    ...(known.further?.(config) ?? []),
  ];
}

function checkMode({ mode }: ConfigParts): Finding[] {
  if (mode !== 'live') return [];
  const message = 'found "live": live sessions are not supported yet, write "backtest"';
  return [{ path: ['mode'], message, found: mode }];
}

function checkExchange({ exchange_group: found }: ConfigParts, calendars: readonly string[]) {
  const names = [...new Set(['US_EQUITY', 'CRYPTO', 'FOREX', 'CME', ...calendars])];
  if (found === undefined || names.includes(found)) return [];
  const message = `found ${quoted(found)}: write ${listed(names)}`;
  return [{ path: ['exchange_group'], message, found, suggestion: suggest(found, names) }];
}

function checkWindow({ backtest_config }: ConfigParts): Finding[] {
  const { start_date: start, end_date: end } = backtest_config ?? {};
  if (start === undefined || end === undefined || start <= end) return [];
  const message = `found ${quoted(end)}: it is before the start_date ${quoted(start)}, swap the two`;
  return [{ path: ['backtest_config', 'end_date'], message, found: end }];
}

/** Lists in which nothing may stand twice. */
function checkRepeats(session: SessionParts): Finding[] {
  const at = (...path: PropertyKey[]): Path => ['session_data_config', ...path];
  return [
    ...repeats(session.symbols, at('symbols')),
    ...repeats(session.streams, at('streams')),
    ...Object.entries(session.symbol_streams ?? {}).flatMap(([symbol, streams]) =>
      repeats(streams, at('symbol_streams', symbol)),
    ),
    ...(session.historical?.data ?? []).flatMap((entry, i) => [
      ...repeats(entry?.intervals, at('historical', 'data', i, 'intervals')),
      ...repeats(entry?.apply_to, at('historical', 'data', i, 'apply_to')),
    ]),
  ];
}

function repeats(list: readonly (string | undefined)[] | string | undefined, path: Path) {
  if (!Array.isArray(list)) return [];
  return list.flatMap((found: string | undefined, i): Finding[] => {
    const first = list.indexOf(found);
    if (found === undefined || first === i) return [];
    const message = `found ${quoted(found)} again: it is at ${formatPath([...path, first])} already`;
    return [{ path: [...path, i], message, found }];
  });
}

/** Symbols that other parts speak of are symbols of the run. */
function checkSymbols({ symbols, symbol_streams, historical }: SessionParts): Finding[] {
  if (symbols === undefined) return [];
  const known = symbols.filter((symbol) => symbol !== undefined);
  const unknown = (found: string, path: Path): Finding[] => {
    if (known.includes(found)) return [];
    const message = `found ${quoted(found)}: it is not among session_data_config.symbols, add it there`;
    return [
      { path: ['session_data_config', ...path], message, found, suggestion: suggest(found, known) },
    ];
  };
  return [
    ...Object.keys(symbol_streams ?? {}).flatMap((symbol) =>
      unknown(symbol, ['symbol_streams', symbol]),
    ),
    ...(historical?.data ?? []).flatMap((entry, i) => {
      const applied = entry?.apply_to;
      if (!Array.isArray(applied)) return [];
      return applied.flatMap((symbol: string | undefined, j) =>
        symbol === undefined ? [] : unknown(symbol, ['historical', 'data', i, 'apply_to', j]),
      );
    }),
  ];
}

function checkIndicators({ indicators, historical }: SessionParts, catalogue: IndicatorCatalogue) {
  const trailing = Object.entries(historical?.indicators ?? {}).flatMap(([name, entry]) =>
    entry?.period === undefined ? [] : [trailingKey(name, entry.period)],
  );
  return [
    ...checkEntries(indicators?.session ?? [], 'session', [], catalogue),
    ...checkEntries(indicators?.historical ?? [], 'historical', trailing, catalogue),
  ];
}

/** Key of an entry of `historical.indicators`: `avg_volume_10d`. */
export function trailingKey(name: string, period: string): string {
  return `${name}_${period}`;
}

type Entry = Parts<Config['session_data_config']['indicators']['session'][number]>;

/** @param taken keys that entries elsewhere have */
function checkEntries(
  entries: readonly (Entry | undefined)[],
  list: 'session' | 'historical',
  taken: readonly string[],
  catalogue: IndicatorCatalogue,
): Finding[] {
  const owners = new Map(taken.map((key) => [key, 'session_data_config.historical.indicators']));
  return entries.flatMap((entry, i): Finding[] => {
    if (entry === undefined) return [];
    const path = ['session_data_config', 'indicators', list, i];
    const findings = checkIndicator(entry, catalogue);
    if (findings.length > 0)
      return findings.map((each) => ({ ...each, path: [...path, ...each.path] }));
    if (!isWhole(entry)) return [];
    const key = entry.key ?? catalogue.keyOf(entry);
    const owner = owners.get(key);
    owners.set(key, owner ?? formatPath(path));
    if (owner === undefined) return [];
    const message = `has the key ${quoted(key)} of ${owner}: remove it or give it a "key" of its own`;
    return [{ path, message, found: key }];
  });
}

/** Whether nothing that was written in the entry failed to parse, so that its key is certain. */
function isWhole(entry: Entry): entry is IndicatorSpec {
  const { name, interval, params = {} } = entry;
  const written = [name, interval, ...Object.values(entry), ...Object.values(params)];
  return written.every((value) => value !== undefined);
}

/** Groups whose sessions lie within one local day; elsewhere a schedule may pass midnight. */
const DAY_SESSIONS = ['US_EQUITY', 'XNYS', 'XNAS', 'CRYPTO'];

function checkSchedules({ exchange_group, session_data_config }: ConfigParts): Finding[] {
  if (exchange_group === undefined || !DAY_SESSIONS.includes(exchange_group)) return [];
  return (session_data_config?.scanners ?? []).flatMap((scanner, i) =>
    (scanner?.regular_session ?? []).flatMap((schedule, j): Finding[] => {
      const { start, end } = schedule ?? {};
      if (start === undefined || end === undefined || start <= end) return [];
      const path = ['session_data_config', 'scanners', i, 'regular_session', j, 'end'];
      const message = `found ${quoted(end)}: it is before the start ${quoted(start)}, swap the two`;
      return [{ path, message, found: end }];
    }),
  );
}

function checkLimits({ trading_config }: ConfigParts): Finding[] {
  const power = trading_config?.max_buying_power;
  if (power === undefined) return [];
  return (['max_per_trade', 'max_per_symbol'] as const).flatMap((limit): Finding[] => {
    const found = trading_config?.[limit];
    if (found === undefined || found <= power) return [];
    const message = `found ${found}: it is above max_buying_power ${power}, write at most that`;
    return [{ path: ['trading_config', limit], message, found }];
  });
}
