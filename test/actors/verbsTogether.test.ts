import { describe, expect, it } from 'vitest';
import { openSession, type ScannerContext, type StrategyContext } from '../../src/index.ts';
import { configOf, MINUTE, random, select } from '../support.ts';
import { barsWithHoles, DATES, openOf, recorded, unansweredIn } from './comparing.ts';

const bars = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0.1), ALSO: barsWithHoles(3, 0) };
const [, first, second] = DATES as [string, string, string];
const SMA = { name: 'sma', period: 3, interval: '5m' };
const config = (symbols = ['AAPL'], strategies: object[] = []) =>
  configOf({ symbols, start: first, end: second, streams: ['1m', '5m'], session: { strategies } });
const barAt = (date: string, minute: number) => ({
  opened: openOf(date) + minute * MINUTE,
  ...{ open: 10, high: 11, low: 9, close: 10, volume: 1 },
});

describe('verbs of a program, a strategy and a scanner', () => {
  it('at once, with a pause in between, are all served', async () => {
    const finder = () => ({
      onBar: ({ opened }: { opened: number }, context: StrategyContext) => {
        if (opened === openOf(first) + 9 * MINUTE) context.ensureSymbol('NEW');
      },
      setup: (context: StrategyContext) => context.registerIndicator('AAPL', SMA),
    });
    const { session, facts } = await recorded({
      config: config(['AAPL'], [{ module: 'finder' }]),
      data: bars,
      strategies: { finder },
    });
    const pause = () => {
      session.pause();
      setTimeout(() => session.resume(), 20);
    };
    // In the very frame in which the strategy asks, and before the first slice begins.
    let added: unknown;
    session.on('SessionActivated', pause);
    session.on('BarAppended', ({ opened, symbol }) => {
      if (symbol !== 'AAPL' || opened !== openOf(first) + 9 * MINUTE) return;
      pause();
      added = session.addSymbol('ALSO');
    });
    expect((await session.finish()).status).toBe('completed');
    expect(await added).toMatchObject({ added: true });
    expect(session.view.symbols).toEqual(['AAPL', 'ALSO', 'NEW']);
    expect(unansweredIn(facts)).toEqual([]);
    expect(select(facts, 'IndicatorRegistered')).toHaveLength(2);
  });

  it('for one symbol are all served, also where the scanner waits', async () => {
    const looker = () => ({
      scan: async (context: ScannerContext) => {
        const early = await context.ensureSymbol('NEW');
        const light = await context.registerIndicator('LIGHT', SMA);
        return { symbols: [], metadata: { early: early?.symbol, light } };
      },
    });
    const eager = () => ({
      setup: (context: StrategyContext) => {
        context.registerIndicator('NEW', SMA);
        context.ensureSymbol('NEW');
      },
    });
    const base = config(['AAPL'], [{ module: 'eager' }]);
    const scanners = [{ module: 'looker', pre_session: true }];
    const { session, facts } = await recorded({
      config: { ...base, session_data_config: { ...base.session_data_config, scanners } },
      data: bars,
      strategies: { eager },
      scanners: { looker },
    });
    const answers = [
      session.addSymbol('NEW', { streams: ['15m'] }),
      session.registerIndicator('LIGHT', { ...SMA, period: 9 }),
    ];
    expect((await session.finish()).status).toBe('completed');
    expect(await Promise.all(answers)).toMatchObject([{ added: true }, { registered: true }]);
    expect(select(facts, 'ScanCompleted')[0]?.metadata).toEqual({
      early: 'NEW',
      light: 'sma_3_5m',
    });
    expect(session.view.symbol('NEW')?.intervals).toContain('15m');
    expect(unansweredIn(facts)).toEqual([]);
  });

  it('come to the same with pauses in any frame, at any slice size', async () => {
    const finder = () => ({
      onBar: (bar: { opened: number; interval: string }, context: StrategyContext) => {
        const minute = (bar.opened - openOf(first)) / MINUTE;
        if (minute === 9) context.ensureSymbol('NEW');
        if (minute === 30) context.addBar('AAPL', '1m', barAt(first, 4), { replace: true });
        if (minute === 60) context.removeSymbol('NEW');
      },
    });
    const looker = () => ({
      scan: async (context: ScannerContext) => {
        await context.registerIndicator('LIGHT', { ...SMA, key: `at_${context.now}` });
        return { symbols: ['ALSO'] };
      },
    });
    const run = async (slice: 1 | 7 | 'auto', pauses: boolean) => {
      const regular = [{ start: '09:35', end: '10:30', interval: '5m' }];
      const scanners = [{ module: 'looker', regular_session: regular }];
      const base = config(['AAPL'], [{ module: 'finder' }]);
      const session = await openSession({
        config: { ...base, session_data_config: { ...base.session_data_config, scanners } },
        data: bars,
        strategies: { finder },
        scanners: { looker },
        slice,
      });
      const next = random(7);
      session.onFrame(({ at }) => {
        if (!pauses || next() < 0.3 || at > openOf(first) + 70 * MINUTE) return;
        session.pause();
        const later = next() < 0.5 ? setImmediate : queueMicrotask;
        later(() => session.resume());
      });
      const { status, facts, chain_hash } = await session.finish();
      expect(status).toBe('completed');
      expect(facts.ScanCompleted).toBe(24);
      return chain_hash;
    };
    const hashes = [await run('auto', false)];
    for (const slice of [1, 7, 'auto'] as const) hashes.push(await run(slice, true));
    expect(new Set(hashes).size).toBe(1);
  });

  it('have one chain hash at any slice size, and stepped', async () => {
    const adder = () => ({
      onIndicator: ({ value }: { value: unknown }, context: StrategyContext) => {
        const opened = context.now - 3 * MINUTE;
        const bar = { ...barAt(first, 0), opened };
        if (value !== null && opened > openOf(first)) {
          context.addBar('AAPL', '1m', bar, { replace: true });
        }
      },
    });
    const hashes: string[] = [];
    for (const slice of [1, 7, 'auto', 'stepped'] as const) {
      const session = await openSession({
        config: config(['AAPL'], [{ module: 'adder' }]),
        data: bars,
        strategies: { adder },
        slice: slice === 'stepped' ? 'auto' : slice,
      });
      const to = async (minute: number) => {
        const time = openOf(first) + minute * MINUTE;
        if (slice !== 'stepped') await session.runUntil(time);
        else while (session.view.now < time) await session.step();
      };
      await to(12);
      await session.addBar('AAPL', '1m', barAt(first, 4), { replace: true });
      await session.registerIndicator('AAPL', { ...SMA, interval: '45m', period: 1 });
      await session.registerIndicator('NEW', SMA);
      await to(50);
      await Promise.all([session.addSymbol('NEW'), session.addSymbol('ALSO')]);
      await to(70);
      await session.removeSymbol('ALSO');
      hashes.push((await session.finish()).chain_hash);
    }
    expect(new Set(hashes).size).toBe(1);
  });
});
