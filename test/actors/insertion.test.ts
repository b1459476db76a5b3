import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findCalendar,
  openSession,
  type Session,
  type SessionView,
  type StrategyContext,
} from '../../src/index.ts';
import { barsOf, configOf, MINUTE, random, select, type TestBar } from '../support.ts';

const calendar = findCalendar('XNYS')!;
/** Tuesday to the early close on Friday, and Monday: a week's end and a long window in between. */
const DATES = ['2023-11-20', '2023-11-21', '2023-11-22', '2023-11-24', '2023-11-27'];

const session = {
  historical: { data: [{ trailing_days: 1, intervals: ['1m', '1d'] }] },
  indicators: {
    session: [
      { name: 'sma', period: 20, interval: '1m' },
      { name: 'ema', period: 10, interval: '5m' },
      { name: 'vwap', interval: '5m' },
      { name: 'macd', interval: '1m' },
      { name: 'sma', period: 2, interval: '1d' },
    ],
  },
};

interface Case {
  seed: number;
  missing: number;
  first: number;
  /** Sessions before the one in which the symbols are added. */
  day: number;
  minute: number;
  streams: string[];
}

const cases = fc.record<Case>({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  missing: fc.constantFrom(0, 0.02, 0.5),
  first: fc.constantFrom(0, 1),
  day: fc.integer({ min: 0, max: 2 }),
  minute: fc.oneof(fc.constantFrom(0, 1, 209, 210), fc.integer({ min: 0, max: 209 })),
  streams: fc.subarray(['5m', '15m', '45m', '1d', '2d', '1w'], { minLength: 1 }),
});

function barsWithHoles(seed: number, missing: number): TestBar[] {
  const next = random(seed);
  const gone = (minute: number) => next() < missing && minute !== 3;
  return barsOf({ dates: DATES, seed, missing: gone });
}

/** Everything of a symbol that a view can show, without when and how it came in. */
function subtree(view: SessionView, symbol: string) {
  const seen = view.symbol(symbol)!;
  return {
    bars: seen.intervals.map((interval) => [interval, [...seen.bars(interval)!]]),
    gaps: seen.gaps(),
    quality: seen.quality,
    indicators: seen.indicators.map(({ key, value, valid }) => ({ key, value, valid })),
    history: seen.historyIntervals.map((interval) => {
      const history = seen.history(interval)!;
      return [interval, history.dates, [...history.bars()], seen.historicalQuality(interval)];
    }),
    metrics: { ...seen.metrics, updated: null },
  };
}

async function runTo(opened: Session, date: string, minute: number): Promise<void> {
  const { open, close } = calendar.session(date)!;
  await opened.runUntil(Math.min(open + minute * MINUTE, close - MINUTE));
}

