/** A longer run: what questions cost, counted in frames and rows, never in time. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Inspection, openSession } from '../../src/index.ts';
import { configOf } from '../support.ts';
import { temporaryFolder } from './marketRun.ts';

const symbols = Array.from({ length: 12 }, (_, i) => `S${i + 10}`);
const session = await openSession({
  config: configOf({
    symbols,
    start: '2024-01-02',
    end: '2024-01-08',
    session: {
      data: { type: 'synthetic', seed: 5, missing: 0.01 },
      indicators: { session: [{ name: 'sma', period: 5, interval: '1m' }] },
    },
  }),
  log: join(temporaryFolder(), 'run'),
});
await session.finish();
const folder = session.folder!;
const last = session.log.position;

describe('questions to a run of many facts', () => {
  it('have the first page before the log was gone through', async () => {
    const inspection = new Inspection(folder);
    const { counters } = inspection.a.log;
    const before = counters.frames;
    await inspection.ask('events', { limit: 100 });
    expect(counters.frames - before).toBeLessThan(200);
    expect(inspection.a.indexed).toBe(false);
  });

  it('read next to nothing where the index knows', async () => {
    const inspection = new Inspection(folder);
    await inspection.grow();
    const { counters } = inspection.a.log;
    const before = counters.frames;
    await inspection.ask('lanes', { from: 1, to: last, px: 800 });
    await inspection.ask('overview', { px: 800, q: 'type:Gap* by:session/quality' });
    await inspection.ask('charts', { at: Math.floor(last / 2) });
    for (const unit of ['bar', 'transition', 'phase', 'day'] as const) {
      await inspection.ask('step', { from: Math.floor(last / 2), unit });
    }
    expect(counters.frames).toBe(before);
    await inspection.ask('events', { offset: Math.floor(last / 2), limit: 60 });
    expect(counters.frames - before).toBeLessThan(120);
  });

  it('fold on from the state they had', async () => {
    const inspection = new Inspection(folder);
    await inspection.ask('state', { at: last - 500 });
    const { counters } = inspection.a.log;
    const before = counters.frames;
    for (let at = last - 499; at <= last - 400; at++) await inspection.ask('state', { at });
    expect(counters.frames - before).toBeLessThan(220);
  });

  it('count a filter once', async () => {
    const inspection = new Inspection(folder);
    const q = 'symbol:S13 valid=true';
    for (;;) {
      const { complete } = await inspection.ask('events', { q, from: last, limit: 1 });
      if (complete) break;
    }
    const { counters } = inspection.a.log;
    const before = counters.frames;
    const { rows, total } = await inspection.ask('events', { q, offset: 1000, limit: 100 });
    expect([rows.length, total > 1000]).toEqual([100, true]);
    expect(counters.frames - before).toBeLessThan(600);
  });
});
