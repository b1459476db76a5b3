import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/index.ts';
import { configOf, select } from '../support.ts';
import { barsWithHoles, DATES, expectFoldToEqual, recorded, runTo, subtree } from './comparing.ts';

const SPECS = [
  { name: 'sma', period: 20, interval: '1m' },
  { name: 'ema', period: 10, interval: '5m' },
  { name: 'rsi', period: 14, interval: '45m' },
  { name: 'vwap', interval: '15m' },
  { name: 'obv', interval: '1m' },
  { name: 'opening_range', interval: '5m' },
  { name: 'macd', interval: '2m' },
  { name: 'bbands', period: 20, interval: '1m', params: { num_std: 3 } },
  { name: 'pivot_points', interval: '1d' },
  { name: 'atr', period: 2, interval: '1d' },
  { name: 'sma', period: 2, interval: '2d' },
  { name: 'high_low', period: 1, interval: '1w' },
  { name: 'obv', interval: '1d', key: 'volume_flow' },
];

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  missing: fc.constantFrom(0, 0.02, 0.5),
  first: fc.constantFrom(0, 1),
  day: fc.integer({ min: 0, max: 2 }),
  minute: fc.oneof(fc.constantFrom(0, 1, 44, 45, 209), fc.integer({ min: 0, max: 209 })),
  specs: fc.subarray(SPECS, { minLength: 1, maxLength: 4 }),
  history: fc.boolean(),
});

