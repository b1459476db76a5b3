import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Fact, openSession, RunFailedError, type Strategy } from '../../src/index.ts';
import { barsOf, configOf, MINUTE, runOf, select } from '../support.ts';

const dates = ['2024-01-02', '2024-01-03'];
const OPEN = Date.parse('2024-01-02T14:30:00Z');
const CLOSE = Date.parse('2024-01-02T21:00:00Z');
const NEXT_OPEN = Date.parse('2024-01-03T14:30:00Z');
const data = { AAPL: barsOf({ dates, seed: 1 }), MSFT: barsOf({ dates, seed: 2 }) };
const config = configOf({
  symbols: ['MSFT', 'AAPL'],
  end: '2024-01-03',
  session: { indicators: { session: [{ name: 'ema', period: 10, interval: '1m' }] } },
});

describe('a session that is driven', () => {
  it('starts nothing before it is asked to', async () => {
    const session = await openSession({ config, data });
    expect(session.status).toBe('ready');
    expect(session.log.position).toBe(0);
    await session.close();
  });

  it('goes one market instant with every step, across the change of days', async () => {
    const session = await openSession({ config, data });
    const at: number[] = [];
    for (let frame = await session.step(); frame !== null; frame = await session.step()) {
      at.push(frame.at);
    }
    const minutes = Array.from({ length: 390 }, (_, i) => (i + 1) * MINUTE);
    expect(at).toEqual([...minutes.map((m) => OPEN + m), ...minutes.map((m) => NEXT_OPEN + m)]);
    expect(session.status).toBe('completed');
  });

  it('stands after a step where its frame left it', async () => {
    const session = await openSession({ config, data });
    const frame = await session.step();
    expect(session.view.now).toBe(OPEN + MINUTE);
    expect(session.view.symbol('AAPL')?.bars('1m')?.length).toBe(1);
    expect(frame?.lastSeq).toBe(session.view.seq);
    await session.close();
  });

  it('runs up to a time, itself included, and keeps the day when that is the close', async () => {
    const session = await openSession({ config, data });
    await session.runUntil(OPEN + 30 * MINUTE);
    expect(session.view.symbol('AAPL')?.bars('5m')?.length).toBe(6);
    await session.runUntil(CLOSE);
    expect(session.view.now).toBe(CLOSE);
    expect(session.view.symbol('AAPL')?.bars('1m')?.length).toBe(390);
    await session.runUntil(NEXT_OPEN + MINUTE);
    expect(session.view.symbol('AAPL')?.bars('1m')?.length).toBe(1);
    await session.close();
  });

  it('runs until something holds', async () => {
    const session = await openSession({ config, data });
    await session.runUntil((view) => (view.symbol('AAPL')?.bars('5m')?.length ?? 0) === 3);
    expect(session.view.now).toBe(OPEN + 15 * MINUTE);
    await session.close();
  });

  it.each([
    ['a time', CLOSE],
    ['something that never holds', () => false],
  ])('stands where %s is given up, and goes on from there with the same log', async (_, goal) => {
    const session = await openSession({ config, data });
    const given = new AbortController();
    session.on('BarAppended', ({ at }) => {
      if (at === OPEN + 20 * MINUTE) given.abort();
    });
    await session.runUntil(goal, { signal: given.signal });
    expect(session.view.now).toBe(OPEN + 20 * MINUTE);
    await session.runUntil(CLOSE, { signal: given.signal });
    expect(session.view.now).toBe(OPEN + 20 * MINUTE);
    await session.runUntil(OPEN + 30 * MINUTE, { signal: new AbortController().signal });
    expect(session.view.now).toBe(OPEN + 30 * MINUTE);
    const { chain_hash } = await session.finish();
    expect(chain_hash).toBe((await runOf({ config, data })).summary.chain_hash);
  });

  it('gives every frame to an iterator, all facts once', async () => {
    const session = await openSession({ config, data });
    const seqs: number[] = [];
    for await (const frame of session) seqs.push(...frame.facts().map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: session.log.position }, (_, i) => i + 1));
  });

  it('gives every fact to events$ and completes it', async () => {
    const session = await openSession({ config, data });
    const facts: Fact[] = [];
    const completed = new Promise<void>((resolve) => {
      session.events$.subscribe({ next: (fact) => facts.push(fact), complete: resolve });
    });
    await session.finish();
    await completed;
    expect(facts).toHaveLength(session.log.position);
    expect(facts.at(-1)?.type).toBe('RunCompleted');
  });

  it('calls listeners of a type with the facts of that type', async () => {
    const session = await openSession({ config, data });
    const closes: number[] = [];
    session.on('BarDerived', ({ interval, symbol, close }) => {
      if (symbol === 'AAPL' && interval === '5m') closes.push(close);
    });
    await session.finish();
    expect(closes).toEqual(data.AAPL.filter((_, i) => i % 5 === 4).map(({ close }) => close));
  });

  it('pauses between two frames and resumes with the same log', async () => {
    const whole = (await runOf({ config, data })).summary.chain_hash;
    const session = await openSession({ config, data, slice: 1 });
    let paused = false;
    session.on('BarAppended', ({ at }) => {
      if (paused || at < OPEN + 50 * MINUTE) return;
      paused = true;
      session.pause();
      setTimeout(() => session.resume(), 30);
    });
    const summary = await session.finish();
    expect(paused).toBe(true);
    expect(summary.chain_hash).toBe(whole);
  });

  it('stops where it is, and says so', async () => {
    const session = await openSession({ config, data });
    await session.runUntil(OPEN + 30 * MINUTE);
    const summary = await session.stop();
    expect(summary).toMatchObject({ status: 'stopped', facts: { RunStopped: 1, BarAppended: 60 } });
    expect(summary.symbols.AAPL).toEqual({ bars: 30, derived: 6, quality: 100 });
  });

  it('gives each of several steps asked for together an instant of its own', async () => {
    const session = await openSession({ config, data });
    const frames = await Promise.all([session.step(), session.step(), session.step()]);
    expect(frames.map((frame) => (frame!.at - OPEN) / MINUTE)).toEqual([1, 2, 3]);
    await session.close();
  });

  it('serves two iterators and a finish at once', async () => {
    const session = await openSession({ config, data });
    const count = async () => {
      let frames = 0;
      for await (const frame of session) frames += frame.market ? 1 : 0;
      return frames;
    };
    const counts = Promise.all([count(), count()]);
    await session.step();
    const summary = await session.finish();
    expect(summary.status).toBe('completed');
    expect(await counts).toEqual([780, 780]);
  });

  it('refuses a goal that is none, and hands back what a goal throws', async () => {
    const session = await openSession({ config, data });
    await expect(session.runUntil('10:42' as never)).rejects.toThrow('runUntil got "10:42"');
    await expect(session.runUntil(Number.NaN)).rejects.toThrow('runUntil got null');
    const thrown = session.runUntil(() => {
      throw new Error('my own mistake');
    });
    await expect(thrown).rejects.toThrow('my own mistake');
    expect((await session.finish()).status).toBe('completed');
  });

  it('notes a pause before the start as refused', async () => {
    const session = await openSession({ config, data });
    session.pause();
    expect(session.journal).toMatchObject([{ type: 'MessageRefused', message: 'session.pause' }]);
    await session.close();
  });

  it('takes a pause quietly once it is over', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openbell-'));
    const session = await openSession({ config, data, log: join(folder, 'run') });
    await session.finish();
    session.pause();
    expect(session.journal).toMatchObject([{ type: 'MessageRefused', state: 'completed' }]);
    rmSync(folder, { recursive: true });
  });

  it('runs on when whoever inspects it throws', async () => {
    const inspect = () => {
      throw new Error('my page is gone');
    };
    const session = await openSession({ config, data, inspect });
    expect((await session.finish()).status).toBe('completed');
    expect(session.journal[0]).toEqual({ type: 'InspectorFailed', reason: 'my page is gone' });
  });

  it('says so when the facts of a frame are asked for too late', async () => {
    const session = await openSession({ config, data });
    const frames: { facts(): unknown }[] = [];
    session.onFrame((frame) => frames.push(frame));
    await session.step();
    expect(() => frames[0]!.facts()).toThrow('take the facts of a frame while it is heard');
    await session.close();
  });

  it('closes what `await using` leaves', async () => {
    let left: { status: string };
    {
      await using session = await openSession({ config, data });
      await session.step();
      left = session;
    }
    expect(left.status).toBe('stopped');
  });
});

