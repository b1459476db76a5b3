/** From what a config says of an indicator to what it is made with, or to all that is wrong with it. */
import { type Interval, tryParseInterval } from '../domain/interval.ts';
import { suggest } from '../domain/suggest.ts';
import type { IndicatorDefinition, IndicatorSettings, ParamRule } from './indicator.ts';
import { keyOf } from './key.ts';
import { LOOKBACK_MAX } from './lookback.ts';
import type { IndicatorRegistry } from './registry.ts';

/** An indicator as asked for; values are as they came and may be of any kind. */
export interface IndicatorSpec {
  readonly name: string;
  readonly interval: string;
  /** 0, null or absent where the indicator has none, or to take its default. */
  readonly period?: unknown;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Wins over the key made from the rest. */
  readonly key?: string | undefined;
}

export interface IndicatorProblem {
  /** Where in the spec: `name`, `interval`, `period`, `params` or `params.fast`. */
  readonly path: string;
  /** One sentence: what was found, what is allowed, what may have been meant. */
  readonly message: string;
}

/** An indicator asked for, with nothing left open. */
export interface ResolvedIndicator {
  readonly definition: IndicatorDefinition;
  readonly key: string;
  readonly interval: Interval;
  /** 0 where the indicator has none. */
  readonly period: number;
  /** Every declared param, defaults filled in. */
  readonly params: Readonly<Record<string, number>>;
}

export type IndicatorResolution =
  | { readonly ok: true; readonly indicator: ResolvedIndicator }
  | { readonly ok: false; readonly problems: readonly IndicatorProblem[] };

/** Fills in the defaults of `spec`, or says everything that is wrong with it. */
export function resolveIndicator(
  spec: IndicatorSpec,
  registry: IndicatorRegistry,
): IndicatorResolution {
  const problems: IndicatorProblem[] = [];
  const refuse = (path: string, message: string) => void problems.push({ path, message });
  const interval = tryParseInterval(spec.interval);
  if (interval === null) {
    refuse(
      'interval',
      `"${spec.interval}" is not an interval: write a number and one of s, m, h, d, w`,
    );
  }
  const definition = registry.find(spec.name);
  if (definition === undefined) {
    const known = registry.names();
    refuse('name', `"${spec.name}" is no indicator${meant(spec.name, known)}`);
    return { ok: false, problems };
  }
  const period = resolvePeriod(definition, spec.period, refuse);
  const params = resolveParams(definition, spec.params ?? {}, refuse);
  if (problems.length === 0) {
    const conflict = definition.conflict?.(period, params);
    if (conflict !== undefined) refuse('params', `${definition.name}: ${conflict}`);
  }
  if (problems.length > 0 || interval === null) return { ok: false, problems };
  const key = spec.key ?? keyOf(definition, { interval: interval.text, period, params });
  return { ok: true, indicator: { definition, key, interval: interval.text, period, params } };
}

type Refuse = (path: string, message: string) => void;

function resolvePeriod(definition: IndicatorDefinition, given: unknown, refuse: Refuse): number {
  const { name, period: rule } = definition;
  const absent = given === undefined || given === null || given === 0;
  if (rule === null) {
    if (!absent) refuse('period', `${name} has no period, found ${shown(given)}: leave it out`);
    return 0;
  }
  if (absent && rule.default !== undefined) return rule.default;
  if (typeof given === 'number' && Number.isInteger(given)) {
    if (given >= rule.min && given <= LOOKBACK_MAX) return given;
  }
  const found = given === undefined || given === null ? '' : `, found ${shown(given)}`;
  const allowed = `a whole number from ${rule.min} to ${LOOKBACK_MAX}`;
  refuse('period', `${name} needs a period in bars, ${allowed}${found}`);
  return 0;
}

function resolveParams(
  definition: IndicatorDefinition,
  given: Readonly<Record<string, unknown>>,
  refuse: Refuse,
): Record<string, number> {
  const { name, params: rules } = definition;
  for (const param of Object.keys(given)) {
    if (Object.hasOwn(rules, param)) continue;
    refuse(
      `params.${param}`,
      `"${param}" is no param of ${name}${meant(param, Object.keys(rules))}`,
    );
  }
  const params: Record<string, number> = {};
  for (const [param, rule] of Object.entries(rules)) {
    const value = given[param] ?? rule.default;
    if (isAllowed(value, rule)) params[param] = value;
    else
      refuse(`params.${param}`, `${name}: ${param} is ${allowedBy(rule)}, found ${shown(value)}`);
  }
  return params;
}

function isAllowed(value: unknown, rule: ParamRule): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (rule.integer && !Number.isInteger(value)) return false;
  return value >= rule.min && value <= (rule.max ?? Number.POSITIVE_INFINITY);
}

function allowedBy(rule: ParamRule): string {
  const kind = rule.integer ? 'a whole number' : 'a number';
  return rule.max === undefined
    ? `${kind} of ${rule.min} or more`
    : `${kind} from ${rule.min} to ${rule.max}`;
}

function meant(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  if (near !== undefined) return `: did you mean "${near}"?`;
  return known.length === 0 ? ': it has none' : `: known are ${known.join(', ')}`;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

/**
 * What to make an indicator with on a market.
 *
 * @param market.sessionMs length of a full regular session
 * @param market.sessionsPerYear 252 for US equities, 365 for crypto
 */
export function settingsFor(
  { interval, period, params }: ResolvedIndicator,
  market: { readonly sessionMs: number; readonly sessionsPerYear: number },
): IndicatorSettings {
  const { count, unit, ms, intraday } = tryParseInterval(interval)!;
  const barsPerSession = intraday ? Math.max(1, Math.ceil(market.sessionMs / ms)) : 1;
  const perYear = unit === 'w' ? 52 : market.sessionsPerYear * barsPerSession;
  const barsPerYear = intraday ? perYear : perYear / count;
  return { period, params, interval, barsPerSession, barsPerYear };
}
