import { describe, expect, it } from 'vitest';
import { type Fact, openSession, type Session, type StrategyContext } from '../../src/index.ts';
import { configOf, MINUTE, select } from '../support.ts';
import {
  barsWithHoles,
  DATES,
  expectFoldToEqual,
  openOf,
  recorded,
  runTo,
  subtree,
  unansweredIn,
} from './comparing.ts';
import { TroubledFeed } from './troubledFeed.ts';

const bars = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0.1), ALSO: barsWithHoles(3, 0) };
const [, first, second] = DATES as [string, string, string];
const CLOSE = Date.parse('2023-11-21T21:00:00Z');
const SMA = { name: 'sma', period: 3, interval: '5m' };
const config = (symbols = ['AAPL'], strategies: object[] = []) =>
  configOf({ symbols, start: first, end: second, streams: ['1m', '5m'], session: { strategies } });
const barAt = (date: string, minute: number) => ({
  opened: openOf(date) + minute * MINUTE,
  ...{ open: 10, high: 11, low: 9, close: 10, volume: 1 },
});

/** Uses every verb once; the answers in the order of asking. */
function askAll(session: Session) {
  return Promise.all([
    session.addSymbol('NEW'),
    session.addSymbol('AAPL'),
    session.addSymbol('GONE'),
    session.registerIndicator('AAPL', SMA),
    session.registerIndicator('LIGHT', SMA),
    session.addBar('AAPL', '1m', barAt(first, 0), { replace: true }),
    session.removeSymbol('AAPL'),
    session.removeSymbol('NEW'),
  ]);
}

