import { describe, expect, it } from 'vitest';
import { type CommittedFrame, openSession, RunFailedError, type Session } from '../../src/index.ts';
import { barsOf, configOf, MINUTE, runOf } from '../support.ts';
import { pass, settled, takeHostTime } from './hostTime.ts';

const dates = ['2024-01-02', '2024-01-03'];
const OPEN = Date.parse('2024-01-02T14:30:00Z');
const CLOSE = Date.parse('2024-01-02T21:00:00Z');
const NEXT_CLOSE = Date.parse('2024-01-03T21:00:00Z');
const data = { AAPL: barsOf({ dates, seed: 1 }), NEW: barsOf({ dates, seed: 2 }) };
const config = configOf({ end: '2024-01-03' });

/** A turn of the event loop, in which the session could go on. */
const turn = () => new Promise((done) => setImmediate(done));

const seqsOf = (frames: readonly CommittedFrame[]) =>
  frames.flatMap((frame) => frame.facts().map(({ seq }) => seq));

const oneTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe('a subscriber of a data-driven session', () => {
  it.each([1, 7, 'auto'] as const)(
    'has settled before the next market instant, with slices of %s',
    async (slice) => {
      const session = await openSession({ config, data, slice });
      const frames: CommittedFrame[] = [];
      const subscription = session.subscribe(async (frame) => {
        frames.push(frame);
        if (!frame.market) return;
        const bars = () => session.view.symbol('AAPL')?.bars('1m')?.length;
        const seen = [session.view.now, bars()];
        await turn();
        await turn();
        expect([session.view.now, bars()]).toEqual(seen);
        expect(session.view.now).toBe(frame.at);
      });
      const summary = await session.finish();
      await subscription.done;
      expect(frames.filter(({ market }) => market)).toHaveLength(780);
      expect(seqsOf(frames)).toEqual(oneTo(session.log.position));
      expect(summary.chain_hash).toBe((await runOf({ config, data })).summary.chain_hash);
      expect(session.overruns).toBe(0);
    },
  );

  it('still finds the day where it is at its close', async () => {
    const session = await openSession({ config, data });
    const counts: unknown[] = [];
    session.subscribe(async ({ at, market }) => {
      if (!market || at !== CLOSE) return;
      await new Promise((done) => setTimeout(done, 50));
      counts.push(session.view.symbol('AAPL')?.bars('1m')?.length);
    });
    await session.finish();
    expect(counts).toEqual([390]);
  });

  it('is waited for by the side of others, each with frames of its own', async () => {
    const session = await openSession({ config, data });
    const heard: string[] = [];
    for (const name of ['a', 'b']) {
      session.subscribe(async ({ at, market }) => {
        if (!market || at > OPEN + 3 * MINUTE) return;
        if (name === 'b') await turn();
        heard.push(`${name} ${(at - OPEN) / MINUTE}`);
      });
    }
    await session.finish();
    expect(heard).toEqual(['a 1', 'b 1', 'a 2', 'b 2', 'a 3', 'b 3']);
  });

  it('is done when it has consumed the last frame, and so is the run', async () => {
    const session = await openSession({ config, data });
    let last = 0;
    const subscription = session.subscribe(async (frame) => {
      await Promise.resolve();
      last = frame.lastSeq;
    });
    await session.finish();
    expect(last).toBe(session.log.position);
    expect(subscription).toMatchObject({ ready: true, queued: 0, overruns: 0 });
    await subscription.done;
  });

  it('begins with the next frame when it comes in late, and at once when all is over', async () => {
    const session = await openSession({ config, data });
    await session.runUntil(OPEN + 10 * MINUTE);
    const at: number[] = [];
    session.subscribe(async (frame) => frame.market && at.push(frame.at));
    await session.runUntil(OPEN + 12 * MINUTE);
    expect(at).toEqual([OPEN + 11 * MINUTE, OPEN + 12 * MINUTE]);
    await session.finish();
    expect(at.at(-1)).toBe(NEXT_CLOSE);
    await session.subscribe(() => expect.unreachable()).done;
  });

  it('may add symbols and stop the run while the session waits for it', async () => {
    const session = await openSession({ config, data });
    const added: unknown[] = [];
    session.subscribe(async ({ at, market }) => {
      if (market && at === OPEN + 5 * MINUTE) added.push(await session.addSymbol('NEW'));
      if (market && at === CLOSE + 1_050 * MINUTE + 5 * MINUTE) await session.stop();
    });
    const summary = await session.finish();
    expect(added).toEqual([{ added: true, symbol: 'NEW' }]);
    expect(summary).toMatchObject({ status: 'stopped', symbols: { NEW: { bars: 395 } } });
  });

  it('may add a symbol between two days while the session waits for it', async () => {
    const session = await openSession({ config, data });
    const added: unknown[] = [];
    session.subscribe(async (frame) => {
      if (added.length > 0 || !frame.facts().some(({ type }) => type === 'SessionEnded')) return;
      added.push(await session.addSymbol('NEW'));
    });
    const summary = await session.finish();
    expect(added).toEqual([{ added: true, symbol: 'NEW' }]);
    expect(summary.symbols.NEW?.bars).toBe(390);
  });

  it('waits through a pause with the session', async () => {
    const session = await openSession({ config, data });
    let paused = false;
    const subscription = session.subscribe(async ({ market }) => {
      if (!market || paused) return;
      paused = true;
      session.pause();
      await turn();
      session.resume();
      await turn();
      expect(session.view.now).toBe(OPEN + MINUTE);
    });
    expect((await session.finish()).status).toBe('completed');
    await subscription.done;
  });
});

