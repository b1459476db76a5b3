import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fact, findCalendar, openSession, type Session } from '../../src/index.ts';
import { anySeed, market, tradingDays } from '../runs/naive.ts';
import { dailyBars } from '../runs/naiveTrailing.ts';
import { configOf, MINUTE, select } from '../support.ts';

const calendar = findCalendar('XNYS')!;
const days = tradingDays('2023-11-06', '2023-11-29');
/** Monday to the Wednesday after, an early close on the first Friday. */
const dates = days.slice(-7);

const session = {
  historical: {
    data: [{ trailing_days: 2, intervals: ['5m'] }],
    indicators: {
      volume: { type: 'trailing_average', period: '4d', field: 'volume', skip_early_close: true },
      high: { type: 'trailing_max', period: '2w', field: 'high' },
      profile: { type: 'trailing_average', period: '3d', field: 'volume', granularity: 'minute' },
    },
  },
  indicators: {
    session: [{ name: 'sma', period: 20, interval: '1m' }],
    historical: [
      { name: 'sma', period: 2, unit: 'days', interval: '5m' },
      { name: 'ema', period: 1, unit: 'weeks', interval: '1d' },
      { name: 'volume_sma', period: 1, unit: 'weeks', interval: '1w' },
      { name: 'obv', unit: 'bars', interval: '1d' },
      { name: 'vwap', unit: 'days', interval: '1m' },
    ],
  },
};

/** What a symbol has of earlier days, without where the log has it. */
function historyOf(opened: Session, symbol: string) {
  const view = opened.view.symbol(symbol);
  return view?.historicalIndicators.map(({ key, value, from, to, days: count, config }) => ({
    ...{ key, value, from, to, days: count, config },
  }));
}

async function runTo(opened: Session, date: string, minute: number): Promise<void> {
  const { open, close } = calendar.session(date)!;
  await opened.runUntil(Math.min(open + minute * MINUTE, close - MINUTE));
}

function configFor(symbols: string[]) {
  return configOf({ symbols, start: dates[0]!, end: dates.at(-1)!, session });
}

describe('a symbol added mid-session', () => {
  it('has the historical indicators of one that was there from the start', async () => {
    const cases = fc.record({
      seed: anySeed,
      day: fc.integer({ min: 0, max: 5 }),
      minute: fc.constantFrom(0, 1, 100, 209),
      /** A day on which it has no bars, and is refused. */
      gone: fc.constantFrom(...dates.slice(1, 6), null),
      stored: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, day, minute, gone, stored }) => {
        fc.pre(gone !== dates[day]);
        const there = (bar: { opened: number }) => calendar.dateOf(bar.opened) !== gone;
        const daily = stored ? dailyBars(days, seed) : [];
        const data = {
          AAPL: market(days, seed, 0.02),
          NEW: [...market(days, seed + 1, 0.02), ...daily].filter(there),
        };
        await using added = await openSession({ config: configFor(['AAPL']), data });
        await using whole = await openSession({ config: configFor(['AAPL', 'NEW']), data });
        await runTo(added, dates[day]!, minute);
        expect(await added.addSymbol('NEW')).toMatchObject({ added: true });
        for (const date of dates.slice(day)) {
          await runTo(added, date, minute + 1);
          await runTo(whole, date, minute + 1);
          const found = historyOf(added, 'NEW');
          expect(found?.length).toBe(date === gone ? undefined : 8);
          expect(found).toEqual(historyOf(whole, 'NEW'));
          expect(historyOf(added, 'AAPL')).toEqual(historyOf(whole, 'AAPL'));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('has them calculated at the present time, for the session that is open', async () => {
    const data = { AAPL: market(days, 1, 0.02), NEW: market(days, 2, 0.02) };
    await using opened = await openSession({ config: configFor(['AAPL']), data });
    const facts: Fact[] = [];
    await runTo(opened, dates[1]!, 30);
    opened.onFrame((frame) => facts.push(...frame.facts()));
    await opened.addSymbol('NEW');
    const { open } = calendar.session(dates[1]!)!;
    const calculated = select(facts, 'HistoricalIndicatorCalculated');
    expect(calculated).toHaveLength(8);
    for (const fact of calculated) {
      expect(fact).toMatchObject({ symbol: 'NEW', open, at: open + 30 * MINUTE, to: dates[0] });
    }
    const profile = opened.view.symbol('NEW')!.historicalIndicator('profile_3d')!;
    expect(profile.at(open)).toBe((profile.value as number[])[0]);
  });

  it('has none while it is light, and all of them once it is asked for in full', async () => {
    const data = { AAPL: market(days, 1, 0.02), NEW: market(days, 2, 0.02) };
    await using added = await openSession({ config: configFor(['AAPL']), data });
    await using whole = await openSession({ config: configFor(['AAPL', 'NEW']), data });
    await runTo(added, dates[1]!, 30);
    const spec = { name: 'sma', period: 7, interval: '5m' };
    expect(await added.registerIndicator('NEW', spec)).toMatchObject({ registered: true });
    expect(historyOf(added, 'NEW')).toEqual([]);
    await runTo(added, dates[2]!, 30);
    expect(historyOf(added, 'NEW')).toEqual([]);
    expect(await added.addSymbol('NEW')).toMatchObject({ added: true });
    for (const date of dates.slice(2, 5)) {
      await runTo(added, date, 31);
      await runTo(whole, date, 31);
      expect(historyOf(added, 'NEW')).toHaveLength(8);
      expect(historyOf(added, 'NEW')).toEqual(historyOf(whole, 'NEW'));
    }
  });

  it('is refused where its data cannot give what they are made of', async () => {
    const data = { AAPL: market(days, 1, 0), NEW: dailyBars(days, 2) };
    const config = configOf({
      ...{ start: dates[0]!, streams: ['1d'] },
      session: { historical: { indicators: session.historical.indicators } },
    });
    await using opened = await openSession({ config, data });
    expect(await opened.addSymbol('NEW')).toEqual({
      ...{ added: false, symbol: 'NEW', loaded: false },
      reason: expect.stringContaining('NEW 1m: no history to load or derive it from for "profile'),
    });
  });
});

describe('an indicator that is asked for while the session runs', () => {
  it('leaves the historical ones as they are, on the days to come as well', async () => {
    const data = { AAPL: market(days, 3, 0.02) };
    await using late = await openSession({ config: configFor(['AAPL']), data });
    await using plain = await openSession({ config: configFor(['AAPL']), data });
    await runTo(late, dates[2]!, 30);
    for (const interval of ['1m', '5m', '1d']) {
      const spec = { name: 'ema', period: 5, interval };
      expect(await late.registerIndicator('AAPL', spec)).toMatchObject({ registered: true });
    }
    for (const date of dates.slice(2, 5)) {
      await runTo(late, date, 31);
      await runTo(plain, date, 31);
      expect(historyOf(late, 'AAPL')).toEqual(historyOf(plain, 'AAPL'));
    }
  });
});
