import { beforeAll, describe, expect, it } from 'vitest';
import { factsOf, openSession, type Session, SessionView } from '../../src/index.ts';
import { startOf, stateAt } from '../../src/inspect/stateAt.ts';
import { configOf } from '../support.ts';

const config = configOf({
  symbols: ['AAPL', 'MSFT'],
  start: '2024-01-02',
  end: '2024-01-03',
  session: {
    data: { type: 'synthetic', seed: 3, missing: 0.02 },
    historical: { data: [{ trailing_days: 2, intervals: ['1m'] }] },
    indicators: {
      session: [
        { name: 'sma', period: 5, interval: '5m' },
        { name: 'macd', interval: '1m' },
      ],
    },
  },
});
/** All that a strategy could read. */
function readingsOf(view: SessionView): string {
  const symbols = view.symbols.map((name) => {
    const symbol = view.symbol(name)!;
    const { quality, metrics, indicators, historyIntervals } = symbol;
    const bars = symbol.intervals.map((interval) => [...symbol.bars(interval)!]);
    const history = historyIntervals.map((interval) => [...symbol.history(interval)!.bars()]);
    return { name, quality, metrics, indicators, bars, history, gaps: symbol.gaps() };
  });
  const { seq, now, session, phase, active } = view;
  return JSON.stringify({ seq, now, session, phase, active, symbols });
}

describe('the state of a run at one of its facts', () => {
  let session: Session;
  /** What the run itself showed after some of its frames. */
  const shown = new Map<number, string>();

  beforeAll(async () => {
    session = await openSession({ config });
    for (let frames = 1; ; frames++) {
      const frame = await session.step();
      if (frame === null) break;
      if (frames % 50 === 0) shown.set(session.view.seq, readingsOf(session.view));
    }
  });

  it('is what the run showed there', () => {
    expect(shown.size).toBe(15);
    for (const [seq, readings] of shown) {
      expect(readingsOf(new SessionView(stateAt(session.log, seq).data))).toBe(readings);
    }
  });

  it('is what the run had at its end', () => {
    const { data, tally } = stateAt(session.log);
    expect(data.status).toBe('completed');
    expect(data.seq).toBe(session.log.position);
    expect(Object.fromEntries(tally.facts)).toEqual(session.summary().facts);
    expect(readingsOf(new SessionView(data))).toBe(readingsOf(session.view));
  });

  it('holds every fact up to there and none after, also inside a frame and a block', () => {
    const { log } = session;
    const facts = [...log.read()].flatMap((frame) => [...factsOf(frame, log.table)]);
    for (const [i, { type }] of facts.entries()) {
      if (type !== 'IndicatorUpdated' || facts[i - 1]?.type !== type || i % 31 !== 0) continue;
      const { data, tally } = stateAt(log, i);
      const before = facts.slice(0, i);
      expect(data.seq).toBe(i);
      expect(tally.facts.get(type)).toBe(before.filter((fact) => fact.type === type).length);
      if (i > 1_500) break;
    }
    const second = facts.findLastIndex(({ type }) => type === 'BarAppended');
    const [bars, allBut] = [stateAt(log, second + 1), stateAt(log, second)].map(({ data }) =>
      [...data.symbols.values()].reduce((sum, { metrics }) => sum + metrics.bars, 0),
    );
    expect(bars! - allBut!).toBe(1);
  });

  it('begins with the config', () => {
    expect(startOf(session.log)?.config).toMatchObject({ session_name: 'test' });
  });
});