describe('the same config and data', () => {
  it.each([1, 7, 'auto'] as const)('give the same chain hash with slices of %s', async (slice) => {
    const [a, b] = [await runOf({ config, data }), await runOf({ config, data, slice })];
    expect(b.summary.chain_hash).toBe(a.summary.chain_hash);
  });

  it('give the same chain hash stepped and run', async () => {
    const session = await openSession({ config, data });
    while ((await session.step()) !== null);
    expect(session.chainHash).toBe((await runOf({ config, data })).summary.chain_hash);
  });

  it('give the same chain hash when two sessions interleave', async () => {
    const alone = (await runOf({ config, data })).summary.chain_hash;
    const other = configOf({ symbols: ['AAPL'], streams: ['1m', '15m'], end: '2024-01-03' });
    const a = await openSession({ config, data });
    const b = await openSession({ config: other, data });
    const c = await openSession({ config, data, slice: 3 });
    for (let i = 0; i < 100; i++) await Promise.all([a.step(), b.step(), b.step()]);
    await Promise.all([a.finish(), b.finish(), c.finish()]);
    expect([a.chainHash, c.chainHash]).toEqual([alone, alone]);
    expect(b.chainHash).not.toBe(alone);
  });

  it('give the same facts whatever the order of symbols in the config', async () => {
    const swapped = configOf({ symbols: ['AAPL', 'MSFT'], end: '2024-01-03' });
    const plain = configOf({ symbols: ['MSFT', 'AAPL'], end: '2024-01-03' });
    const a = await runOf({ config: plain, data });
    const b = await runOf({ config: swapped, data });
    expect(select(b.facts, 'BarDerived')).toEqual(select(a.facts, 'BarDerived'));
  });
});

