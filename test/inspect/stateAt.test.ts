import { beforeAll, describe, expect, it } from 'vitest';
import { sessionJson } from '../../src/domain/sessionJson.ts';
import { factsOf, openSession, type Session } from '../../src/index.ts';
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
const context = { exchange: 'XNYS', zone: 'America/New_York', config, system: {} };

describe('the state of a run at one of its facts', () => {
  let session: Session;
  /** The export after some frames, as the run itself had it. */
  const seen = new Map<number, string>();

  beforeAll(async () => {
    session = await openSession({ config });
    let frames = 0;
    for await (const { lastSeq } of session) {
      frames += 1;
      if (frames % 97 !== 0 || session.view.seq !== lastSeq) continue;
      seen.set(lastSeq, JSON.stringify(exportAt(lastSeq)));
    }
  });

  function exportAt(seq: number) {
    const { data, tally } = stateAt(session.log, seq);
    return sessionJson(data, { ...context, tally });
  }

  it('is the same while the run goes on and when it is over', () => {
    expect(seen.size).toBeGreaterThan(5);
    for (const [seq, json] of seen) expect(JSON.stringify(exportAt(seq))).toBe(json);
  });

  it('is what the run had at its end', () => {
    const { data, tally } = stateAt(session.log);
    expect(data.status).toBe('completed');
    expect(data.seq).toBe(session.log.position);
    expect(Object.fromEntries(tally.facts)).toEqual(session.summary().facts);
    for (const symbol of session.view.symbols) {
      const bars = session.view.symbol(symbol)!.bars('1m')!;
      const { columns } = data.symbols.get(symbol)!.bars.get('1m')!;
      expect(Array.from({ length: columns.length }, (_, i) => columns.at(i))).toEqual([...bars]);
    }
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