describe('a subscriber that ends', () => {
  const broken = new Error('my page is gone');

  it.each([
    ['rejects', () => Promise.reject(broken)],
    [
      'throws',
      () => {
        throw broken;
      },
    ],
  ])('is the only one to end when it %s, on the record', async (_, fail) => {
    const session = await openSession({ config, data });
    let calls = 0;
    const failing = session.subscribe(({ at, market }) => {
      calls += 1;
      return market && at === OPEN + 2 * MINUTE ? fail() : undefined;
    });
    let other = 0;
    session.subscribe(async ({ lastSeq }) => {
      other = lastSeq;
    });
    expect((await session.finish()).status).toBe('completed');
    await expect(failing.done).rejects.toBe(broken);
    expect(session.journal).toEqual([
      { type: 'SubscriberFailed', reason: 'my page is gone', at: OPEN + 2 * MINUTE },
    ]);
    expect(calls).toBeLessThan(100);
    expect(other).toBe(session.log.position);
  });

  it('by stop is called no more, and no longer waited for', async () => {
    const session = await openSession({ config, data });
    const at: number[] = [];
    const subscription = session.subscribe(async (frame) => {
      if (!frame.market) return;
      at.push(frame.at);
      // Never settles: without the stop the session would wait for ever.
      if (at.length === 3) await new Promise(() => setImmediate(() => subscription.stop()));
    });
    expect((await session.finish()).status).toBe('completed');
    await subscription.done;
    expect(at).toEqual([OPEN + MINUTE, OPEN + 2 * MINUTE, OPEN + 3 * MINUTE]);
  });

  it('has consumed all of a run that fails', async () => {
    const session = await openSession({
      config: configOf({ session: { strategies: [{ module: 'broken' }] } }),
      data,
      strategies: {
        broken: () => ({
          onBar: ({ opened }) => {
            if (opened === OPEN + 5 * MINUTE) throw broken;
          },
        }),
      },
    });
    const types: string[] = [];
    session.subscribe(async (frame) => {
      await turn();
      types.push(...frame.facts().map(({ type }) => type));
    });
    await expect(session.finish()).rejects.toBeInstanceOf(RunFailedError);
    expect(types.at(-1)).toBe('RunFailed');
  });
});

describe('a subscriber of a clock-driven session', () => {
  takeHostTime();

  const paced = (speed: number) => ({
    ...config,
    backtest_config: { ...config.backtest_config, speed_multiplier: speed },
  });

  /** Takes so long for every market frame. */
  function slow(session: Session, ms: number) {
    const frames: CommittedFrame[] = [];
    const at: number[] = [];
    const subscription = session.subscribe(async (frame) => {
      frames.push(frame);
      if (!frame.market) return;
      at.push(performance.now());
      await new Promise((done) => setTimeout(done, ms));
    });
    return { frames, at, subscription };
  }

  it('that is fast enough is never late', async () => {
    const session = await openSession({ config: paced(600), data });
    const { frames, subscription } = slow(session, 90);
    await settled(session.finish());
    expect(seqsOf(frames)).toEqual(oneTo(session.log.position));
    expect([session.overruns, subscription.overruns]).toEqual([0, 0]);
  });

  it('that is slow is not waited for, counts overruns, and gets every frame in order', async () => {
    const session = await openSession({ config: paced(600), data });
    const { frames, at, subscription } = slow(session, 250);
    const summary = await settled(session.finish());
    expect(seqsOf(frames)).toEqual(oneTo(session.log.position));
    // The market took 100 ms for each of 780 minutes, the consumer 250, from the first minute on.
    expect(summary.seconds).toBe(78);
    expect(performance.now() - at[0]!).toBe(780 * 250);
    expect(at.map((ms) => ms - at[0]!)).toEqual(at.map((_, i) => i * 250));
    expect([session.overruns, subscription.overruns]).toEqual([779, 779]);
    const entries = session.journal.filter(({ type }) => type === 'Overrun');
    expect(entries[0]).toEqual({
      type: 'Overrun',
      overruns: 1,
      at: OPEN + 2 * MINUTE,
      consumer: 'subscriber',
      behind: 1,
    });
    expect(entries.at(-1)).toEqual({ type: 'Overrun', overruns: 779, total: true });
    const whole = await settled((await openSession({ config, data })).finish());
    expect(summary.chain_hash).toBe(whole.chain_hash);
  });

  it('is waited for where the session goes at once, whatever its pace', async () => {
    const session = await openSession({ config: paced(600), data });
    const { frames } = slow(session, 250);
    await settled(session.runUntil(OPEN + 10 * MINUTE));
    await pass(250);
    expect(frames.filter(({ market }) => market)).toHaveLength(10);
    expect(session.overruns).toBe(0);
    await session.close();
  });
});