describe('verbs used', () => {
  it('before the start are served when the first session opens', async () => {
    const { session, facts } = await recorded({ config: config(), data: bars });
    expect(await askAll(session)).toMatchObject([
      { added: true },
      { added: false, loaded: true },
      {
        added: false,
        loaded: false,
        reason: 'no 1m bars on 2023-11-21; no bars of "GONE" are in memory',
      },
      { registered: true },
      { registered: true },
      { added: false, reason: expect.stringContaining('after the clock') },
      { removed: false },
      { removed: true },
    ]);
    expect(session.view.now).toBe(openOf(first));
    expect(session.view.symbols).toEqual(['AAPL', 'LIGHT']);
    expect(unansweredIn(facts)).toEqual([]);
    const summary = await session.finish();
    expect(summary.symbols.AAPL?.bars).toBe(780);
    expect(session.view.symbol('AAPL')?.indicator('sma_3_5m')?.valid).toBe(true);
    expect(select(facts, 'SymbolRefused')).toHaveLength(1);
  });

  it('between two sessions are served when the next one opens', async () => {
    const { session, facts } = await recorded({ config: config(), data: bars });
    await session.runUntil(CLOSE);
    expect(await askAll(session)).toMatchObject([
      { added: true },
      { added: false, loaded: true },
      { added: false, loaded: false },
      { registered: true },
      { registered: true },
      { added: false, reason: expect.stringContaining('no 1m bar of the session of 2023-11-22') },
      { removed: false },
      { removed: true },
    ]);
    expect(session.view.now).toBe(openOf(second));
    expect(session.view.symbols).toEqual(['AAPL', 'LIGHT']);
    expect(unansweredIn(facts)).toEqual([]);
    expectFoldToEqual(session);
    await session.close();
  });

  it('after the end are answered, and noted beside the log', async () => {
    const session = await openSession({ config: config(), data: bars });
    await session.finish();
    const { position } = session.log;
    const reasons = (await askAll(session)).map((answer) => (answer as { reason: string }).reason);
    expect(reasons).toEqual(Array(8).fill('the run is completed'));
    session.pause();
    session.resume();
    await session.stop();
    const messages = session.journal.map(({ message, state }) => `${message} ${state}`);
    expect(messages).toEqual([
      'symbol.add completed',
      'symbol.add completed',
      'symbol.add completed',
      'indicator.register completed',
      'indicator.register completed',
      'bar.add completed',
      'symbol.remove completed',
      'symbol.remove completed',
      'session.pause completed',
      'session.resume completed',
      'session.stop completed',
    ]);
    expect(session.log.position).toBe(position);
  });

  it('while a symbol is loaded are served after it, in their order', async () => {
    const feed = new TroubledFeed(bars);
    const { session, facts } = await recorded({ config: config(), data: feed });
    await runTo(session, first, 30);
    let asked: Promise<unknown[]> | null = null;
    feed.trouble = async (ask, symbol) => {
      if (ask !== 'read' || symbol !== 'ALSO' || asked !== null) return;
      asked = askAll(session);
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    expect(await session.addSymbol('ALSO')).toEqual({ added: true, symbol: 'ALSO' });
    expect(await asked).toMatchObject([
      { added: true },
      { added: false, loaded: true },
      { added: false, loaded: false },
      { registered: true },
      { registered: true },
      { added: true },
      { removed: false },
      { removed: true },
    ]);
    expect(session.view.symbols).toEqual(['AAPL', 'ALSO', 'LIGHT']);
    expect(unansweredIn(facts)).toEqual([]);
    expectFoldToEqual(session);
    await session.close();
  });

  it('while it stands paused are served, and it stays paused', async () => {
    const { session, facts } = await recorded({ config: config(), data: bars });
    await runTo(session, first, 30);
    session.pause();
    const { now } = session.view;
    expect((await askAll(session))[0]).toMatchObject({ added: true });
    let moved = false;
    const step = session.step().then(() => {
      moved = true;
    });
    expect(await session.addSymbol('ALSO')).toMatchObject({ added: true });
    expect([moved, session.view.now]).toEqual([false, now]);
    session.resume();
    await step;
    expect(session.view.now).toBe(now + MINUTE);
    expect(unansweredIn(facts)).toEqual([]);
    await session.close();
  });

  it('by a strategy at the close take effect at that close', async () => {
    const missing = bars.AAPL.filter(({ opened }) => opened !== CLOSE - MINUTE);
    const closer = () => ({
      onBar: ({ opened, symbol }: { opened: number; symbol: string }, context: StrategyContext) => {
        if (opened !== CLOSE - MINUTE || symbol !== 'ALSO') return;
        context.addBar('AAPL', '1m', barAt(first, 389));
        context.registerIndicator('AAPL', SMA);
        context.ensureSymbol('NEW');
        context.removeSymbol('LIGHT');
      },
    });
    const last: Record<string, unknown> = {};
    const { session, facts } = await recorded({
      config: config(['AAPL', 'ALSO'], [{ module: 'closer' }]),
      data: { ...bars, AAPL: missing },
      strategies: { closer },
      slice: 7,
    });
    session.on('SessionEnded', ({ date }) => {
      last[date] = subtree(session.view, 'NEW');
    });
    await session.finish();
    const whole = await openSession({ config: config(['AAPL', 'ALSO', 'NEW']), data: bars });
    await whole.runUntil(CLOSE);
    expect(last[first]).toEqual(subtree(whole.view, 'NEW'));
    await whole.close();
    const scored = select(facts, 'QualityScored', 'NEW').filter(({ at }) => at === CLOSE);
    expect(scored.at(-1)).toMatchObject({ expected: 390 });
    expect(select(facts, 'BarAppended', 'AAPL').filter(({ adhoc }) => adhoc)).toMatchObject([
      { opened: CLOSE - MINUTE, at: CLOSE },
    ]);
    const ended = select(facts, 'SessionEnded')[0];
    expect(ended).toMatchObject({ symbols: ['AAPL', 'ALSO', 'NEW'] });
    expect(select(facts, 'ClockAdvanced').map(({ from, to }) => to > from)).not.toContain(false);
    expect(unansweredIn(facts)).toEqual([]);
    expectFoldToEqual(session);
  });

  it('in the last session, after its close, are refused on the record', async () => {
    const late = () => ({
      onSessionEnd: (context: StrategyContext) => {
        if (context.now < openOf(second)) return;
        context.ensureSymbol('NEW');
        context.removeSymbol('AAPL');
        context.registerIndicator('AAPL', SMA);
      },
    });
    const { session, facts } = await recorded({
      config: config(['AAPL'], [{ module: 'late' }]),
      data: bars,
      strategies: { late },
    });
    await session.finish();
    expect(select(facts, 'MessageRefused')).toMatchObject([
      { message: 'symbol.add', state: 'completed', reason: 'the run is completed' },
      { message: 'symbol.remove' },
      { message: 'indicator.register' },
    ]);
    expect(unansweredIn(facts)).toEqual([]);
  });

  it('when the run is stopped meanwhile are answered, and half a load leaves no symbol', async () => {
    const feed = new TroubledFeed(bars);
    const facts: Fact[] = [];
    const session = await openSession({ config: config(), data: feed });
    session.onFrame((frame) => facts.push(...frame.facts()));
    await runTo(session, second, 30);
    let stopped: Promise<unknown> | null = null;
    feed.trouble = async (ask, symbol) => {
      if (ask !== 'read' || symbol !== 'AAPL') return;
      stopped ??= session.stop();
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const before = JSON.stringify(session.toJSON().session_data);
    const answers = await Promise.all([
      session.addBar('AAPL', '1m', barAt(second, 0), { replace: true }),
      session.registerIndicator('AAPL', SMA),
      session.addSymbol('NEW'),
    ]);
    expect(answers.map((answer) => (answer as { reason?: string }).reason)).toEqual(
      Array(3).fill('the run is stopped'),
    );
    await stopped;
    const { position } = session.log;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(session.log.position).toBe(position);
    expect(facts.at(-1)?.type).toBe('RunStopped');
    expect(JSON.stringify(session.toJSON().session_data)).toBe(before);
    expect(unansweredIn(facts)).toEqual([]);
  });

  it.each([
    ['cannot begin', 'NONE', ''],
    ['fails when its symbol is there', 'AAPL', 'onSymbolAdded'],
    ['fails at its next bar', 'AAPL', 'onBar'],
  ])('of a run that %s are answered', async (_, symbol, broken) => {
    const breaking = () => ({
      [broken]: () => {
        throw new Error('broken here');
      },
    });
    const { session, facts } = await recorded({
      config: config([symbol], [{ module: 'breaking' }]),
      data: bars,
      strategies: { breaking },
    });
    const answers = Promise.all([session.addSymbol('NEW'), session.removeSymbol('ALSO')]);
    const later = session.on('SymbolRegistered', () => {
      later();
      void session.addSymbol('ALSO');
    });
    await expect(session.finish()).rejects.toThrow(broken === '' ? 'NONE' : 'broken here');
    for (const answer of await answers) expect(answer).toHaveProperty('symbol');
    expect(facts.at(-1)?.type).toBe('RunFailed');
    expect(unansweredIn(facts)).toEqual([]);
  });
});
