import { describe, expect, it } from 'vitest';
import { openSession, type ScannerContext, type Session } from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { configOf, select } from '../support.ts';
import {
  barsWithHoles,
  DATES,
  expectFoldToEqual,
  exported,
  recorded,
  runTo,
  subtree,
} from './comparing.ts';

const data = {
  AAPL: barsWithHoles(1, 0),
  MSFT: barsWithHoles(2, 0.1),
  NEW: barsWithHoles(3, 0.02),
};
const session = {
  historical: { data: [{ trailing_days: 1, intervals: ['1m', '1d'] }] },
  indicators: {
    session: [
      { name: 'sma', period: 20, interval: '1m' },
      { name: 'vwap', interval: '5m' },
      { name: 'sma', period: 2, interval: '1d' },
    ],
  },
};
const [, first, second, third] = DATES as [string, string, string, string, string];
const config = (symbols = ['AAPL', 'MSFT'], more: object = {}) =>
  configOf({
    symbols,
    start: first,
    end: third,
    streams: ['1m', '5m', '2d'],
    session: { ...session, ...more },
  });

/** Everything that holds the name of a symbol in the state and what is kept across sessions. */
function tracesOf(live: Session, symbol: string): string[] {
  const { data } = stateAt(live.log);
  const maps = { symbols: data.symbols, history: data.history, spares: data.spares };
  const held = Object.entries(maps).flatMap(([name, map]) => (map.has(symbol) ? [name] : []));
  const json = JSON.stringify(live.toJSON().session_data);
  return [...held, ...(json.includes(symbol) ? ['export'] : [])];
}

