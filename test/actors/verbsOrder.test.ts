import { describe, expect, it } from 'vitest';
import { type Fact, openSession, type Strategy, type StrategyContext } from '../../src/index.ts';
import { CALLBACKS, configOf, MINUTE, select } from '../support.ts';
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

const data = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(2, 0.1), ALSO: barsWithHoles(3, 0) };
const [, first, second] = DATES as [string, string, string];
const SMA = { name: 'sma', period: 3, interval: '1m' };
const config = configOf({
  start: first,
  end: second,
  streams: ['1m', '5m'],
  session: { strategies: [{ module: 'own' }], indicators: { session: [SMA] } },
});

type Callback = (typeof CALLBACKS)[number];
type Act = (context: StrategyContext) => void;

/** A strategy that acts in one callback, the first time or whenever `when` says, and notes what it is told. */
function acting(callback: Callback, act: Act, options: { once?: boolean; told?: string[] } = {}) {
  const { once = true, told = [] } = options;
  return (): Strategy => {
    let done = false;
    const call = (name: Callback, args: unknown[]) => {
      const context = args.at(-1) as StrategyContext;
      if (name.startsWith('onSymbol')) told.push(`${name} ${args[0]}`);
      if (name !== callback || (once && done)) return;
      done = true;
      act(context);
    };
    const made = CALLBACKS.map((name) => [name, (...args: unknown[]) => call(name, args)]);
    return Object.fromEntries(made) as Strategy;
  };
}

async function finished(own: () => Strategy, slice: 1 | 7 | 'auto' = 'auto') {
  const { session, facts } = await recorded({ config, data, strategies: { own }, slice });
  const summary = await session.finish();
  return { session, facts, summary };
}

const barOf = (date: string, minute: number) => ({
  opened: openOf(date) + minute * MINUTE,
  ...{ open: 10, high: 11, low: 9, close: 10, volume: 1 },
});

describe('verbs used in one callback', () => {
  it('add and remove in that order: the symbol was there and is gone', async () => {
    const told: string[] = [];
    const act: Act = (context) => {
      context.ensureSymbol('NEW');
      context.removeSymbol('NEW');
    };
    const { session, facts } = await finished(acting('onBar', act, { told }));
    expect(told).toEqual(['onSymbolAdded NEW']);
    expect(session.view.symbols).toEqual(['AAPL']);
    const fate = facts.filter(({ type }) => ['SymbolRegistered', 'SymbolRemoved'].includes(type));
    expect(fate.map((fact) => `${fact.type} ${(fact as { symbol?: string }).symbol}`)).toEqual([
      'SymbolRegistered AAPL',
      'SymbolRegistered NEW',
      'SymbolRemoved NEW',
      'SymbolRegistered AAPL',
    ]);
  });

  it('remove and add in that order: the symbol is there, anew', async () => {
    const told: string[] = [];
    let bars = 0;
    const act: Act = (context) => {
      bars += 1;
      if (bars === 1) context.ensureSymbol('NEW');
      if (bars !== 10) return;
      context.removeSymbol('NEW');
      context.ensureSymbol('NEW');
      context.ensureSymbol('NEW');
    };
    const { session, facts } = await finished(acting('onBar', act, { told, once: false }));
    expect(told).toEqual(['onSymbolAdded NEW', 'onSymbolAdded NEW']);
    expect(session.view.symbols).toEqual(['AAPL', 'NEW']);
    expect(select(facts, 'SymbolRemoved')).toHaveLength(1);
    expect(select(facts, 'MessageReceived')).toHaveLength(3);
    const whole = await openSession({
      config: {
        ...config,
        session_data_config: { ...config.session_data_config, symbols: ['AAPL', 'NEW'] },
      },
      data,
      strategies: { own: acting('setup', () => {}) },
    });
    await whole.finish();
    expect(subtree(session.view, 'NEW')).toEqual(subtree(whole.view, 'NEW'));
  });

  it('add, remove and add: the symbol is there, and each is answered', async () => {
    const session = await openSession({
      config,
      data,
      strategies: { own: acting('setup', () => {}) },
    });
    await runTo(session, first, 10);
    const answers = await Promise.all([
      session.addSymbol('NEW'),
      session.removeSymbol('NEW'),
      session.addSymbol('NEW'),
      session.addSymbol('NEW'),
      session.removeSymbol('ALSO'),
      session.addSymbol('ALSO'),
    ]);
    expect(answers).toMatchObject([
      { added: true },
      { removed: true },
      { added: true },
      { added: true },
      { removed: false },
      { added: true },
    ]);
    expect(session.view.symbols).toEqual(['AAPL', 'NEW', 'ALSO']);
    expect(session.view.symbol('NEW')?.addedBy).toBe('adhoc');
    expect(session.journal).toMatchObject([
      { type: 'symbol.add', symbol: 'NEW', reason: 'it is on its way' },
    ]);
    await session.close();
  });

  it('ask for an indicator of an unknown symbol and then for all of it: one full symbol with both', async () => {
    const told: string[] = [];
    const act: Act = (context) => {
      context.registerIndicator('NEW', { ...SMA, period: 4 });
      context.registerIndicator('NEW', SMA);
      context.ensureSymbol('NEW');
    };
    const { session, facts } = await finished(acting('onBar', act, { told }));
    expect(told).toEqual(['onSymbolAdded NEW']);
    const keys = session.view.symbol('NEW')?.indicators.map(({ key }) => key);
    expect(keys).toEqual(['sma_3_1m', 'sma_4_1m']);
    const updates = select(facts, 'IndicatorUpdated', 'NEW').filter(
      ({ key, at, catchup }) => key === 'sma_3_1m' && at > openOf(second) && !catchup,
    );
    expect(new Set(updates.map(({ at }) => at)).size).toBe(updates.length);
  });

  it('remove a symbol and ask for an indicator of it: it is there light', async () => {
    const session = await openSession({
      config,
      data,
      strategies: { own: acting('setup', () => {}) },
    });
    await runTo(session, first, 10);
    await session.addSymbol('NEW');
    const gone = session.removeSymbol('NEW');
    const light = session.registerIndicator('NEW', SMA);
    expect([await gone, await light]).toMatchObject([{ removed: true }, { registered: true }]);
    expect(session.toJSON().session_data.NEW).toMatchObject({
      metadata: { auto_provisioned: true },
    });
    await session.close();
  });

  it('ask for the removal of a config symbol and for an indicator of it: it stays as it is', async () => {
    const act: Act = (context) => {
      context.removeSymbol('AAPL');
      context.registerIndicator('AAPL', { ...SMA, period: 4 });
      context.ensureSymbol('AAPL');
    };
    const { session, facts } = await finished(acting('onBar', act));
    expect(select(facts, 'MessageRefused').map(({ message }) => message)).toEqual([
      'symbol.remove',
      'symbol.add',
    ]);
    expect(session.view.symbol('AAPL')?.indicator('sma_4_1m')?.valid).toBe(true);
    expect(session.view.symbol('AAPL')?.bars('1m')?.length).toBe(390);
    expect(unansweredIn(facts)).toEqual([]);
  });
});

