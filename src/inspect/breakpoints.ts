/**
 * Breakpoints as people write them, one line each:
 *
 *   entering active.inserting     a chart enters a state; the chart, or the actor's path, comes first
 *   type=GapDetected              a fact of a type; globs
 *   TSLA sma_20_1m crosses 250    a value gets from one side of a number to the other; of any symbol without one
 *   where symbol:TSLA close>250   whatever the filter of the event list picks
 */
import { UsageError } from '../domain/errors.ts';
import type { Fact } from '../domain/facts.ts';
import { FactFilter } from './factFilter.ts';
import type { Clock } from './factText.ts';
import { typesLike } from './factTypes.ts';
import { parseFilter } from './queries/filterText.ts';

export interface Breakpoint {
  /** As it was written. */
  readonly text: string;
  /** Facts that can hit it. */
  readonly filter: FactFilter;
  /** True if what came before counts: then it is to be asked of all facts of `filter`, in order. */
  readonly remembers: boolean;
  /** True if the fact, one of `filter`, hits it. */
  hits(fact: Fact): boolean;
}

const FORMS =
  'write "entering active.inserting", "type=GapDetected", "TSLA sma_20_1m crosses 250" or "where" and a filter';

/** @throws {UsageError} for what is none, with what was meant */
export function parseBreakpoint(
  text: string,
  { clock, zone }: { clock: Clock; zone: string },
): Breakpoint {
  const line = text.trim();
  const entering = /^entering\s+(\S+)$/.exec(line);
  if (entering !== null) return enteringState(line, entering[1]!);
  const type = /^type\s*=\s*(\S+)$/.exec(line);
  if (type !== null) return ofType(line, type[1]!);
  const crossing = /^(?:(\S+)\s+)?(\S+)\s+crosses\s+(\S+)$/.exec(line);
  if (crossing !== null) return crossingOf(line, crossing);
  const where = /^where\s+(.+)$/s.exec(line);
  if (where === null) throw new UsageError(`"${line}" is no breakpoint: ${FORMS}`);
  const { filter } = parseFilter(where[1]!, clock, zone);
  return { text: line, filter, remembers: false, hits: () => true };
}

function ofType(text: string, type: string): Breakpoint {
  typesLike([type]);
  return { text, filter: new FactFilter({ types: [type] }), remembers: false, hits: () => true };
}

/** `active.inserting`, or with the whole path of an actor: `session/active.inserting`. */
function enteringState(text: string, place: string): Breakpoint {
  const slash = place.lastIndexOf('/');
  const dot = place.indexOf('.', slash + 1);
  const actor = dot === -1 ? '' : place.slice(0, dot);
  const state = dot === -1 ? place : place.slice(dot + 1);
  const isActor = (path: string) =>
    actor === '' || path === actor || (slash === -1 && path.endsWith(`/${actor}`));
  return {
    text,
    filter: new FactFilter({ types: ['TransitionTaken'] }),
    remembers: false,
    hits: (fact) =>
      fact.type === 'TransitionTaken' &&
      isActor(fact.actor) &&
      isIn(fact.to, state) &&
      !isIn(fact.from ?? '', state),
  };
}

/** True if a recorded value such as `running.scans.done+insertion.idle` is in a state. */
function isIn(value: string, state: string): boolean {
  const whole = `.${value.replaceAll('+', '.+.')}.`;
  return whole.includes(`.${state}.`);
}

function crossingOf(text: string, match: RegExpExecArray): Breakpoint {
  const [, symbol, name, number] = match;
  const level = Number(number);
  if (number === '' || Number.isNaN(level)) {
    throw new UsageError(`"${text}" needs a number after "crosses": ${FORMS}`);
  }
  const [key, output] = name!.split('.');
  const last = new Map<string, number>();
  return {
    text,
    remembers: true,
    filter: new FactFilter({
      types: ['IndicatorUpdated'],
      symbols: symbol === undefined ? [] : [symbol],
      test: (fact) => fact.type === 'IndicatorUpdated' && fact.key === key,
    }),
    hits: (fact) => {
      if (fact.type !== 'IndicatorUpdated') return false;
      const value = cellOf(fact.value, output);
      if (value === null) return false;
      const before = last.get(fact.symbol);
      last.set(fact.symbol, value);
      return before !== undefined && value !== before && sides(before, value, level);
    },
  };
}

function cellOf(value: unknown, output: string | undefined): number | null {
  if (typeof value === 'number') return value;
  const outputs = (value ?? {}) as Readonly<Record<string, number | null>>;
  return (output === undefined ? Object.values(outputs)[0] : outputs[output]) ?? null;
}

/** What touches the level has crossed it only when it gets to the other side, or came to stand on it. */
function sides(before: number, now: number, level: number): boolean {
  return (before < level && now >= level) || (before > level && now <= level);
}
