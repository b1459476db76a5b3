/** What a config needs to know of the indicators there are, and the check of one entry against it. */
import { suggest } from '../suggest.ts';
import { type Finding, foundIn, listed, quoted } from './problem.ts';

/** A parameter's bounds; both ends are allowed. */
export interface ParamBounds {
  readonly default: number;
  readonly integer?: boolean;
  readonly min: number;
  readonly max?: number;
}

/** What may be written of one indicator; its definition satisfies it. */
export interface IndicatorRules {
  /** `null` where there is no main look-back; without `default` an entry must give one. */
  readonly period: { readonly default?: number; readonly min: number } | null;
  readonly params: Readonly<Record<string, ParamBounds>>;
  /** Why a period and params that are each allowed do not fit together; `undefined` if they do. */
  conflict?(period: number, params: Readonly<Record<string, number>>): string | undefined;
}

/** An entry of a config as far as the catalogue is concerned. */
export interface IndicatorSpec {
  readonly name: string;
  readonly period?: number | undefined;
  readonly interval: string;
  readonly params: Readonly<Record<string, number>>;
  readonly key?: string | undefined;
}

/** The registered indicators. */
export interface IndicatorCatalogue {
  names(): Iterable<string>;
  find(name: string): IndicatorRules | undefined;
  /** Key of the values of a valid entry, such as `sma_20_5m`. */
  keyOf(spec: IndicatorSpec): string;
}

/** The parts of an entry that parsed. */
export interface SpecParts {
  readonly name?: string | undefined;
  readonly period?: number | undefined;
  readonly unit?: string | undefined;
  readonly params?: Readonly<Record<string, number | undefined>> | undefined;
}

/** What is wrong with the name, period and parameters of an entry; paths start at the entry. */
export function checkIndicator(entry: SpecParts, catalogue: IndicatorCatalogue): Finding[] {
  const { name, params = {} } = entry;
  if (name === undefined) return [];
  const rules = catalogue.find(name);
  if (rules === undefined) return [unknownIndicator(name, catalogue)];
  const findings = [...checkPeriod(name, entry, rules), ...checkParams(name, params, rules)];
  // Days and weeks fit together with params once they are bars, which only the calendar can tell.
  const inBars = entry.unit === undefined || entry.unit === 'bars';
  return findings.length > 0 || !inBars ? findings : checkConflict(entry, rules);
}

function unknownIndicator(name: string, catalogue: IndicatorCatalogue): Finding {
  const names = [...catalogue.names()].toSorted();
  const suggestion = suggest(name, names);
  const known = suggestion === undefined ? `, write ${listed(names)}` : '';
  const message = `${foundIn(name)}: no such indicator${known}`;
  return { path: ['name'], message, found: name, suggestion };
}

function checkPeriod(name: string, { period, unit }: SpecParts, rules: IndicatorRules): Finding[] {
  const path = ['period'];
  const absent = period === undefined || period === 0;
  if (rules.period === null) {
    if (absent) return [];
    const message = `${foundIn(period)}: ${quoted(name)} has no period, leave it out`;
    return [{ path, message, found: period }];
  }
  if (absent && rules.period.default !== undefined) return [];
  // The smallest look-back is one of bars; a week of them is more than its number says.
  const min = unit === undefined || unit === 'bars' ? rules.period.min : 1;
  if (period !== undefined && period >= min) return [];
  const message = `${foundIn(period)}: ${quoted(name)} needs a period, a whole number of at least ${min}`;
  return [{ path, message, found: period }];
}

function checkParams(
  name: string,
  params: Readonly<Record<string, number | undefined>>,
  rules: IndicatorRules,
): Finding[] {
  const known = Object.keys(rules.params);
  const findings: Finding[] = [];
  for (const [param, value] of Object.entries(params)) {
    const path = ['params', param];
    const bounds = Object.hasOwn(rules.params, param) ? rules.params[param] : undefined;
    if (bounds === undefined) {
      const allowed = known.length === 0 ? 'it has none' : `write ${listed(known)}`;
      const message = `unknown parameter of ${quoted(name)}: ${allowed}`;
      findings.push({ path, message, found: value, suggestion: suggest(param, known) });
    } else if (value !== undefined && !isWithin(value, bounds)) {
      findings.push({ path, message: `${foundIn(value)}: write ${allowed(bounds)}`, found: value });
    }
  }
  return findings;
}

function checkConflict({ period, params = {} }: SpecParts, rules: IndicatorRules): Finding[] {
  const values: Record<string, number> = {};
  for (const [param, bounds] of Object.entries(rules.params)) {
    const value = Object.hasOwn(params, param) ? params[param] : bounds.default;
    if (value === undefined) return [];
    values[param] = value;
  }
  const conflict = rules.conflict?.(period || (rules.period?.default ?? 0), values);
  return conflict === undefined ? [] : [{ path: ['params'], message: conflict, found: params }];
}

function isWithin(value: number, { integer, min, max }: ParamBounds): boolean {
  if (integer && !Number.isInteger(value)) return false;
  return value >= min && (max === undefined || value <= max);
}

function allowed({ integer, min, max }: ParamBounds): string {
  const number = integer ? 'a whole number' : 'a number';
  return max === undefined ? `${number} of at least ${min}` : `${number} from ${min} to ${max}`;
}
