import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCalendar, openSession, type StrategyContext } from '../../src/index.ts';
import { barsOf, configOf, MINUTE, runOf, type TestBar } from '../support.ts';
import { anySeed, market } from './naive.ts';

const calendar = findCalendar('XNYS')!;
/** An early close and the Monday after. */
const dates = ['2023-11-24', '2023-11-27'];

/** The last bar of the session's day that has ended by `now`. */
function lastBar(bars: readonly TestBar[], now: number): TestBar | undefined {
  const { open } = calendar.session(calendar.dateOf(now))!;
  return bars.findLast(({ opened }) => opened >= open && opened + MINUTE <= now);
}

describe('the quote of a symbol', () => {
  it('is read off the last bar that has ended, and never from after the clock', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, fc.constantFrom(0, 0.1, 0.5), async (seed, share) => {
        const data = { AAPL: market(dates, seed, share), MSFT: market(dates, seed + 1, share) };
        let looks = 0;
        const look = ({ view, now }: StrategyContext) => {
          for (const symbol of view.symbols as ('AAPL' | 'MSFT')[]) {
            looks += 1;
            const last = lastBar(data[symbol], now);
            expect(view.symbol(symbol)!.quote).toEqual(
              last && {
                ...{ bid: last.close, ask: last.close, bid_size: 0, ask_size: 0 },
                ...{ timestamp: last.opened + MINUTE, source: 'bar' },
              },
            );
          }
        };
        const looker = () => ({
          setup: look,
          onSessionStart: look,
          onBar: (_: unknown, context: StrategyContext) => look(context),
          onSessionEnd: look,
        });
        const session = { strategies: [{ module: 'looker' }] };
        await runOf({
          config: configOf({
            ...{ symbols: ['AAPL', 'MSFT'], start: dates[0]!, end: dates[1]!, session },
          }),
          data,
          strategies: { looker },
        });
        expect(looks).toBeGreaterThan(100);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('is there once a bar of the day is, and gone with the day', async () => {
    const data = { AAPL: barsOf({ dates }) };
    const config = configOf({ start: dates[0]!, end: dates[1]! });
    await using session = await openSession({ config, data });
    const [first, second] = dates.map((date) => calendar.session(date)!);
    const quote = () => session.view.symbol('AAPL')?.quote;
    expect(quote()).toBeUndefined();
    await session.step();
    expect(quote()?.timestamp).toBe(first!.open + MINUTE);
    expect(session.toJSON().session_data.AAPL).toMatchObject({
      quotes: { bid: data.AAPL[0]!.close, timestamp: '2023-11-24T09:31:00.000-05:00' },
    });
    await session.runUntil(first!.close);
    expect(quote()).toMatchObject({ bid: data.AAPL[209]!.close, timestamp: first!.close });
    await session.runUntil(second!.open);
    expect(session.view.symbols.map(() => quote())).toEqual(
      session.view.symbols.map(() => undefined),
    );
    await session.step();
    expect(quote()?.bid).toBe(data.AAPL[210]!.close);
  });

  it('is of the time its bar ended, also when the symbol came later', async () => {
    const gone = (minute: number) => minute > 20;
    const data = { AAPL: barsOf({ dates }), LATE: barsOf({ dates, seed: 2, missing: gone }) };
    const config = configOf({ start: dates[0]! });
    await using session = await openSession({ config, data });
    const { open } = calendar.session(dates[0]!)!;
    await session.runUntil(open + 60 * MINUTE);
    const added = await session.ensureSymbol('LATE');
    expect(added.quote).toMatchObject({
      bid: data.LATE[20]!.close,
      timestamp: open + 21 * MINUTE,
    });
  });

  it('is of the close where bars are of days', async () => {
    const opened = dates.map((date) => calendar.session(date)!.open);
    const bar = { interval: '1d', open: 1, high: 3, low: 1, close: 2, volume: 10 };
    const data = { AAPL: opened.map((time) => ({ opened: time, ...bar })) };
    const config = configOf({ start: dates[0]!, end: dates[1]!, streams: ['1d'] });
    await using session = await openSession({ config, data });
    await session.step();
    expect(session.view.symbol('AAPL')?.quote).toMatchObject({
      bid: 2,
      timestamp: calendar.session(dates[0]!)!.close,
    });
  });
});
