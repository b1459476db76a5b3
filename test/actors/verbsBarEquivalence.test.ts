import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/index.ts';
import { anySeed } from '../runs/naive.ts';
import { barsOf, configOf, MINUTE, random, type TestBar } from '../support.ts';
import { barsWithHoles, DATES, expectFoldToEqual, openOf, runTo, subtree } from './comparing.ts';

const indicators = {
  session: [
    { name: 'sma', period: 20, interval: '1m' },
    { name: 'ema', period: 10, interval: '5m' },
    { name: 'vwap', interval: '5m' },
    { name: 'macd', interval: '1m' },
    { name: 'opening_range', interval: '1m', params: { minutes: 15 } },
    { name: 'sma', period: 2, interval: '1d' },
    { name: 'obv', interval: '1d' },
  ],
};

const ATR = [{ name: 'atr', period: 1, unit: 'days', interval: '1m', key: 'atr' }];
const trailing = {
  data: [{ trailing_days: 2, intervals: ['1m', '1d'] }],
  indicators: {
    high: { type: 'trailing_max', period: '2d', field: 'high' },
    volume: { type: 'trailing_average', period: '2d', granularity: 'minute', field: 'volume' },
  },
};

interface Edit {
  /** Sessions before the one it is made in. */
  day: number;
  minute: number;
  /** Minutes between the end of the bar and its being added. */
  delay: number;
}

interface Case {
  seed: number;
  missing: number;
  first: number;
  streams: string[];
  incomplete: 'emit' | 'skip';
  history: boolean;
  edits: Edit[];
}

const minutes = fc.oneof(
  fc.constantFrom(0, 1, 4, 5, 44, 45, 205, 208),
  fc.integer({ min: 0, max: 208 }),
);
const edits = fc.array(
  fc.record<Edit>({
    day: fc.integer({ min: 0, max: 2 }),
    minute: minutes,
    delay: fc.constantFrom(0, 0, 1, 3, 20, 150),
  }),
  { minLength: 1, maxLength: 4 },
);
const cases = fc.record<Case>({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  missing: fc.constantFrom(0, 0.02, 0.5, 0.95),
  first: fc.constantFrom(0, 1),
  streams: fc.subarray(['5m', '15m', '45m', '1d', '2d', '1w'], { minLength: 1 }),
  incomplete: fc.constantFrom('emit', 'skip'),
  history: fc.boolean(),
  edits,
});

/** In the order in which they can be made, each at a time of its own. */
function inOrder(all: readonly Edit[]): (Edit & { at: number })[] {
  const timed = all.map((edit) => ({ ...edit, at: Math.min(209, edit.minute + 1 + edit.delay) }));
  return timed.sort((a, b) => a.day - b.day || a.at - b.at);
}

function madeBar(opened: number, seed: number): TestBar {
  const next = random(seed + opened);
  const [open, close] = [90 + next() * 20, 90 + next() * 20];
  const high = Math.max(open, close) + next();
  const low = Math.min(open, close) - next();
  return { opened, open, high, low, close, volume: Math.round(next() * 5_000) };
}