describe('an indicator registered while the session runs', () => {
  it('is from then on as if it had been in the config from the start', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, missing, first, day, minute, specs, history }) => {
        const config = (session: object[]) =>
          configOf({
            symbols: ['AAPL', 'HOLES'],
            start: DATES[first]!,
            end: DATES[first + 3]!,
            streams: ['1m', '5m'],
            session: {
              indicators: { session: [{ name: 'sma', period: 5, interval: '5m' }, ...session] },
              historical: history ? { data: [{ trailing_days: 1, intervals: ['1m'] }] } : {},
            },
          });
        const data = { AAPL: barsWithHoles(seed, 0), HOLES: barsWithHoles(seed + 1, missing) };
        await using late = await openSession({ config: config([]), data });
        await using whole = await openSession({ config: config(specs), data });
        const date = DATES[first + day]!;
        await runTo(late, date, minute);
        for (const symbol of ['HOLES', 'AAPL']) {
          const results = specs.map((spec) => late.registerIndicator(symbol, spec));
          for (const result of await Promise.all(results)) expect(result.registered).toBe(true);
        }
        const stops: [string, number][] = [0, 1, 7, 50].map((on) => [date, minute + on]);
        const next = DATES[first + day + 1]!;
        stops.push([date, 390], [next, 0], [next, 1], [next, 100]);
        for (const [date, minute] of stops) {
          await runTo(late, date, minute);
          await runTo(whole, date, minute);
          for (const symbol of ['HOLES', 'AAPL']) {
            expect(subtree(late.view, symbol)).toEqual(subtree(whole.view, symbol));
          }
        }
        expectFoldToEqual(late);
      }),
      { numRuns: 40 },
    );
  });

  const config = configOf({ start: DATES[1]!, end: DATES[2]!, streams: ['1m', '5m'] });
  const data = { AAPL: barsWithHoles(1, 0) };

  it('says on the record that it was asked for, what it is, and its one warmed value', async () => {
    const { session, facts } = await recorded({ config, data });
    await runTo(session, DATES[1]!, 50);
    facts.length = 0;
    const result = await session.registerIndicator('aapl', {
      name: 'sma',
      period: 3,
      interval: '15m',
    });
    expect(result).toEqual({ registered: true, symbol: 'AAPL', key: 'sma_3_15m' });
    const [received] = select(facts, 'MessageReceived');
    expect(received).toMatchObject({ message: 'indicator.register', cause: null });
    const cause = received?.seq;
    expect(select(facts, 'IntervalAdded')).toMatchObject([{ interval: '15m', cause }]);
    expect(select(facts, 'BarDerived')).toHaveLength(3);
    expect(select(facts, 'BarDerived')).toMatchObject([{ catchup: true, cause }, {}, {}]);
    const [registered] = select(facts, 'IndicatorRegistered');
    expect(registered).toMatchObject({ key: 'sma_3_15m', period: 3, cause });
    expect(select(facts, 'IndicatorUpdated')).toMatchObject([
      { key: 'sma_3_15m', valid: true, cause: registered?.seq },
    ]);
    await session.close();
  });

  it('gives every derived bar that closes later a cause, also one without a further bar', async () => {
    const bars = data.AAPL.filter(({ opened }) => opened < Date.parse('2023-11-21T15:20:00Z'));
    const { session, facts } = await recorded({
      config: configOf({ symbols: ['AAPL', 'FULL'], start: DATES[1]!, streams: ['1m'] }),
      data: { AAPL: bars, FULL: data.AAPL },
    });
    await runTo(session, DATES[1]!, 52);
    await session.registerIndicator('AAPL', { name: 'sma', period: 2, interval: '45m' });
    await session.finish();
    const derived = select(facts, 'BarDerived', 'AAPL');
    expect(derived.map(({ count }) => count)).toEqual([45, 5]);
    expect(derived.every(({ cause }) => cause !== null)).toBe(true);
  });

  it('is refused on the record when its key is taken, or its interval cannot be derived', async () => {
    const { session, facts } = await recorded({ config, data });
    await runTo(session, DATES[1]!, 5);
    const spec = { name: 'sma', period: 3, interval: '5m' };
    await session.registerIndicator('AAPL', spec);
    facts.length = 0;
    expect(await session.registerIndicator('AAPL', spec)).toEqual({
      registered: false,
      symbol: 'AAPL',
      key: 'sma_3_5m',
      reason: '"sma_3_5m" is registered on "AAPL" already',
    });
    expect(await session.registerIndicator('AAPL', { ...spec, interval: '5s' })).toMatchObject({
      registered: false,
      reason: expect.stringContaining('5s needs 1s bars'),
    });
    expect(select(facts, 'MessageRefused')).toHaveLength(2);
    expect(select(facts, 'IndicatorRegistered')).toEqual([]);
    await session.close();
  });

  it('that is none is refused at once, and nothing is begun for it', async () => {
    const session = await openSession({ config, data });
    const asked = session.registerIndicator('AAPL', { name: 'smaa', interval: '1m' });
    await expect(asked).rejects.toThrow('did you mean "sma"?');
    await expect(session.registerIndicator('A B', SPECS[0]!)).rejects.toThrow('is no symbol');
    await expect(session.addSymbol('../AAPL')).rejects.toThrow('"../AAPL" is no symbol');
    const spaced = session.registerIndicator('AAPL', { ...SPECS[0]!, key: 'my own' });
    await expect(spaced).rejects.toThrow('key "my own" is no name');
    expect(session.status).toBe('ready');
    await session.close();
  });

  it('asked for before the start or between two sessions is there when the next one opens', async () => {
    const session = await openSession({ config, data });
    const spec = { name: 'ema', period: 3, interval: '5m' };
    expect(await session.registerIndicator('AAPL', spec)).toMatchObject({ registered: true });
    expect(session.view.symbol('AAPL')).toMatchObject({ addedBy: 'config' });
    await session.runUntil(Date.parse('2023-11-21T21:00:00Z'));
    const more = { ...spec, period: 4 };
    expect(await session.registerIndicator('AAPL', more)).toMatchObject({ registered: true });
    const keys = session.view.symbol('AAPL')?.indicators.map(({ key }) => key);
    expect(keys).toEqual(['ema_3_5m', 'ema_4_5m']);
    const { symbols } = await session.finish();
    expect(symbols.AAPL?.bars).toBe(780);
  });

  it('may take the key of another kind once its symbol was removed', async () => {
    const { session } = await recorded({
      config: configOf({ symbols: ['AAPL', 'FULL'], start: DATES[1]! }),
      data: { ...data, FULL: data.AAPL, NEW: data.AAPL },
    });
    await runTo(session, DATES[1]!, 5);
    await session.addSymbol('NEW');
    const mine = { key: 'mine', interval: '1m' };
    await session.registerIndicator('NEW', { ...mine, name: 'sma', period: 2 });
    await session.removeSymbol('NEW');
    await session.addSymbol('NEW');
    await session.registerIndicator('NEW', { ...mine, name: 'macd' });
    await session.registerIndicator('NEW', { name: 'sma', period: 3, interval: '1m', key: '5m' });
    await session.finish();
    expect(session.view.symbol('NEW')?.indicator('mine')?.value).toHaveProperty('histogram');
    expect(session.view.symbol('NEW')?.indicator('5m')?.value).toBeTypeOf('number');
    expectFoldToEqual(session);
  });
});
