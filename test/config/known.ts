/** What the tests' configs may name: the built-in indicators and calendars. */
import { calendarNames } from '../../src/domain/calendar/calendars.ts';
import { parseConfig } from '../../src/domain/config/config.ts';
import { formatProblem } from '../../src/domain/config/problem.ts';
import type { Config } from '../../src/domain/config/schema.ts';
import { catalogueOf } from '../../src/indicators/catalogue.ts';
import { createRegistry } from '../../src/indicators/registry.ts';

export const known = {
  calendars: calendarNames(),
  indicators: catalogueOf(createRegistry()),
};

/** The smallest config there can be. */
export function smallest() {
  return {
    session_name: 'smallest',
    mode: 'backtest',
    backtest_config: { start_date: '2024-01-02', end_date: '2024-01-05' },
    session_data_config: { symbols: ['AAPL'], streams: ['1m'] },
    trading_config: {
      max_buying_power: 1000,
      max_per_trade: 100,
      max_per_symbol: 200,
      max_open_positions: 3,
    },
  };
}

/** {@link smallest} with the value at a dotted path replaced; `undefined` takes the key out. */
export function withValue(path: string, value: unknown): Record<string, unknown> {
  const config: Record<string, unknown> = structuredClone(smallest());
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let here = config;
  for (const key of keys) {
    here[key] ??= {};
    here = here[key] as Record<string, unknown>;
  }
  if (value === undefined) delete here[last];
  else here[last] = value;
  return config;
}

/** The problems of a config, one line each; none if it is valid. */
export function refusals(raw: unknown): string[] {
  const parsed = parseConfig(raw, known);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

/** @throws {Error} with the problems if there are any */
export function accepted(raw: unknown): Config {
  const parsed = parseConfig(raw, known);
  if (parsed.ok) return parsed.config;
  throw new Error(parsed.problems.map(formatProblem).join('\n'));
}
