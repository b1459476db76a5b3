/**
 * Which facts write to which places of an export: what an inspector needs to know to say why a value is there,
 * and what a fact changed.
 *
 * What a clock that moves changes by itself (its time, the quality counted up to it) and the counts of facts are
 * no writes of a fact in particular.
 */
import type { Fact, FactType } from '../../domain/facts.ts';
import { type Step, statePath } from './statePath.ts';

/** A name in a place that stands for a field of the fact. */
type Field = 'symbol' | 'interval' | 'key' | 'actor' | 'type';

interface Place {
  /** Names of the place; those in braces are fields of the fact. */
  readonly steps: readonly string[];
  readonly types: readonly FactType[];
}

const symbol = 'session_data.{symbol}';
const BARS: readonly FactType[] = ['BarAppended', 'BarDerived', 'BarCorrected'];

const place = (path: string, ...types: FactType[]): Place => ({ steps: path.split('.'), types });

/** More exact places after those they are in. */
const PLACES: readonly Place[] = [
  place(
    symbol,
    ...(['SymbolRegistered', 'SymbolRemoved', 'SymbolRefused', 'SymbolUpgraded'] as const),
    'SessionTornDown',
  ),
  place(`${symbol}.metadata`, 'SymbolRegistered'),
  place(`${symbol}.bars.{interval}`, ...BARS, 'IntervalAdded'),
  place(`${symbol}.bars.{interval}.data`, ...BARS),
  place(`${symbol}.bars.{interval}.count`, ...BARS),
  place(`${symbol}.bars.{interval}.gaps`, 'GapDetected', 'GapFilled'),
  place(`${symbol}.bars.{any}.quality`, 'QualityScored', 'GapDetected', 'GapFilled'),
  place(`${symbol}.indicators.session.{key}`, 'IndicatorRegistered', 'IndicatorUpdated'),
  place(`${symbol}.indicators.session.{key}.config`, 'IndicatorRegistered'),
  place(`${symbol}.indicators.session.{key}.current_value`, 'IndicatorUpdated'),
  place(`${symbol}.indicators.session.{key}.valid`, 'IndicatorUpdated'),
  place(`${symbol}.indicators.session.{key}.last_updated`, 'IndicatorUpdated'),
  place(`${symbol}.historical.indicators.{key}`, 'HistoricalIndicatorCalculated'),
  place(`${symbol}.historical.bars.{interval}`, 'HistoricalBarsLoaded', 'HistoricalQualityScored'),
  place(`${symbol}.historical.bars.{interval}.data`, 'HistoricalBarsLoaded'),
  place(`${symbol}.historical.bars.{interval}.quality`, 'HistoricalQualityScored'),
  place(`${symbol}.historical.bars.{interval}.missing_bars`, 'HistoricalQualityScored'),
  place(`${symbol}.metrics`, 'BarAppended'),
  place(`${symbol}.quotes`, 'BarAppended'),
  place('performance_metrics.sessions_ended', 'SessionEnded'),
  place('performance_metrics.signals', 'SignalEmitted'),
  place('performance_metrics.bars_processed', 'BarAppended'),
  place('performance_metrics.bars_derived', 'BarDerived'),
  place('performance_metrics.indicator_updates', 'IndicatorUpdated'),
  place('time_manager.session', 'SessionActivated', 'SessionTornDown'),
  place('time_manager.current_time', 'ClockAdvanced', 'BarAppended', 'SessionActivated'),
  place(
    'actors.{actor}',
    ...(['TransitionTaken', 'ActorSetUp', 'ActorTornDown'] as const),
    ...(['StrategyFailed', 'ScanFailed', 'StreamValidationFailed', 'RunFailed'] as const),
  ),
  place('actors.{actor}.state', 'TransitionTaken'),
  place('actors.{actor}.allocated', 'ActorSetUp', 'ActorTornDown'),
  place('system.status', 'RunCompleted', 'RunFailed', 'RunStopped'),
  place('system.phase', 'PhaseEntered'),
  place('session_config', 'RunStarted'),
];

/** Places that a fact writes to; outer ones where it writes to all of it. */
export function placesWritten(fact: Fact): string[] {
  const own = PLACES.filter(({ types }) => types.includes(fact.type)).flatMap(({ steps }) => {
    const filled = steps.map((name) => fill(name, fact));
    return filled.includes(null) ? [] : [filled as string[]];
  });
  // What is inside another one is said by that.
  const outer = own.filter(
    (steps) => !own.some((other) => other.length < steps.length && isWithin(steps, other)),
  );
  return [...new Set([`performance_metrics.events_by_type.${fact.type}`, ...outer.map(statePath)])];
}

function fill(name: string, fact: Fact): string | null {
  const field = /^\{(\w+)\}$/.exec(name)?.[1];
  if (field === undefined) return name;
  if (field === 'actor') return fact.type === 'TransitionTaken' ? fact.actor : fact.by;
  const value = (fact as unknown as Record<string, unknown>)[field === 'any' ? 'interval' : field];
  return typeof value === 'string' ? value : null;
}

function isWithin(steps: readonly Step[], outer: readonly Step[]): boolean {
  return outer.every((step, i) => step === steps[i]);
}

/** What to look for to find the facts that wrote to a place. */
export interface Writers {
  readonly types: readonly FactType[];
  /** Fields that the fact must have, as the place names them. */
  readonly fields: Readonly<Partial<Record<Field, string>>>;
}

/** Who writes to the place: to all of it, or to what it is in. Null where no fact in particular does. */
export function writersOf(steps: readonly Step[]): Writers | null {
  const counted = countedType(steps);
  if (counted !== null) return { types: [counted], fields: {} };
  const outer = PLACES.filter((place) => matches(place.steps, steps, place.steps.length));
  const exact = outer.at(-1);
  const inner = PLACES.filter(
    (place) => place.steps.length > steps.length && matches(place.steps, steps, steps.length),
  );
  const all = exact === undefined ? inner : [exact, ...inner];
  if (all.length === 0) return null;
  const fields: Partial<Record<Field, string>> = {};
  for (const { steps: names } of all) {
    for (const [i, name] of names.entries()) {
      const field = /^\{(\w+)\}$/.exec(name)?.[1];
      const value = steps[i];
      if (field !== undefined && field !== 'any' && value !== undefined) {
        fields[field as Field] = String(value);
      }
    }
  }
  return { types: [...new Set(all.flatMap(({ types }) => types))], fields };
}

function matches(names: readonly string[], steps: readonly Step[], length: number): boolean {
  if (steps.length < length) return false;
  for (let i = 0; i < length; i++) {
    const name = names[i]!;
    if (!name.startsWith('{') && name !== steps[i]) return false;
  }
  return true;
}

function countedType(steps: readonly Step[]): FactType | null {
  const [part, counts, type] = steps;
  if (part !== 'performance_metrics' || counts !== 'events_by_type') return null;
  return typeof type === 'string' ? (type as FactType) : null;
}

/** True if the fact has the fields that a place names; what is of no symbol is of all. */
export function writes(fact: Fact, { fields }: Writers): boolean {
  return Object.entries(fields).every(([field, wanted]) => {
    if (field === 'symbol' && !('symbol' in fact)) return true;
    if (field === 'actor') return fill('{actor}', fact) === wanted;
    const value = (fact as unknown as Record<string, unknown>)[field];
    return value === undefined || value === wanted;
  });
}
