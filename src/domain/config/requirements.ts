/** Which intervals a config asks for, and the one base interval that all of them can be built from. */
import { compareIntervals, type Interval, type IntervalUnit, parseInterval } from '../interval.ts';
import type { Config } from './schema.ts';

/** Intervals that can be fed, ascending; all others are derived from one of them. */
const BASES = ['1s', '1m', '1d'] as const;
export type BaseInterval = (typeof BASES)[number];

/** The longest base that intervals of a unit can be built from; shorter ones do as well. */
const LONGEST_BASE: Readonly<Record<IntervalUnit, BaseInterval>> = {
  s: '1s',
  m: '1m',
  h: '1m',
  d: '1d',
  w: '1d',
};

export type BaseChoice =
  | { readonly ok: true; readonly base: BaseInterval; readonly derived: readonly Interval[] }
  /** One line for each interval that cannot be served: what it needs, what there is, what to do. */
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Every interval that is asked for of `symbol`, ascending, each once: by streams, by its own streams on top
 * of those, by session indicators, and by strategies and scanners in `asked`. Quotes are none.
 *
 * @throws {RangeError} if one of `asked` is no interval
 */
export function requirementsOf(
  config: Config,
  symbol: string,
  asked: readonly string[] = [],
): Interval[] {
  const { streams, symbol_streams, indicators } = config.session_data_config;
  const own = Object.hasOwn(symbol_streams, symbol) ? (symbol_streams[symbol] ?? []) : [];
  const read = indicators.session.map(({ interval }) => interval);
  return intervalsIn([...streams, ...own, ...read, ...asked]);
}

/**
 * The base of a run: of the intervals the data has, the longest that everything requested can be built
 * from. It is chosen once for all symbols.
 *
 * @param requested by all symbols together
 * @param available what the data has for the window
 */
export function chooseBase(
  requested: readonly string[],
  available: readonly Interval[],
): BaseChoice {
  const wanted = intervalsIn(requested);
  const [shortest] = wanted;
  if (shortest === undefined) {
    const remedy = 'add an interval such as "1m" to streams';
    return {
      ok: false,
      reasons: [`no bars are asked for, and quotes are computed from bars: ${remedy}`],
    };
  }
  const base = basesOf(shortest).find((candidate) => available.includes(candidate));
  if (base !== undefined) {
    return { ok: true, base, derived: wanted.filter((interval) => interval !== base) };
  }
  const reasons = wanted
    .filter((interval) => !basesOf(interval).some((candidate) => available.includes(candidate)))
    .map((interval) => reasonAgainst(interval, available));
  return { ok: false, reasons };
}

/** The bases an interval can be built from, the best first. */
function basesOf(interval: Interval): BaseInterval[] {
  const longest = BASES.indexOf(LONGEST_BASE[parseInterval(interval).unit]);
  return BASES.slice(0, longest + 1).toReversed();
}

function reasonAgainst(interval: Interval, available: readonly Interval[]): string {
  const bases = basesOf(interval);
  const has = available.length === 0 ? 'nothing' : available.toSorted(compareIntervals).join(', ');
  const [longer] = BASES.filter((base) => available.includes(base));
  const remedy = longer === undefined ? '' : `, or ask for ${longer} and longer only`;
  return (
    `${interval} needs ${bases.join(' or ')} bars, the data has ${has}: ` +
    `name data of ${bases[0]} bars${remedy}`
  );
}

function intervalsIn(streams: readonly string[]): Interval[] {
  const intervals = streams
    .filter((stream) => stream !== 'quotes')
    .map((text) => parseInterval(text).text);
  return [...new Set(intervals)].toSorted(compareIntervals);
}
