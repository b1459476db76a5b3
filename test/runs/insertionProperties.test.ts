import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fact, marketCalendar, openSession, type Session } from '../../src/index.ts';
import { configOf, MINUTE, random, type TestBar } from '../support.ts';

/** `INSERTIONS=2000` tries more of them; `SEED=7` what another run has tried. A failure names its seed. */
const RUNS = Number(process.env.INSERTIONS ?? 25);
const { SEED } = process.env;

/** Sessions of 40 minutes, one of 20: short enough to look at everything at every instant. */
const short = marketCalendar({
  name: 'SHORT',
  zone: 'America/New_York',
  firstDate: '2024-01-01',
  lastDate: '2024-12-31',
  weekdays: [1, 2, 3, 4, 5],
  hours: { open: '09:30', close: '10:10' },
  closures: { '2024-06-05': 'a day off' },
  shortDays: { '2024-06-07': '09:50' },
});
const DATES = short.tradingDates.filter((date) => date >= '2024-05-23' && date <= '2024-06-12');
/** Thursday to Wednesday, over the early close and a weekend. */
const DAYS = DATES.slice(-5);
const CONFIGURED = ['BASE', 'MORE'];
/** One before, one between and one after those. */
const ADDED = ['AAAA', 'LATE', 'ZZZZ'];

const INDICATORS = [
  { name: 'sma', period: 7, interval: '1m' },
  { name: 'macd', interval: '1m', params: { fast: 2, slow: 5, signal: 3 } },
  { name: 'ema', period: 3, interval: '5m' },
  { name: 'bbands', period: 4, interval: '5m' },
  { name: 'stochastic', period: 5, interval: '2m' },
  { name: 'ichimoku', interval: '1m', params: { conversion: 3, base: 5, span_b: 8 } },
  { name: 'pivot_points', interval: '5m' },
  { name: 'gap_stats', period: 2, interval: '1m' },
  { name: 'vwap', interval: '1m' },
  { name: 'opening_range', interval: '1m', params: { minutes: 5 } },
  { name: 'atr', period: 2, interval: '1d' },
  { name: 'sma', period: 1, interval: '1w' },
];

const session = fc.record({
  indicators: fc.record({
    session: fc.subarray(INDICATORS),
    historical: fc.subarray([
      { name: 'atr', period: 3, unit: 'days', interval: '1d' },
      { name: 'ema', period: 2, unit: 'days', interval: '5m' },
      { name: 'sma', period: 9, unit: 'bars', interval: '1m' },
    ]),
  }),
  historical: fc.record({
    indicators: fc.record(
      {
        highest: fc.constant({ type: 'trailing_max', period: '4d', field: 'high' }),
        lowest: fc.constant({ type: 'trailing_min', period: '1w', field: 'low' }),
        usual: fc.constant({
          ...{ type: 'trailing_average', period: '3d', granularity: 'minute', field: 'volume' },
        }),
      },
      { requiredKeys: [] },
    ),
    data: fc.array(
      fc.record({
        trailing_days: fc.integer({ min: 1, max: 6 }),
        intervals: fc.subarray(['1m', '5m', '15m', '1d', '1w'], { minLength: 1 }),
        apply_to: fc.constantFrom('all', ['MORE']),
      }),
      { maxLength: 2 },
    ),
  }),
  derivation: fc.record({ incomplete: fc.constantFrom('emit', 'emit', 'skip') }),
  gap_filler: fc.record({ enable_session_quality: fc.constantFrom(true, true, false) }),
});

/** When symbols are asked for; `during`: the others while the first of them loads. */
const moment = fc.record({
  day: fc.nat(4),
  minute: fc.oneof(fc.constantFrom(0, 1, 19, 39, 40), fc.nat(40)),
  during: fc.boolean(),
});

const anyCase = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  missing: fc.constantFrom(0, 0.03, 0.3, 0.8),
  /** Days stored beside the minutes, which do not say quite the same. */
  stored: fc.boolean(),
  /** Whether each symbol lacks a day on which it is not asked for. */
  lacksDay: fc.boolean(),
  streams: fc.subarray(['2m', '5m', '7m', '15m', '1h', '1d', '2d', '1w']),
  own: fc.subarray(['3m', '10m', '1d', '2w']),
  session,
  symbols: fc.shuffledSubarray(ADDED, { minLength: 1 }),
  moments: fc.array(moment, { minLength: 1, maxLength: 2 }),
});
type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never;

