import { describe, expect, it } from 'vitest';
import { findCalendar, type IndicatorFact, openSession } from '../../src/index.ts';
import type { IndicatorDefinition, IndicatorSettings } from '../../src/indicators/indicator.ts';
import { createRegistry } from '../../src/indicators/registry.ts';
import { resolveIndicator, settingsFor } from '../../src/indicators/resolution.ts';
import { CHOICES } from '../indicators/choices.ts';
import type { Chosen } from '../indicators/markets.ts';
import { barsOf, configOf, MINUTE, type TestBar } from '../support.ts';
import { market, naiveBars, tradingDays } from './naive.ts';

const xnys = findCalendar('XNYS')!;
const SESSION = 390;
/** The early close after Thanksgiving, and the Wednesday before: weeks are open, and one closes. */
const LAST = ['2023-11-22', '2023-11-24'];
const EARLIER = [1, 5, 50];

interface Wanted {
  readonly name: string;
  readonly interval: string;
  readonly key: string;
  readonly chosen: Chosen;
  /** Trading days of history it needs. */
  readonly days: number;
}

/** Every choice of every built-in indicator that forgets, on some intervals. */
function allWanted(intervals: readonly string[]): Wanted[] {
  const registry = createRegistry();
  return Object.entries(CHOICES).flatMap(([name, choices]) =>
    choices.flatMap((chosen) =>
      intervals.flatMap((interval) => {
        const resolved = resolveIndicator({ name, interval, ...chosen }, registry);
        if (!resolved.ok) throw new Error(`${name} ${JSON.stringify(chosen)}`);
        const { definition, key } = resolved.indicator;
        const market = { sessionMs: SESSION * MINUTE, sessionsPerYear: 252 };
        const days = daysOf(definition, settingsFor(resolved.indicator, market));
        return days === Number.POSITIVE_INFINITY ? [] : [{ name, interval, key, chosen, days }];
      }),
    ),
  );
}

function daysOf(definition: IndicatorDefinition, settings: IndicatorSettings): number {
  const bars = definition.memory(settings);
  return settings.interval === '1w' ? 5 * (bars + 1) : bars / settings.barsPerSession;
}

/** Bars as columns: many runs read them. */
function tableOf(bars: readonly TestBar[], interval = '1m') {
  const column = (of: keyof TestBar) => Float64Array.from(bars, (bar) => bar[of]);
  const [opened, open, high] = [column('opened'), column('open'), column('high')];
  const [low, close, volume] = [column('low'), column('close'), column('volume')];
  return { interval, opened, open, high, low, close, volume };
}

interface Data {
  readonly bars: readonly ReturnType<typeof tableOf>[];
  /** Trading days there are bars of. */
  readonly days: readonly string[];
  readonly incomplete?: 'emit' | 'skip';
}

type Update = readonly [at: number, valid: boolean, ...values: (number | null)[]];

/** What the last sessions told of each indicator, in a run that began so many days before them. */
async function updatesOf(
  wanted: readonly Wanted[],
  { bars, incomplete = 'emit' }: Data,
  start: string,
): Promise<Map<string, Update[]>> {
  const streams = [...new Set(wanted.map(({ interval }) => interval))];
  const indicators = wanted.map(({ name, interval, chosen }) => ({ name, interval, ...chosen }));
  await using session = await openSession({
    config: configOf({
      start,
      end: LAST.at(-1)!,
      streams,
      session: { indicators: { session: indicators }, derivation: { incomplete } },
    }),
    data: { AAPL: bars },
  });
  const since = xnys.session(LAST[0]!)!.open;
  const updates = new Map<string, Update[]>(wanted.map(({ key }) => [key, []]));
  session.onFrame((frame) => {
    if (frame.at < since) return;
    for (const fact of frame.facts()) {
      if (fact.type !== 'IndicatorUpdated') continue;
      updates.get(fact.key)!.push([fact.at, fact.valid, ...numbersOf(fact.value)]);
    }
  });
  await session.finish();
  return updates;
}

function numbersOf(value: IndicatorFact['value']): (number | null)[] {
  return value === null || typeof value === 'number' ? [value] : Object.values(value);
}

/** To 1e-9 of the value; near 0 to the rounding of the prices it is a difference of. */
function agree(a: Update, b: Update): boolean {
  return (
    a.length === b.length &&
    a.every((cell, i) => {
      const other = b[i]!;
      if (typeof cell !== 'number' || typeof other !== 'number') return cell === other;
      const size = Math.max(Math.abs(cell), Math.abs(other));
      return Math.abs(cell - other) <= 1e-9 * size + 1e-12;
    })
  );
}

