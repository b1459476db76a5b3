import { describe, expect, it } from 'vitest';
import { openSession, type SessionView } from '../../src/index.ts';
import { readingOf, silenceOf } from '../../src/inspect/readings.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { barsOf, configOf, MINUTE, select } from '../support.ts';
import { INSERTED, marketRun, OPEN } from './marketRun.ts';

const { facts, log } = await marketRun();

const NOT_LOADED =
  'NEW is not loaded: no session has loaded it since that of 2024-01-02 was torn down';

const seqAt = (time: number) => facts.findLast(({ at }) => at <= time)!.seq;

describe('what strategies could read', () => {
  it('is what they read in the run itself', async () => {
    const data = { AAPL: barsOf({ dates: ['2024-01-02'], missing: (minute) => minute === 7 }) };
    const indicators = { session: [{ name: 'sma', period: 20, interval: '5m' }] };
    const session = { indicators, strategies: [{ module: 'reader' }] };
    const seen = new Map<number, unknown>();
    const read = (view: SessionView) => {
      const symbol = view.symbol('AAPL')!;
      seen.set(view.seq, {
        sma: symbol.indicator('sma_20_5m'),
        counts: symbol.intervals.map((interval) => symbol.bars(interval)!.length),
        last: symbol.bars('1m')!.at(-1),
        quality: symbol.quality,
        metrics: symbol.metrics,
      });
    };
    const reader = () => ({ onBar: (_: unknown, { view }: { view: SessionView }) => read(view) });
    const strategies = { reader } as never;
    const live = await openSession({ config: configOf({ session }), data, strategies });
    await live.finish();
    expect(seen.size).toBeGreaterThan(380);
    for (const [seq, expected] of [...seen].filter((_, i) => i % 41 === 0)) {
      const reading = readingOf(stateAt(live.log, seq).data, 'AAPL')!;
      const { warmup, ...sma } = reading.indicators[0]!;
      expect(warmup).toBe(20);
      const [base] = reading.bars;
      expect({
        sma,
        counts: reading.bars.map(({ count }) => count),
        last: base!.last,
        quality: reading.quality,
        metrics: reading.metrics,
      }).toEqual(expected);
    }
  });

  it('is nothing of a symbol that is not in the session', () => {
    expect(readingOf(stateAt(log, seqAt(OPEN + MINUTE)).data, 'NEW')).toBeNull();
  });
});

describe('why there is no signal', () => {
  it('may be that values were not ready, and shows what strategies were called for', () => {
    const seq = seqAt(OPEN + 35 * MINUTE);
    const silence = silenceOf(log, 'AAPL', seq);
    expect(silence).toMatchObject({ seq, at: OPEN + 35 * MINUTE, phase: 'active', symbol: 'AAPL' });
    expect(silence.strategies).toEqual(['above']);
    const now = facts.filter((fact) => fact.at === OPEN + 35 * MINUTE && fact.seq <= seq);
    const news = now.filter(
      (fact) =>
        ['BarAppended', 'BarDerived', 'IndicatorUpdated'].includes(fact.type) &&
        'symbol' in fact &&
        fact.symbol === 'AAPL',
    );
    expect(silence.news).toEqual(news);
    expect(silence.news.map(({ type }) => type)).toContain('BarDerived');
    const signals = select(facts, 'SignalEmitted').filter((fact) => fact.seq <= seq);
    expect(silence.signals).toEqual(signals.filter(({ symbol }) => symbol === 'AAPL').slice(-5));
    expect(silence.lastSignal).toEqual(signals.at(-1));
    expect(silence.reasons).toEqual([]);
  });

  it('may be that a value was not valid yet, or nothing new came, or the market was not open', () => {
    const first = silenceOf(log, 'AAPL', seqAt(Date.parse('2024-01-02T14:31:00Z')));
    expect(first.reasons).toEqual([]);
    const missing = silenceOf(log, 'AAPL', seqAt(OPEN + 117 * MINUTE));
    expect(missing.news).toEqual([]);
    expect(missing.reasons[0]).toMatch(/^nothing new of AAPL came at that instant/);
    const closed = silenceOf(log, 'AAPL', select(facts, 'SessionEnded')[0]!.seq);
    expect(closed.reasons).toContain('the market is not open: the run is in phase 4 ending');
  });

  it('may be that the symbol was not there, or hidden', () => {
    const before = silenceOf(log, 'NEW', seqAt(OPEN));
    expect(before).toMatchObject({ reading: null, reasons: [NOT_LOADED] });
    const lagging = select(facts, 'SymbolLagging')[0]!;
    const hidden = silenceOf(log, 'NEW', lagging.seq);
    expect(hidden.at).toBe(INSERTED);
    expect(hidden.reading?.lagging).toBe(true);
    expect(hidden.news).toEqual([]);
    expect(hidden.reasons[0]).toMatch(/^NEW lags behind the clock/);
    expect(() => silenceOf(log, 'NWE', 100)).toThrow('did you mean "NEW"?');
  });

  it('may be that the config has no strategy, or an indicator is warming up', async () => {
    const data = { AAPL: barsOf({ dates: ['2024-01-02'] }) };
    const indicators = { session: [{ name: 'sma', period: 20, interval: '5m' }] };
    const live = await openSession({ config: configOf({ session: { indicators } }), data });
    await live.runUntil(Date.parse('2024-01-02T15:00:00Z'));
    const { reasons } = silenceOf(live.log, 'AAPL', live.log.position);
    expect(reasons).toEqual([
      'the config has no strategy that is enabled',
      'sma_20_5m is not valid yet: it needs 20 bars of 5m',
    ]);
    await live.close();
  });
});
