import { describe, expect, it } from 'vitest';
import { type Fact, openSession, type Session, type StrategyContext } from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { configOf, MINUTE, select } from '../support.ts';
import {
  barsWithHoles,
  DATES,
  expectFoldToEqual,
  exported,
  openOf,
  recorded,
  runTo,
  subtree,
} from './comparing.ts';
import { failing, TroubledFeed } from './troubledFeed.ts';

const bars = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0.1), ALSO: barsWithHoles(3, 0) };
const [, first, second] = DATES as [string, string, string];
const SMA = { name: 'sma', period: 20, interval: '1m' };
const config = (symbols = ['AAPL'], strategies: object[] = []) =>
  configOf({
    symbols,
    start: first,
    end: second,
    streams: ['1m', '5m'],
    session: {
      strategies,
      historical: { data: [{ trailing_days: 1, intervals: ['1m', '1d'] }] },
      indicators: { session: [SMA, { name: 'vwap', interval: '5m' }] },
    },
  });

/** The whole of the state as text, but for how far it has come and whom it refused. */
function stateOf(session: Session): string {
  const { seq, now, refused, phase, barsBySeries, slotsBySeries, ...state } = stateAt(
    session.log,
  ).data;
  return JSON.stringify(state, (_, value) => {
    if (value instanceof Map) return [...value];
    if (value instanceof Set) return [...value];
    return ArrayBuffer.isView(value) ? null : value;
  });
}

function exportOf(session: Session): string {
  return JSON.stringify(session.toJSON().session_data);
}

async function standingAt(minute: number, facts: Fact[] = []) {
  const feed = new TroubledFeed(bars);
  const session = await openSession({ config: config(), data: feed });
  session.onFrame((frame) => facts.push(...frame.facts()));
  await runTo(session, first, minute);
  return { session, feed };
}

describe('a load that fails twice and then works', () => {
  it.each(['read', 'index'] as const)('on %s is loaded, as if it had never failed', async (on) => {
    const calm = await standingAt(30);
    const { session, feed } = await standingAt(30);
    feed.trouble = failing('NEW', 2, on);
    const answers = [session.addSymbol('NEW'), calm.session.addSymbol('NEW')];
    expect(await Promise.all(answers)).toEqual(Array(2).fill({ added: true, symbol: 'NEW' }));
    const retries = session.journal.filter(({ type }) => type === 'LoadRetried');
    expect(retries).toEqual(
      Array(2).fill({ type: 'LoadRetried', symbol: 'NEW', reason: 'NEW is out of reach' }),
    );
    expect(subtree(session.view, 'NEW')).toEqual(subtree(calm.session.view, 'NEW'));
    // What fails on the host leaves no trace in the log.
    expect(session.chainHash).toBe(calm.session.chainHash);
    await Promise.all([session.finish(), calm.session.finish()]);
    expect(session.chainHash).toBe(calm.session.chainHash);
  });

  it('loads those asked for together with it, too, and reads them once', async () => {
    const { session, feed } = await standingAt(30);
    const trouble = failing('NEW', 2);
    let reads = 0;
    feed.trouble = (ask, symbol, interval) => {
      if (ask === 'read' && symbol === 'ALSO') reads += 1;
      return trouble(ask, symbol, interval);
    };
    const results = await Promise.all([session.addSymbol('ALSO'), session.addSymbol('NEW')]);
    expect(results).toMatchObject([{ added: true }, { added: true }]);
    // Of today, of the day before, and of the day after that is read ahead.
    expect(reads).toBe(3);
    await session.close();
  });

  it('is loaded before the session, too', async () => {
    const feed = new TroubledFeed(bars);
    feed.trouble = failing('AAPL', 2);
    const session = await openSession({ config: config(), data: feed });
    const summary = await session.finish();
    expect(summary.facts.SymbolRefused).toBeUndefined();
    expect(summary.symbols.AAPL?.bars).toBe(780);
  });
});