interface Insertion {
  readonly at: number;
  readonly symbols: readonly string[];
  readonly during: boolean;
}

/** The moments of a case in their order: one symbol at the first, the others at the last. */
function insertionsOf({ moments, symbols }: Case): Insertion[] {
  const sorted = moments
    .map(({ day, minute, during }) => {
      const { open, close } = short.session(DAYS[day]!)!;
      const last = day === DAYS.length - 1 ? close - MINUTE : close;
      return { at: Math.min(open + minute * MINUTE, last), during };
    })
    .sort((a, b) => a.at - b.at);
  const split = sorted.length === 1 ? [symbols] : [symbols.slice(0, 1), symbols.slice(1)];
  return sorted.map((one, i) => ({ ...one, symbols: split[i]! }));
}

/** Minutes and days of every symbol, a walk with holes. */
function dataOf(one: Case) {
  const wanted = insertionsOf(one);
  const bars = [...CONFIGURED, ...ADDED].map((symbol, i) => {
    const next = random(one.seed + i);
    const asked = wanted.find(({ symbols }) => symbols.includes(symbol))?.at ?? 0;
    const gone = one.lacksDay && symbol !== 'BASE' ? DATES[Math.floor(next() * DATES.length)] : '';
    let price = 100;
    const ofSymbol = DATES.flatMap((date) => {
      const { open, close } = short.session(date)!;
      const minutes: TestBar[] = [];
      for (let opened = open; opened < close; opened += MINUTE) {
        const first = price;
        price = Math.max(1, price + Math.round((next() - 0.5) * 40) / 100);
        const there = next() >= one.missing || opened === open + 3 * MINUTE;
        const high = Math.max(first, price) + Math.round(next() * 10) / 100;
        const low = Math.min(first, price) - Math.round(next() * 10) / 100;
        const volume = Math.floor(next() * 500);
        if (there) minutes.push({ opened, open: first, high, low, close: price, volume });
      }
      // Never the day it joins on: the first that is not over when it is asked for.
      const joins = asked < close && asked >= short.session(dateBefore(date))!.close;
      return date === gone && !joins ? [] : [minutes];
    });
    const days = ofSymbol.map((minutes) => ({
      ...minutes[0]!,
      interval: '1d',
      volume: 1 + minutes.reduce((sum, { volume }) => sum + volume, 0),
    }));
    return [symbol, [...ofSymbol.flat(), ...(one.stored ? days : [])]];
  });
  return Object.fromEntries(bars) as Record<string, TestBar[]>;
}

function dateBefore(date: string): string {
  return short.tradingDates.findLast((other) => other < date)!;
}

function optionsOf(one: Case, symbols: readonly string[], data = dataOf(one)) {
  const own = symbols.filter((symbol) => ADDED.includes(symbol) && one.own.length > 0);
  const config = configOf({
    symbols,
    start: DAYS[0]!,
    end: DAYS.at(-1)!,
    streams: ['1m', ...one.streams],
    session: { ...one.session, symbol_streams: Object.fromEntries(own.map((s) => [s, one.own])) },
    exchange_group: 'SHORT',
  });
  return { config, data, calendars: [short] };
}

/** What depends on when a symbol came in, and on nothing else. */
const TIMES = ['last_updated', 'last_update'];

/** Everything exported of a symbol but when and how it came in. */
function exported(opened: Session, symbol: string): unknown {
  const { metadata, ...rest } = opened.toJSON().session_data[symbol] as Record<string, unknown>;
  const shown = JSON.stringify(rest, (key, value) => (TIMES.includes(key) ? undefined : value));
  return JSON.parse(shown);
}

/** What a view shows beside that. */
function viewed(opened: Session, symbol: string) {
  const seen = opened.view.symbol(symbol)!;
  return {
    quality: seen.quality,
    intervals: seen.intervals,
    indicators: seen.indicators.map(({ key, value, valid }) => [key, value, valid]),
    historical: seen.historyIntervals.map((interval) => seen.historicalQuality(interval)),
    vwap: seen.metrics.vwap,
  };
}

function keepFacts(opened: Session): Record<string, unknown>[] {
  const kept: Record<string, unknown>[] = [];
  opened.onFrame((frame) => {
    for (const fact of frame.facts() as (Fact & { symbol?: string; held?: unknown })[]) {
      if (!CONFIGURED.includes(fact.symbol ?? '')) continue;
      const { seq, cause, held, ...rest } = fact;
      kept.push(rest);
    }
  });
  return kept;
}