describe('removing a symbol', () => {
  it('leaves nothing of it, and it is not loaded the next day', async () => {
    const { session: live, facts } = await recorded({ config: config(), data });
    await runTo(live, first, 30);
    await live.addSymbol('NEW');
    await runTo(live, second, 30);
    expect(tracesOf(live, 'NEW')).toEqual(['symbols', 'history', 'spares', 'export']);
    facts.length = 0;
    expect(await live.removeSymbol('new')).toEqual({ removed: true, symbol: 'NEW' });
    expect(tracesOf(live, 'NEW')).toEqual([]);
    expectFoldToEqual(live);
    const cause = select(facts, 'MessageReceived')[0]?.seq;
    expect(select(facts, 'SymbolRemoved')).toMatchObject([{ symbol: 'NEW', cause }]);
    facts.length = 0;
    const summary = await live.finish();
    expect(facts.filter((fact) => 'symbol' in fact && fact.symbol === 'NEW')).toEqual([]);
    expect(tracesOf(live, 'NEW')).toEqual([]);
    // What it had until it was removed stays in the count of the run.
    expect(summary.symbols.NEW).toEqual({ bars: 412, derived: 85, quality: (412 / 420) * 100 });
  });

  it('leaves the others as they would be', async () => {
    await using without = await openSession({ config: config(), data });
    await using live = await openSession({ config: config(), data });
    await runTo(live, first, 30);
    await live.addSymbol('NEW');
    await runTo(live, first, 60);
    await live.removeSymbol('NEW');
    for (const [date, minute] of [
      [first, 61],
      [first, 390],
      [second, 7],
    ] as const) {
      await runTo(live, date, minute);
      await runTo(without, date, minute);
      expect(subtree(live.view, 'AAPL')).toEqual(subtree(without.view, 'AAPL'));
      expect(exported(live, 'MSFT')).toBe(exported(without, 'MSFT'));
    }
  });

  it('of the config is refused, and of an unknown one', async () => {
    const { session: live, facts } = await recorded({ config: config(), data });
    await runTo(live, first, 30);
    expect(await live.removeSymbol('MSFT')).toEqual({
      removed: false,
      symbol: 'MSFT',
      reason: '"MSFT" is a symbol of the config: only force removes it',
    });
    expect(await live.removeSymbol('NEW')).toMatchObject({
      removed: false,
      reason: '"NEW" is not in the session',
    });
    expect(await live.removeSymbol('NEW', { force: true })).toMatchObject({ removed: false });
    expect(select(facts, 'MessageRefused').map(({ message }) => message)).toEqual(
      Array(3).fill('symbol.remove'),
    );
    expect(select(facts, 'SymbolRemoved')).toEqual([]);
    await live.close();
  });

  it('that a scanner has locked is refused unless forced', async () => {
    const holder = () => ({
      scan: async (context: ScannerContext) => {
        await context.ensureSymbol('NEW');
        context.lock('NEW');
        return { symbols: [] };
      },
    });
    const scanners = [{ module: 'holder', pre_session: true }];
    const live = await openSession({
      config: config(['AAPL'], { scanners }),
      data,
      scanners: { holder },
    });
    await runTo(live, first, 10);
    expect(await live.removeSymbol('NEW')).toMatchObject({
      removed: false,
      reason: '"NEW" is locked by holder: unlock it first, or use force',
    });
    expect(await live.removeSymbol('NEW', { force: true })).toMatchObject({ removed: true });
    await live.close();
  });

  it('of the config by force keeps it out on the days to come, also where it was not there', async () => {
    const part = data.MSFT.filter(({ opened }) => opened >= Date.parse(second));
    const { session: live, facts } = await recorded({
      config: config(),
      data: { ...data, MSFT: part },
    });
    await runTo(live, first, 10);
    expect(live.view.symbols).toEqual(['AAPL']);
    expect(await live.removeSymbol('MSFT', { force: true })).toMatchObject({ removed: true });
    expect(await live.removeSymbol('AAPL', { force: true })).toMatchObject({ removed: true });
    await runTo(live, first, 20);
    await live.addSymbol('NEW');
    facts.length = 0;
    const summary = await live.finish();
    expect(select(facts, 'SymbolRegistered').map(({ symbol }) => symbol)).toEqual(['NEW', 'NEW']);
    expect(summary.status).toBe('completed');
    expect(summary.symbols.AAPL).toEqual({ bars: 10, derived: 2, quality: 100 });
  });

  it('and adding it again, on that day or a later one, equals one that never left', async () => {
    const symbols = ['AAPL', 'MSFT'];
    await using whole = await openSession({ config: config([...symbols, 'NEW']), data });
    await using live = await openSession({ config: config(), data });
    await runTo(live, first, 5);
    await live.addSymbol('NEW');
    await runTo(live, first, 40);
    await live.removeSymbol('NEW');
    await live.removeSymbol('MSFT', { force: true });
    await runTo(live, first, 50);
    expect(await live.addSymbol('NEW')).toEqual({ added: true, symbol: 'NEW' });
    await runTo(live, second, 15);
    expect(await live.addSymbol('MSFT')).toEqual({ added: true, symbol: 'MSFT' });
    expect(live.view.symbol('MSFT')?.addedBy).toBe('config');
    for (const [date, minute] of [
      [second, 15],
      [second, 390],
      [third, 9],
    ] as const) {
      await runTo(live, date, minute);
      await runTo(whole, date, minute);
      for (const symbol of ['NEW', 'MSFT']) {
        expect(subtree(live.view, symbol)).toEqual(subtree(whole.view, symbol));
      }
    }
    const [a, b] = [await live.finish(), await whole.finish()];
    expect(a.symbols.NEW).toEqual(b.symbols.NEW);
    // Of the day on which it left, nothing counts.
    expect(a.symbols.MSFT!.bars).toBeLessThan(b.symbols.MSFT!.bars);
    expectFoldToEqual(live);
  });

  it('and adding it again may ask for other intervals', async () => {
    const live = await openSession({ config: config(), data });
    await runTo(live, first, 5);
    await live.addSymbol('NEW', { streams: ['15m'] });
    expect(live.view.symbol('NEW')?.intervals).toEqual(['1m', '5m', '15m', '1d', '2d']);
    await live.removeSymbol('NEW');
    await live.addSymbol('NEW', { streams: ['45m'] });
    expect(live.view.symbol('NEW')?.intervals).toEqual(['1m', '5m', '45m', '1d', '2d']);
    await live.removeSymbol('MSFT', { force: true });
    await live.addSymbol('MSFT', { streams: ['30m'] });
    await runTo(live, second, 5);
    expect(live.view.symbol('MSFT')?.intervals).toContain('30m');
    expect(live.view.symbol('AAPL')?.intervals).not.toContain('30m');
    await live.close();
  });

  it('with intervals that cannot be derived is refused, and asked again without them it works', async () => {
    const live = await openSession({ config: config(), data });
    await runTo(live, first, 5);
    expect(await live.addSymbol('NEW', { streams: ['5s'] })).toMatchObject({
      added: false,
      loaded: false,
      reason: expect.stringContaining('5s needs 1s bars'),
    });
    expect(await live.addSymbol('NEW', { streams: ['3m'] })).toMatchObject({ added: true });
    expect(live.view.symbol('NEW')?.intervals).toContain('3m');
    expect(await live.addSymbol('NEW', { streams: ['quotes'] })).toMatchObject({ loaded: true });
    await expect(live.addSymbol('NEW', { streams: ['ticks'] })).rejects.toThrow(
      'ticks are refused because the engine is fed bars',
    );
    await live.close();
  });
});