describe.each(CALLBACKS)('all verbs, used in %s', (callback) => {
  const everything: Act = (context) => {
    context.ensureSymbol('NEW');
    context.ensureSymbol('GONE');
    context.registerIndicator('AAPL', { name: 'ema', period: 5, interval: '10m' });
    context.registerIndicator('NEW', { name: 'ema', period: 5, interval: '1m' });
    context.registerIndicator('LIGHT', { name: 'ema', period: 5, interval: '5m' });
    context.addBar('NEW', '1m', barOf(first, 1), { replace: true });
    context.addBar('AAPL', '1m', barOf(second, 1), { replace: true });
    context.addBar('NONE', '1m', barOf(first, 0));
    context.ensureSymbol('ALSO');
    context.removeSymbol('ALSO');
  };
  /** Some callbacks need to be brought about. */
  const own = (told: string[]) => () => {
    const inner = acting(callback, everything, { told })();
    const { setup } = inner;
    let first = true;
    inner.setup = (context) => {
      setup?.(context);
      if (first && callback === 'onSymbolAdded') context.ensureSymbol('ALSO');
      if (first && callback === 'onSymbolRefused') context.ensureSymbol('GONE');
      first = false;
    };
    return inner;
  };

  it('take effect before the next frame, at any slice size, each of them answered', async () => {
    const hashes: string[] = [];
    let facts: Fact[] = [];
    for (const slice of [1, 7, 'auto'] as const) {
      const told: string[] = [];
      const run = await finished(own(told), slice);
      expect(run.summary.status).toBe('completed');
      facts = run.facts;
      hashes.push(run.summary.chain_hash);
      expect(unansweredIn(facts)).toEqual([]);
      expect(told).toContain('onSymbolAdded NEW');
      expect(told).toContain('onSymbolRefused GONE');
      expectFoldToEqual(run.session);
      // Only where a bar of today has ended can it be added.
      const none = ['onBar', 'onIndicator'].includes(callback) ? ['NONE'] : [];
      const there = ['AAPL', 'LIGHT', 'NEW', ...none];
      expect(run.session.view.symbols.toSorted()).toEqual(there);
      expect(run.session.view.symbol('AAPL')?.indicator('ema_5_10m')?.valid).toBe(true);
    }
    expect(new Set(hashes).size).toBe(1);
    const asked = select(facts, 'MessageReceived').at(-1)!;
    const frame = select(facts, 'BarAppended').find(({ seq, adhoc, catchup }) => {
      return seq > asked.seq && !adhoc && !catchup;
    })!;
    const gone = select(facts, 'SymbolRemoved', 'ALSO').at(-1)!;
    expect(gone.seq).toBeGreaterThan(asked.seq);
    expect(gone.seq).toBeLessThan(frame.seq);
  });
});
