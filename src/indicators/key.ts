/** The name an indicator of a symbol goes by. */
import type { Interval } from '../domain/interval.ts';
import type { IndicatorDefinition } from './indicator.ts';

/**
 * `name_period_interval`, without the period where there is none, and params that are not the default
 * appended by name: `sma_20_5m`, `vwap_1m`, `bbands_20_5m_num_std=3`.
 */
export function keyOf(
  definition: Pick<IndicatorDefinition, 'name' | 'params'>,
  given: {
    readonly interval: Interval;
    readonly period?: number | undefined;
    readonly params?: Readonly<Record<string, number>> | undefined;
  },
): string {
  const params = Object.entries(given.params ?? {})
    .filter(([name, value]) => value !== definition.params[name]?.default)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const period = given.period ? [given.period] : [];
  return [definition.name, ...period, given.interval, ...params].join('_');
}
