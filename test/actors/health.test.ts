import { describe, expect, it } from 'vitest';
import { openFeed } from '../../src/feeds/sources.ts';
import { type Feed, openSession, RunFailedError, type StrategyContext } from '../../src/index.ts';
import { barsOf, configOf, MINUTE } from '../support.ts';

const dates = ['2024-01-02', '2024-01-03'];
const OPEN = Date.parse('2024-01-02T14:30:00Z');
const data = { AAPL: barsOf({ dates, seed: 1 }), NEW: barsOf({ dates, seed: 2 }) };
const configWith = (module: string) =>
  configOf({ end: '2024-01-03', session: { strategies: [{ module }] } });
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the health of a session', () => {
  it('says of each actor how it is, before the run, in it and after', async () => {
    const session = await openSession({ config: configOf(), data });
    const none = { state: null, queue: 0, last_frame: null, last_error: null };
    expect(session.health()).toEqual({
      session: { ...none, state: 'ready' },
      'session/loading': none,
      'session/feed': none,
      'session/processor': none,
      'session/quality': none,
      'session/scanner': none,
      'session/strategy': none,
    });
    await session.runUntil(OPEN + 33 * MINUTE);
    const health = session.health();
    const at = '2024-01-02T10:03:00.000-05:00';
    expect(health.session).toMatchObject({ state: 'active', last_error: null });
    expect(health['session/active']).toMatchObject({ state: 'streaming', queue: 0 });
    const { seq } = session.view;
    expect(health['session/feed']).toEqual({ ...none, queue: 357, last_frame: { seq, at } });
    expect(health['session/processor']).toEqual({
      ...{ state: 'ready', queue: 0, last_error: null },
      last_frame: { seq: expect.any(Number), at: '2024-01-02T10:00:00.000-05:00' },
    });
    await session.finish();
    expect(session.health()).toMatchObject({
      session: { state: 'completed', last_frame: { seq: session.log.position } },
      'session/feed': { queue: 0, last_frame: { at: '2024-01-02T16:00:00.000-05:00' } },
      'session/processor': { state: 'stopped' },
    });
  });

  it('knows of a pause, which no fact tells', async () => {
    const session = await openSession({ config: configOf(), data });
    await session.step();
    session.pause();
    await soon();
    expect(session.health()).toMatchObject({ 'session/active': { state: 'paused' } });
    await session.stop();
  });

  it('counts symbols that wait', async () => {
    const asking = () => ({
      onBar: (bar: { opened: number }, context: StrategyContext) => {
        if (bar.opened === OPEN + 5 * MINUTE) context.ensureSymbol('NEW');
      },
    });
    const session = await openSession({
      config: configWith('asking'),
      data,
      strategies: { asking },
    });
    const waiting: number[] = [];
    session.onFrame(({ market }) => {
      if (market) waiting.push(session.health()['session/strategy']!.queue);
    });
    await session.runUntil(OPEN + 8 * MINUTE);
    expect(waiting).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
    session.pause();
    await soon();
    await session.stop();
  });

  it('names what went wrong last, and with whom', async () => {
    const broken = () => ({
      onBar: () => {
        throw new Error('no more');
      },
    });
    const session = await openSession({
      config: configWith('broken'),
      data,
      strategies: { broken },
    });
    await expect(session.finish()).rejects.toThrow(RunFailedError);
    expect(session.health()).toMatchObject({
      session: { state: 'failed', last_error: 'strategy "broken" failed in onBar: no more' },
      'session/strategy/broken': {
        last_error: 'no more',
        last_frame: { at: '2024-01-02T09:31:00.000-05:00' },
      },
      'session/processor': { last_error: null },
    });
    expect(session.toJSON().actors).toMatchObject({
      session: { state: 'failed', last_error: 'strategy "broken" failed in onBar: no more' },
      'session/strategy/broken': { state: null, last_error: 'no more' },
    });
  });

  it('remembers a read that had to be tried again', async () => {
    const inner = openFeed(data, { folder: '.' });
    let reads = 0;
    const feed: Feed = {
      name: inner.name,
      index: (request) => inner.index(request),
      availability: (symbol) => inner.availability(symbol),
      skipped: (symbol, interval) => inner.skipped(symbol, interval),
      read: async (request) => {
        reads += 1;
        if (reads === 1) throw new Error('the disk is asleep');
        return inner.read(request);
      },
      fingerprint: (symbol) => inner.fingerprint(symbol),
      close: () => inner.close(),
    };
    const session = await openSession({ config: configOf(), data: feed });
    await session.finish();
    expect(session.health()['session/loading']!.last_error).toBe('the disk is asleep');
    expect(session.status).toBe('completed');
  });
});

describe('what an actor allocates', () => {
  const config = configOf({
    symbols: ['AAPL', 'NEW'],
    end: '2024-01-03',
    session: {
      indicators: { session: [{ name: 'ema', period: 10, interval: '1m' }] },
      strategies: [{ module: 'one' }, { module: 'two' }],
    },
  });
  const strategies = {
    one: () => ({ onBar: () => {} }),
    two: () => ({ subscribe: () => ({ bars: ['5m'] }), onBar: () => {} }),
  };

  it('is what it releases', async () => {
    const session = await openSession({ config, data, strategies });
    const got: object[] = [];
    const gone: object[] = [];
    session.on('ActorSetUp', ({ actor, allocated }) => got.push({ actor, ...allocated }));
    session.on('ActorTornDown', ({ actor, released }) => gone.push({ actor, ...released }));
    await session.finish();
    expect(got.slice(0, 4)).toEqual([
      { actor: 'processor', symbols: 2, series: 4, indicators: 2 },
      { actor: 'quality', series: 2 },
      { actor: 'strategy', strategies: ['one', 'two'], series: 6 },
      { actor: 'scanner', scanners: [] },
    ]);
    expect(gone).toEqual(got.slice(0, 4));
    expect(got.slice(4)).toEqual(gone);
  });

  it('grows by what a symbol added later brings, and all of it is released', async () => {
    const alone = {
      ...config,
      session_data_config: { ...config.session_data_config, symbols: ['AAPL'] },
    };
    const session = await openSession({ config: alone, data, strategies });
    const got: Record<string, unknown>[] = [];
    const gone: Record<string, unknown>[] = [];
    session.on('ActorSetUp', ({ actor, allocated }) => got.push({ actor, ...allocated }));
    session.on('ActorTornDown', ({ actor, released }) => gone.push({ actor, ...released }));
    await session.runUntil(OPEN + 30 * MINUTE);
    await session.addSymbol('NEW');
    await session.finish();
    const numbers = (of: Record<string, unknown>[]) =>
      of.flatMap((entry) => Object.values(entry).filter((value) => typeof value === 'number'));
    expect(numbers(got.slice(0, 4))).toEqual([1, 2, 1, 1, 3]);
    expect(numbers(gone)).toEqual([2, 4, 2, 2, 6]);
    expect(got.slice(4)).toEqual(gone);
  });
});
