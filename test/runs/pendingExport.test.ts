import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../src/index.ts';
import { applyDelta, openSession, type SessionDelta, type SessionJson } from '../../src/index.ts';
import { barsOf, configOf, MINUTE } from '../support.ts';

const data = {
  AAPL: barsOf({ dates: ['2024-01-02'], seed: 3 }),
  TSLA: barsOf({ dates: ['2024-01-02'], seed: 4 }),
};

const adding = (): Strategy => ({
  onBar: ({ opened }, { ensureSymbol }) => {
    if (opened === Date.parse('2024-01-02T14:59:00Z')) ensureSymbol('TSLA');
  },
});

describe('an export between the frames of a running session', () => {
  it('counts facts that wait to be committed, so that deltas from it lead to later states', async () => {
    const config = configOf({ session: { strategies: [{ module: 'adding' }] } });
    const session = await openSession({ config, data, strategies: { adding } });
    let last = session.toJSON() as SessionJson;
    for await (const { at } of session) {
      if (at % (10 * MINUTE) !== 0) continue;
      const delta = session.toJSON({ since: last._metadata.seq }) as SessionDelta;
      const now = session.toJSON() as SessionJson;
      expect(now.performance_metrics.events).toBe(now._metadata.seq);
      expect({ ...applyDelta(last, delta), _metadata: 0 }).toEqual({ ...now, _metadata: 0 });
      last = now;
    }
    expect(session.status).toBe('completed');
    await session.close();
  });

  it('is the state that the log has there', async () => {
    const config = configOf({ session: { strategies: [{ module: 'adding' }] } });
    const session = await openSession({ config, data, strategies: { adding } });
    const seen: SessionJson[] = [];
    for await (const { at } of session) {
      if (at % (20 * MINUTE) === 0) seen.push(session.toJSON() as SessionJson);
    }
    const whole = session.toJSON() as SessionJson;
    for (const then of seen) {
      const delta = session.toJSON({ since: then._metadata.seq }) as SessionDelta;
      expect({ ...applyDelta(then, delta), _metadata: 0 }).toEqual({ ...whole, _metadata: 0 });
    }
    await session.close();
  });
});