describe('bars added by hand', () => {
  it('leave a symbol as it would be had the feed had them from the start', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, missing, first, edits: asked, ...rest }) => {
        const { streams, incomplete, history } = rest;
        const config = configOf({
          symbols: ['AAPL', 'HOLES', 'OTHER'],
          start: DATES[first]!,
          end: DATES[first + 3]!,
          streams: ['1m', ...streams],
          session: {
            derivation: { incomplete },
            indicators: { ...indicators, historical: history ? [...ATR] : [] },
            historical: history ? trailing : {},
          },
        });
        const full = { AAPL: barsWithHoles(seed, 0), OTHER: barsWithHoles(seed + 1, 0.02) };
        const holes = barsWithHoles(seed + 2, missing);
        const byTime = new Map(holes.map((bar) => [bar.opened, bar]));
        await using made = await openSession({ config, data: { ...full, HOLES: holes } });
        let date = DATES[first]!;
        for (const { day, minute, at } of inOrder(asked)) {
          date = DATES[first + day]!;
          await runTo(made, date, at);
          const bar = madeBar(openOf(date) + minute * MINUTE, seed + at);
          const replace = byTime.has(bar.opened);
          const result = await made.addBar('HOLES', '1m', bar, { replace });
          expect(result).toEqual({ added: true, symbol: 'HOLES' });
          byTime.set(bar.opened, bar);
        }
        const fed = [...byTime.values()].sort((a, b) => a.opened - b.opened);
        await using whole = await openSession({ config, data: { ...full, HOLES: fed } });
        const last = inOrder(asked).at(-1)!;
        const next = DATES[first + last.day + 1]!;
        const stops: [string, number][] = [0, 1, 2, 7, 46].map((on) => [date, last.at + on]);
        stops.push([date, 390], [next, 1], [next, 60]);
        for (const [day, minute] of stops) {
          await runTo(made, day, minute);
          await runTo(whole, day, minute);
          for (const symbol of ['HOLES', 'AAPL', 'OTHER']) {
            expect(subtree(made.view, symbol)).toEqual(subtree(whole.view, symbol));
          }
        }
        expectFoldToEqual(made);
        const [a, b] = [await made.finish(), await whole.finish()];
        expect(a.symbols).toEqual(b.symbols);
      }),
      { numRuns: 25 },
    );
  });

  it('do so for a base of seconds', async () => {
    const second = fc.integer({ min: 0, max: 299 });
    const made = fc.array(fc.tuple(second, fc.constantFrom(0, 1, 40)), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(anySeed, made, async (seed, edits) => {
        const [date] = DATES as [string];
        const open = openOf(date);
        const next = random(seed);
        const bars = barsOf({ dates: [date], seed, stepMs: 1_000, missing: (i) => i > 420 });
        const kept = bars.filter(() => next() < 0.5);
        const config = configOf({
          start: date,
          streams: ['1s', '5s', '30s', '1m', '1d'],
          session: { indicators: { session: [{ name: 'ema', period: 5, interval: '5s' }] } },
        });
        const seconds = (each: TestBar[]) => each.map((bar) => ({ ...bar, interval: '1s' }));
        const byTime = new Map(kept.map((bar) => [bar.opened, bar]));
        await using live = await openSession({ config, data: { AAPL: seconds(kept) } });
        const inOrder = edits.map(([at, delay]) => ({ at, clock: at + 1 + delay }));
        for (const { at, clock } of inOrder.sort((a, b) => a.clock - b.clock)) {
          await live.runUntil(open + clock * 1_000);
          const bar = madeBar(open + at * 1_000, seed);
          // The clock stands where the last bar ended: a later one has not been.
          if (bar.opened + 1_000 > live.view.now) continue;
          await live.addBar('AAPL', '1s', bar, { replace: byTime.has(bar.opened) });
          byTime.set(bar.opened, bar);
        }
        const fed = [...byTime.values()].sort((a, b) => a.opened - b.opened);
        await using whole = await openSession({ config, data: { AAPL: seconds(fed) } });
        for (const clock of [345, 346, 400, 23_400]) {
          await live.runUntil(open + clock * 1_000);
          await whole.runUntil(open + clock * 1_000);
          expect(subtree(live.view, 'AAPL')).toEqual(subtree(whole.view, 'AAPL'));
        }
        expectFoldToEqual(live);
      }),
      { numRuns: 10 },
    );
  });

  it('leave out of a series what history came later for another one', async () => {
    const date = DATES[4]!;
    const config = configOf({
      start: date,
      streams: ['1m'],
      session: { indicators: { session: [{ name: 'obv', interval: '1d' }] } },
    });
    const bars = barsWithHoles(7, 0.1);
    const opened = openOf(date) + 10 * MINUTE;
    const bar = madeBar(opened, 7);
    const without = bars.filter((each) => each.opened !== opened);
    const fed = [...without, bar].sort((a, b) => a.opened - b.opened);
    const flows = await Promise.all(
      [without, fed].map(async (data) => {
        const session = await openSession({ config, data: { AAPL: data } });
        await runTo(session, date, 20);
        await session.registerIndicator('AAPL', { name: 'sma', period: 4, interval: '1d' });
        if (data === without) await session.addBar('AAPL', '1m', bar);
        await session.finish();
        return subtree(session.view, 'AAPL')!.indicators;
      }),
    );
    expect(flows[0]).toEqual(flows[1]);
    expect(flows[0]![0]).toMatchObject({ key: 'obv_1d', valid: true });
  });
});