describe('a run that fails', () => {
  const failing = (strategy: Strategy) =>
    openSession({
      config: configOf({ session: { strategies: [{ module: 'broken' }] } }),
      data: { AAPL: barsOf({ dates: ['2024-01-02'] }) },
      strategies: { broken: () => strategy },
    });

  it('says which callback of which strategy threw, and keeps its log readable', async () => {
    let bars = 0;
    const session = await failing({
      onBar: () => {
        bars += 1;
        if (bars === 10) throw new Error('no more');
      },
    });
    const error = await session.finish().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunFailedError);
    expect((error as RunFailedError).message).toBe('strategy "broken" failed in onBar: no more');
    expect((error as RunFailedError).phase).toBe(3);
    expect(session.status).toBe('failed');
    const facts = session.summary().facts;
    expect(facts).toMatchObject({ StrategyFailed: 1, RunFailed: 1 });
    expect(facts.RunCompleted).toBeUndefined();
  });

  it.each(['setup', 'onSessionStart', 'onSessionEnd'] as const)(
    'fails when %s of a strategy throws',
    async (callback) => {
      const session = await failing({
        [callback]: () => {
          throw new Error('broken here');
        },
      });
      await expect(session.finish()).rejects.toThrow('broken here');
      expect(session.summary().facts).toMatchObject({ StrategyFailed: 1, RunFailed: 1 });
    },
  );

  it('is not even begun when a strategy cannot say what it subscribes to', async () => {
    const opening = failing({
      subscribe: () => {
        throw new Error('no idea');
      },
    });
    await expect(opening).rejects.toThrow('strategy "broken" failed in subscribe: no idea');
  });

  it('refuses a signal outside of a callback', async () => {
    let emit: ((signal: { symbol: string; side: string }) => void) | undefined;
    const session = await failing({
      onBar: (_, context) => {
        emit = context.emit;
      },
    });
    await session.finish();
    expect(() => emit?.({ symbol: 'AAPL', side: 'buy' })).toThrow('outside of a callback');
  });

  it('refuses a callback that returns a promise', async () => {
    const session = await failing({ onBar: (async () => {}) as never });
    await expect(session.finish()).rejects.toThrow('onBar returned a promise');
  });

  it('fails in Phase 0 when a symbol has no bar in the whole window', async () => {
    const session = await openSession({
      config: configOf({ symbols: ['AAPL', 'NONE'] }),
      data: { AAPL: barsOf({ dates: ['2024-01-02'] }) },
    });
    const error = await session.finish().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'RunFailedError', phase: 0 });
    expect((error as Error).message).toContain('NONE');
    expect(session.summary().facts).toMatchObject({ StreamValidationFailed: 1, RunFailed: 1 });
    expect(session.summary().facts.SymbolRegistered).toBeUndefined();
  });
});