function differences(one: Map<string, Update[]>, other: Map<string, Update[]>): string[] {
  return [...one].flatMap(([key, updates]) => {
    const others = other.get(key)!;
    if (others.length !== updates.length) return [`${key}: ${updates.length}, ${others.length}`];
    const wrong = updates.findIndex((update, i) => !agree(update, others[i]!));
    return wrong < 0 ? [] : [`${key}: ${updates[wrong]} or ${others[wrong]}`];
  });
}

/** Those of one run need about as much history: what needs far more would hide that another asked for too little. */
function groupsOf(wanted: readonly Wanted[]): Wanted[][] {
  const groups: Wanted[][] = [];
  for (const weekly of [false, true]) {
    let most = -1;
    const some = wanted.filter(({ interval }) => (interval === '1w') === weekly);
    for (const one of some.toSorted((a, b) => a.days - b.days)) {
      if (one.days > most) {
        groups.push([]);
        // What looks at exactly so many weeks has each of them to itself.
        most = weekly && one.days <= 60 ? one.days : Math.max(2, 10 * one.days);
      }
      groups.at(-1)!.push(one);
    }
  }
  return groups;
}

/** Puts indicators to runs that begin ever earlier. */
async function compare(group: readonly Wanted[], data: Data): Promise<void> {
  const first = data.days.indexOf(LAST[0]!);
  const latest = await updatesOf(group, data, data.days[first]!);
  for (const { key, days: memory } of group) {
    // Announced when it is registered, and valid then: there is history enough.
    const [announced] = latest.get(key)!;
    expect([key, announced?.[1]]).toEqual([key, memory > 0]);
  }
  for (const earlier of EARLIER) {
    const begun = await updatesOf(group, data, data.days[first - earlier]!);
    expect(differences(latest, begun), `${earlier} days earlier`).toEqual([]);
  }
}

/** One test for each group: it makes four runs. */
function testAll(wanted: readonly Wanted[], data: Data): void {
  for (const group of groupsOf(wanted)) {
    const { interval, days } = group.at(-1)!;
    const which = interval === '1w' ? 'on weeks' : 'on days and less';
    it(`has them ${which}, ${group.length} with ${Math.ceil(days)} days of history`, () =>
      compare(group, data));
  }
}

/** Without the bars of one whole day. */
const GONE = '2023-11-09';
const isThere = ({ opened }: TestBar) => !new Date(opened).toISOString().startsWith(GONE);

describe('an indicator that forgets has the same values however early the run began', () => {
  describe('where days are stored beside minutes', () => {
    const days = tradingDays('2023-03-01', LAST.at(-1)!);
    const minutes = market(days, 51, 0.002).filter(isThere);
    const old = barsOf({ dates: tradingDays('1990-01-02', '2023-02-28'), stepMs: 1440 * MINUTE });
    const daily = [...old, ...naiveBars(minutes, '1d', { dates: days })];
    const all = allWanted(['1m', '5m', '15m', '1d', '1w']);
    // In a market that goes nowhere its weeks of 139 years ago would count.
    const wanted = all.filter(({ key }) => key !== 'kama_10_1w');

    it('and are enough for all of them', () => {
      expect(wanted.length).toBeGreaterThan(400);
      expect(Math.max(...wanted.map((one) => one.days))).toBeLessThan(old.length);
    });
    testAll(wanted, { bars: [tableOf(minutes), tableOf(daily, '1d')], days });
  });

  describe('where days and weeks are made of minutes', () => {
    const days = tradingDays('2022-04-01', LAST.at(-1)!);
    const bars = [tableOf(market(days, 52, 0.001).filter(isThere))];
    const reach = { '5m': 100, '1d': days.length - 60, '1w': 61 };
    const wanted = Object.entries(reach).flatMap(([interval, most]) =>
      allWanted([interval]).filter((one) => one.days < most),
    );

    it('and reach back for most of them', () => {
      const keys = wanted.map(({ key }) => key);
      expect(keys.length).toBeGreaterThan(180);
      expect(keys).toEqual(expect.arrayContaining(['ema_20_1d', 'atr_14_1d', 'range_ratio_10_1w']));
    });
    testAll(wanted, { bars, days });
  });

  describe('where bars that lack a minute are skipped', () => {
    const days = tradingDays('2022-12-01', LAST.at(-1)!);
    const bars = [tableOf(market(days, 53, 0.001))];
    const names = ['sma', 'ema', 'gap_stats', 'pivot_points', 'high_low'];
    const wanted = allWanted(['5m', '45m', '1d', '1w']).filter(
      ({ name, days: memory }) => names.includes(name) && memory < 20,
    );

    it('and there are some', () => {
      expect(wanted.length).toBeGreaterThan(20);
    });
    testAll(wanted, { bars, days, incomplete: 'skip' });
  });
});