describe('a symbol added mid-session', () => {
  it('is from then on as if it had been there since the open', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, missing, first, day, minute, streams }) => {
        const data = Object.fromEntries(
          ['AAPL', 'NEW', 'ALSO'].map((symbol, i) => [symbol, barsWithHoles(seed + i, missing)]),
        );
        const common = {
          streams: ['1m', ...streams],
          start: DATES[first]!,
          end: DATES[first + 3]!,
        };
        const config = (symbols: string[]) => configOf({ symbols, ...common, session });
        await using added = await openSession({ config: config(['AAPL']), data });
        await using whole = await openSession({ config: config(['AAPL', 'ALSO', 'NEW']), data });
        const date = DATES[first + day]!;
        await runTo(added, date, minute);
        const results = await Promise.all([added.addSymbol('NEW'), added.addSymbol('ALSO')]);
        expect(results).toMatchObject([{ added: true }, { added: true }]);
        const later = [minute, minute + 1, minute + 7, 390];
        const next = DATES[first + day + 1];
        for (const then of later) {
          await runTo(added, date, then);
          await runTo(whole, date, then);
          for (const symbol of ['NEW', 'ALSO', 'AAPL']) {
            expect(subtree(added.view, symbol)).toEqual(subtree(whole.view, symbol));
          }
        }
        if (next === undefined || next > DATES[first + 3]!) return;
        await runTo(added, next, 5);
        await runTo(whole, next, 5);
        for (const symbol of ['NEW', 'ALSO']) {
          expect(subtree(added.view, symbol)).toEqual(subtree(whole.view, symbol));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('leaves the facts of the others as they were, but for seq and cause', async () => {
    const data = { AAPL: barsWithHoles(1, 0.02), NEW: barsWithHoles(2, 0.02) };
    const facts = async (add: boolean) => {
      const opened = await openSession({
        config: configOf({ start: DATES[1]!, end: DATES[2]!, session }),
        data,
      });
      const kept: object[] = [];
      opened.onFrame((frame) => {
        for (const fact of frame.facts()) {
          if ((fact as { symbol?: string }).symbol !== 'AAPL') continue;
          const { seq, cause, held, ...rest } = fact as typeof fact & { held?: unknown };
          kept.push(rest);
        }
      });
      await runTo(opened, DATES[1]!, 100);
      if (add) await opened.addSymbol('NEW');
      await opened.finish();
      return kept;
    };
    expect(await facts(true)).toEqual(await facts(false));
  });

  it('marks what it is caught up with, at the present time', async () => {
    const data = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0) };
    const opened = await openSession({ config: configOf({ start: DATES[1]! }), data });
    const facts: Parameters<typeof select>[0][number][] = [];
    await runTo(opened, DATES[1]!, 30);
    opened.onFrame((frame) => facts.push(...frame.facts()));
    await opened.addSymbol('NEW');
    const bars = select(facts, 'BarAppended', 'NEW');
    expect(bars).toHaveLength(30);
    expect(bars.every(({ at, catchup }) => at === opened.view.now && catchup === true)).toBe(true);
    expect(select(facts, 'TransitionTaken').map(({ to }) => to)).toEqual(
      expect.arrayContaining(['inserting', 'loading', 'catchingUp', 'settling']),
    );
    await opened.close();
  });

  it('is refused with a reason when it has no data, without a trace', async () => {
    const opened = await openSession({
      config: configOf({ start: DATES[1]! }),
      data: { AAPL: barsWithHoles(1, 0) },
    });
    await runTo(opened, DATES[1]!, 30);
    const before = subtree(opened.view, 'AAPL');
    expect(await opened.addSymbol('GONE')).toMatchObject({ added: false, loaded: false });
    expect(opened.view.symbols).toEqual(['AAPL']);
    expect(subtree(opened.view, 'AAPL')).toEqual(before);
    const summary = await opened.finish();
    expect(summary).toMatchObject({ status: 'completed', facts: { SymbolRefused: 1 } });
  });

  it('is no news when it is there already', async () => {
    const data = { AAPL: barsWithHoles(1, 0) };
    const opened = await openSession({ config: configOf({ start: DATES[1]! }), data });
    await opened.step();
    expect(await opened.addSymbol('aapl')).toMatchObject({ added: false, loaded: true });
    await opened.close();
  });

  it('asked for before the run begins joins when the first session opens', async () => {
    const data = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0) };
    const opened = await openSession({ config: configOf({ start: DATES[1]! }), data });
    expect(await opened.addSymbol('NEW')).toMatchObject({ added: true });
    const summary = await opened.finish();
    expect(summary.symbols.NEW?.bars).toBe(390);
  });

  it('can be asked for by a strategy, at any slice size', async () => {
    const data = { AAPL: barsWithHoles(1, 0.02), NEW: barsWithHoles(2, 0.02) };
    const hashes: string[] = [];
    for (const slice of [1, 7, 'auto'] as const) {
      const told: string[] = [];
      const finder = () => ({
        onBar: (bar: { opened: number }, context: StrategyContext) => {
          if (bar.opened % (97 * MINUTE) === 0) context.ensureSymbol('new');
        },
        onSymbolAdded: (symbol: string) => told.push(symbol),
      });
      const opened = await openSession({
        config: configOf({
          start: DATES[1]!,
          end: DATES[2]!,
          session: { ...session, strategies: [{ module: 'finder' }] },
        }),
        data,
        strategies: { finder },
        slice,
      });
      const summary = await opened.finish();
      expect(told).toEqual(['NEW']);
      expect(summary.facts).toMatchObject({ MessageReceived: 1, SymbolRegistered: 4 });
      hashes.push(summary.chain_hash);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('is refused on the record when a strategy asks at the very end', async () => {
    const late = () => ({
      onSessionEnd: (context: StrategyContext) => context.ensureSymbol('NEW'),
    });
    const opened = await openSession({
      config: configOf({ start: DATES[1]!, session: { strategies: [{ module: 'late' }] } }),
      data: { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0) },
      strategies: { late },
    });
    const { facts } = await opened.finish();
    expect(facts).toMatchObject({ MessageReceived: 1, MessageRefused: 1 });
  });

  it('stays for the sessions to come', async () => {
    const data = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0) };
    const config = (symbols: string[]) =>
      configOf({ symbols, start: DATES[1]!, end: DATES[3]!, session });
    await using added = await openSession({ config: config(['AAPL']), data });
    await using whole = await openSession({ config: config(['AAPL', 'NEW']), data });
    await runTo(added, DATES[1]!, 30);
    await added.addSymbol('NEW');
    for (const date of DATES.slice(2, 4)) {
      for (const minute of [0, 1, 100, 390]) {
        await runTo(added, date, minute);
        await runTo(whole, date, minute);
        if (minute > 0) expect(subtree(added.view, 'NEW')).toEqual(subtree(whole.view, 'NEW'));
      }
    }
    const summary = await added.finish();
    expect(summary.symbols.NEW).toEqual((await whole.finish()).symbols.NEW);
  });

  it('asked for between two sessions joins when the next one opens', async () => {
    const data = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0) };
    const config = configOf({ start: DATES[1]!, end: DATES[2]! });
    await using opened = await openSession({ config, data });
    await opened.runUntil(calendar.session(DATES[1]!)!.close);
    expect(await opened.addSymbol('NEW')).toMatchObject({ added: true });
    expect(opened.view.now).toBe(calendar.session(DATES[2]!)!.open);
    expect(opened.view.symbols).toEqual(['AAPL', 'NEW']);
  });
});