describe('a load that always fails', () => {
  it.each(['read', 'index'] as const)(
    'on %s leaves SessionData byte-equal to before',
    async (on) => {
      const { session, feed } = await standingAt(30);
      const before = { json: exportOf(session), state: stateOf(session) };
      feed.trouble = failing('NEW', 1_000, on);
      const reason = 'NEW is out of reach, tried 3 times';
      expect(await session.addSymbol('NEW')).toEqual({
        added: false,
        symbol: 'NEW',
        loaded: false,
        reason,
      });
      expect(exportOf(session)).toBe(before.json);
      expect(stateOf(session)).toBe(before.state);
      expect(session.view.has('NEW')).toBe(false);
      expectFoldToEqual(session);
      await session.close();
    },
  );

  it('is on the record, and the session goes on as if it had not been asked for', async () => {
    const facts: Fact[] = [];
    const { session, feed } = await standingAt(30, facts);
    const calm = await standingAt(30);
    feed.trouble = failing('NEW', 1_000);
    await session.addSymbol('NEW');
    expect(select(facts, 'SymbolRefused')).toMatchObject([{ symbol: 'NEW' }]);
    expect(select(facts, 'SymbolRegistered', 'NEW')).toEqual([]);
    for (const [date, minute] of [
      [first, 31],
      [first, 390],
      [second, 5],
    ] as const) {
      await runTo(session, date, minute);
      await runTo(calm.session, date, minute);
      expect(exportOf(session)).toBe(exportOf(calm.session));
    }
    expect((await session.finish()).symbols).toEqual((await calm.session.finish()).symbols);
  });

  it('does so also where its history alone cannot be read', async () => {
    const { session, feed } = await standingAt(30);
    const before = exportOf(session);
    let reads = 0;
    feed.trouble = (ask, symbol) => {
      if (ask !== 'read' || symbol !== 'NEW') return;
      reads += 1;
      // The day itself can be read, what lies before it cannot.
      if (reads % 2 === 0) throw new Error('no such day');
    };
    expect(await session.addSymbol('NEW')).toMatchObject({ added: false, loaded: false });
    expect(exportOf(session)).toBe(before);
    await session.close();
  });

  it('takes none of those with it that were asked for together with it', async () => {
    const { session, feed } = await standingAt(30);
    feed.trouble = failing('NEW', 1_000);
    const results = await Promise.all(['ALSO', 'NEW', 'AAPL'].map((s) => session.addSymbol(s)));
    expect(results).toMatchObject([{ added: true }, { added: false }, { loaded: true }]);
    expect(session.view.symbols).toEqual(['AAPL', 'ALSO']);
    await session.close();
  });

  it('may be asked for again, with other intervals, once the data can be read', async () => {
    const { session, feed } = await standingAt(30);
    feed.trouble = failing('NEW', 3);
    expect(await session.addSymbol('NEW', { streams: ['15m'] })).toMatchObject({ added: false });
    expect(await session.addSymbol('NEW', { streams: ['10m'] })).toMatchObject({ added: true });
    expect(session.view.symbol('NEW')?.intervals).toEqual(['1m', '5m', '10m']);
    await using whole = await openSession({ config: config(['AAPL', 'NEW']), data: bars });
    await runTo(whole, first, 100);
    await runTo(session, first, 100);
    const own = subtree(session.view, 'NEW')!;
    const shared = own.bars.filter(([interval]) => interval !== '10m');
    expect({ ...own, bars: shared }).toEqual(subtree(whole.view, 'NEW'));
    await session.close();
  });

  it('is told to the strategy that asked, and loads when it asks again later', async () => {
    const feed = new TroubledFeed(bars);
    const told: string[] = [];
    const patient = () => ({
      onBar: (bar: { opened: number; interval: string }, context: StrategyContext) => {
        const { opened, interval } = bar;
        if (interval !== '1m') return;
        const minute = (opened - openOf(first)) / MINUTE;
        if (minute === 10) feed.trouble = failing('NEW', 3);
        if (minute === 10 || minute === 20) context.ensureSymbol('NEW');
      },
      onSymbolAdded: (symbol: string) => told.push(`added ${symbol}`),
      onSymbolRefused: (symbol: string, reason: string) => told.push(`${symbol}: ${reason}`),
    });
    const { session } = await recorded({
      config: config(['AAPL'], [{ module: 'patient' }]),
      data: feed,
      strategies: { patient },
    });
    await session.finish();
    expect(told).toEqual(['NEW: NEW is out of reach, tried 3 times', 'added NEW']);
    expect(exported(session, 'NEW')).not.toBe('undefined');
  });

  it('for ever, asked again on every refusal, fails the run instead of standing still', async () => {
    const stubborn = () => ({
      onSessionStart: (context: StrategyContext) => context.ensureSymbol('GONE'),
      onSymbolRefused: (symbol: string, _: string, context: StrategyContext) =>
        context.ensureSymbol(symbol),
    });
    const session = await openSession({
      config: config(['AAPL'], [{ module: 'stubborn' }]),
      data: bars,
      strategies: { stubborn },
    });
    await expect(session.finish()).rejects.toThrow(
      'strategy "stubborn" failed in onSymbolRefused: "GONE" was asked for 100 times at one instant',
    );
  });
});

describe('a bar or an indicator for which the past cannot be read', () => {
  it('is refused with the reason, and leaves everything as it was', async () => {
    const { session, feed } = await standingAt(30);
    await runTo(session, second, 30);
    const before = exportOf(session);
    feed.trouble = failing('AAPL', 1_000);
    const bar = { opened: openOf(second), open: 5, high: 5, low: 5, close: 5, volume: 5 };
    const spec = { name: 'sma', period: 1_000, interval: '1m' };
    const results = await Promise.all([
      session.addBar('AAPL', '1m', bar, { replace: true }),
      session.registerIndicator('AAPL', spec),
    ]);
    expect(results).toMatchObject(Array(2).fill({ reason: 'AAPL is out of reach' }));
    expect(exportOf(session)).toBe(before);
    feed.trouble = () => {};
    expect(await session.addBar('AAPL', '1m', bar, { replace: true })).toMatchObject({
      added: true,
    });
    expect(await session.registerIndicator('AAPL', spec)).toMatchObject({ registered: true });
    await session.finish();
    expectFoldToEqual(session);
  });
});