/** Asks for the symbols of an insertion, and waits until they are in. */
async function insert(opened: Session, { symbols, during }: Insertion, streams: string[]) {
  const [first, ...others] = symbols;
  const asked = [];
  const askFor = (names: readonly string[]) =>
    asked.push(...names.map((name) => opened.addSymbol(name, { streams })));
  let stop = () => {};
  if (during) {
    stop = opened.on('SymbolRegistered', ({ symbol }) => {
      if (symbol === first) askFor(others.splice(0));
    });
  } else askFor(others);
  if (first !== undefined) asked.push(opened.addSymbol(first, { streams }));
  for (let i = 0; i < asked.length; i++) expect(await asked[i]).toMatchObject({ added: true });
  stop();
}

/** Every minute of the run, from each open to each close. */
const MINUTES = DAYS.flatMap((date) => {
  const { open, close } = short.session(date)!;
  return Array.from({ length: (close - open) / MINUTE + 1 }, (_, i) => open + i * MINUTE);
});

/** Takes both runs to the end, and compares what is there of the symbols asked for after every minute. */
async function compare(added: Session, whole: Session, one: Case): Promise<void> {
  const insertions = insertionsOf(one);
  const there: string[] = [];
  let joined = 0;
  const look = async (until: number) => {
    await added.runUntil(until);
    await whole.runUntil(until);
    const { now } = added.view;
    // Only symbols that are not there yet have instants of their own, and so has their joining.
    if (there.length === one.symbols.length && now !== joined) expect(now).toBe(whole.view.now);
    if (now !== whole.view.now) return;
    for (const symbol of there) lookAt(added, whole, symbol);
  };
  for (const minute of MINUTES) {
    await added.runUntil(minute);
    for (const insertion of insertions.filter(({ at }) => at === minute)) {
      await insert(added, insertion, one.own);
      there.push(...insertion.symbols);
      joined = added.view.now;
      await look(joined);
    }
    await look(minute);
  }
  expect(await added.finish()).toMatchObject({ status: 'completed' });
}

function lookAt(added: Session, whole: Session, symbol: string): void {
  const isThere = (opened: Session) => opened.view.has(symbol);
  expect(isThere(added), `${symbol} on ${added.view.session?.date}`).toBe(isThere(whole));
  if (!isThere(added)) return;
  expect(exported(added, symbol)).toEqual(exported(whole, symbol));
  expect(viewed(added, symbol)).toEqual(viewed(whole, symbol));
}

/** Moments that chance might miss: three at once at the open, one during another, the first and the last minute. */
const plain: Case = {
  ...{ seed: 1, missing: 0.03, stored: true, lacksDay: true, own: ['3m'], symbols: ADDED },
  streams: ['5m', '7m', '1d', '1w'],
  session: {
    indicators: { session: INDICATORS, historical: [] },
    historical: {
      indicators: {},
      data: [{ trailing_days: 3, intervals: ['1m', '1d', '1w'], apply_to: 'all' }],
    },
    derivation: { incomplete: 'emit' },
    gap_filler: { enable_session_quality: true },
  },
  moments: [{ day: 0, minute: 0, during: false }],
};
const MOMENTS = [
  plain.moments,
  [{ day: 2, minute: 20, during: true }],
  [
    { day: 1, minute: 1, during: false },
    { day: 1, minute: 19, during: true },
  ],
  [{ day: 4, minute: 39, during: false }],
];

describe('symbols added mid-session, on any market', () => {
  it(
    'are at every later instant as if they had been there from the start',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyCase, async (one) => {
          await using added = await openSession(optionsOf(one, CONFIGURED));
          await using whole = await openSession(optionsOf(one, [...CONFIGURED, ...one.symbols]));
          await using alone = await openSession(optionsOf(one, CONFIGURED));
          const [facts, factsAlone] = [keepFacts(added), keepFacts(alone)];
          await compare(added, whole, one);
          await alone.finish();
          expect(facts).toEqual(factsAlone);
        }),
        {
          numRuns: RUNS,
          examples: MOMENTS.map((moments): [Case] => [{ ...plain, moments }]),
          ...(SEED && { seed: Number(SEED) }),
          endOnFailure: true,
        },
      );
    },
    60_000 + RUNS * 5_000,
  );
});
