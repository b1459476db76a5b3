import { describe, expect, it } from 'vitest';
import { type Fact, openSession, type SessionView } from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { barsOf, configOf, MINUTE, select } from '../support.ts';

const DATE = '2024-01-02';
const OPEN = Date.parse('2024-01-02T14:30:00Z');
/** No bar of NEW in its minutes 0 to 4. */
const data = {
  AAPL: barsOf({ dates: [DATE], seed: 1 }),
  NEW: barsOf({ dates: [DATE], seed: 2, missing: (minute) => minute < 5 }),
};

/** Adds NEW after so many minutes. */
async function added(minutes: number, streaming: object = {}) {
  let strategies: SessionView | undefined;
  const session = await openSession({
    config: configOf({ session: { streaming, strategies: [{ module: 'looking' }] } }),
    data,
    strategies: {
      looking: () => ({
        setup: ({ view }) => {
          strategies = view;
        },
      }),
    },
  });
  await session.runUntil(OPEN + minutes * MINUTE);
  const facts: Fact[] = [];
  /** At every frame: whether it lags, whether all see it, whether strategies do. */
  const seen: unknown[] = [];
  session.onFrame((frame) => {
    facts.push(...frame.facts());
    if (!frame.facts().some(({ type }) => /^Bar|^SymbolCaughtUp/.test(type))) return;
    const { lagging } = session.view.symbol('NEW')!;
    const shown = [
      strategies!.has('NEW'),
      strategies!.symbols.includes('NEW'),
      strategies!.symbol('NEW') !== undefined,
    ];
    seen.push([lagging, session.view.has('NEW'), ...new Set(shown)]);
  });
  expect(await session.addSymbol('NEW')).toMatchObject({ added: true });
  return { session, facts, seen };
}

/** The bars of NEW before each fact about its lag, and that fact. */
function lagOf(facts: readonly Fact[]): unknown[] {
  let bars = 0;
  return facts.flatMap((fact) => {
    if (fact.type === 'BarAppended' && fact.symbol === 'NEW') bars += 1;
    if (fact.type === 'SymbolLagging') return [[bars, fact.type, fact.symbol, fact.lag_seconds]];
    return fact.type === 'SymbolCaughtUp' ? [[bars, fact.type, fact.symbol]] : [];
  });
}

describe('a symbol that is caught up with', () => {
  it('lags from its first bar until a look finds it near the clock', async () => {
    const { facts, session } = await added(30, { catchup_check_interval: 3 });
    // Bars 1, 4, 7 … 25 are looked at; the first ends at minute 6, the 25th at minute 30.
    expect(lagOf(facts)).toEqual([
      [1, 'SymbolLagging', 'NEW', 24 * 60],
      [25, 'SymbolCaughtUp', 'NEW'],
    ]);
    const [lagging] = select(facts, 'SymbolLagging');
    const [first] = select(facts, 'BarAppended', 'NEW');
    expect(lagging).toMatchObject({
      at: OPEN + 30 * MINUTE,
      by: 'session/feed',
      cause: first!.seq,
    });
    await session.close();
  });

  it('has caught up at the end at the latest', async () => {
    const { facts, session } = await added(30);
    // Bars 1, 11 and 21 are looked at, which end 24, 14 and 4 minutes ago.
    expect(lagOf(facts)).toEqual([
      [1, 'SymbolLagging', 'NEW', 24 * 60],
      [25, 'SymbolCaughtUp', 'NEW'],
    ]);
    expect(facts.filter(({ type }) => type === 'BarAppended')).toHaveLength(25);
    await session.close();
  });

  it('has caught up at the threshold itself', async () => {
    const { facts, session } = await added(30, {
      catchup_check_interval: 1,
      catchup_threshold_seconds: 600,
    });
    expect(lagOf(facts)).toEqual([
      [1, 'SymbolLagging', 'NEW', 24 * 60],
      [15, 'SymbolCaughtUp', 'NEW'],
    ]);
    await session.close();
  });

  it.each([
    ['it is not further behind than the threshold', 30, { catchup_threshold_seconds: 24 * 60 }],
    ['it has no bar yet', 5, {}],
    ['the session opens', 0, {}],
  ])('does not lag where %s', async (_, minutes, streaming) => {
    const { facts, session } = await added(minutes, streaming);
    expect(lagOf(facts)).toEqual([]);
    await session.close();
  });

  it('is hidden from strategies meanwhile, and from nobody else', async () => {
    const { seen, session } = await added(9, { catchup_check_interval: 2 });
    // Bars end 3, 2, 1 and 0 minutes ago; the first and the third are looked at.
    expect(seen).toEqual([
      [true, true, false],
      [true, true, false],
      [false, true, true],
      [false, true, true],
    ]);
    await session.close();
  });

  it('lags in the state of the log at that fact, and not after', async () => {
    const { facts, session } = await added(30);
    const lagging = (type: 'SymbolLagging' | 'SymbolCaughtUp') =>
      stateAt(session.log, select(facts, type)[0]!.seq).data.symbols.get('NEW')?.lagging;
    expect([lagging('SymbolLagging'), lagging('SymbolCaughtUp')]).toEqual([true, false]);
    await session.close();
  });
});
