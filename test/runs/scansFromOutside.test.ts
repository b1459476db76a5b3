import { describe, expect, it } from 'vitest';
import {
  findCalendar,
  openSession,
  type ScannerContext,
  type Session,
  type Strategy,
  type SymbolView,
} from '../../src/index.ts';
import { MINUTE, random } from '../support.ts';
import { finding, looking, marketOf, withScanners } from './scanRun.ts';

const [DAY, NEXT] = ['2024-01-02', '2024-01-03'];
const { open: OPEN } = findCalendar('XNYS')!.session(DAY)!;
const data = marketOf(['AAPL', 'NEW', 'ALSO'], [DAY, NEXT]);
const times = ['10:00-10:00/1m'];

/** A session whose scan at 10:00, or before the session, waits until it is let go. */
async function openWaiting(
  look: (context: ScannerContext) => unknown = () => {},
  { pre = false, ...config }: { pre?: boolean; end?: string } = {},
) {
  const arrived = Promise.withResolvers<ScannerContext>();
  const leave = Promise.withResolvers<void>();
  const scanner = looking(async (context) => {
    arrived.resolve(context);
    await leave.promise;
    await look(context);
  });
  const session = await openSession(
    withScanners(
      { own: { scanner, ...(pre ? { pre_session: true } : { times }) } },
      { data, ...config },
    ),
  );
  return { session, arrived: arrived.promise, leave: leave.resolve };
}

/** What `promise` has come to after the messages now under way; `waiting` if to nothing. */
async function soon<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  return Promise.race([
    promise,
    new Promise<'waiting'>((done) => setTimeout(() => done('waiting'), 30)),
  ]);
}

describe.each([true, false])('while a scan goes on (before the session: %s)', (pre) => {
  it('the clock stands', async () => {
    const { session, arrived, leave } = await openWaiting(() => {}, { pre });
    const finished = session.finish();
    const { now } = await arrived;
    expect(now).toBe(pre ? OPEN : OPEN + 30 * MINUTE);
    expect(await soon(finished)).toBe('waiting');
    expect(session.view.now).toBe(now);
    leave();
    expect(await finished).toMatchObject({ status: 'completed', symbols: { AAPL: { bars: 380 } } });
  });

  it('the run can be stopped', async () => {
    const { session, arrived } = await openWaiting(() => {}, { pre });
    const finished = session.finish();
    await arrived;
    const summary = await session.stop();
    expect(summary.status).toBe('stopped');
    expect(await finished).toEqual(summary);
    expect(session.view.phase?.number).toBe(pre ? 2 : 3);
    expect(summary.facts).toMatchObject({ ScanStarted: 1, RunStopped: 1 });
    expect(summary.facts).not.toHaveProperty('ScanCompleted');
  });

  it('what it does after a stop leaves no trace', async () => {
    const after: string[] = [];
    const { session, arrived, leave } = await openWaiting(
      async ({ ensureSymbol, removeSymbol, lock, universe }) => {
        for (const act of [
          () => ensureSymbol('NEW'),
          () => removeSymbol('NEW'),
          () => lock('AAPL'),
          () => universe('gone.txt'),
        ]) {
          try {
            await act();
            after.push('done');
          } catch (error) {
            after.push((error as Error).message);
          }
        }
      },
      { pre },
    );
    void session.finish();
    await arrived;
    const { chain_hash } = await session.stop();
    leave();
    await expect.poll(() => after.length).toBe(4);
    expect(after.slice(0, 3)).toEqual([
      'the run is over: nothing can be asked of it any more',
      'the run is over: nothing can be asked of it any more',
      'the run is over',
    ]);
    expect(session.chainHash).toBe(chain_hash);
  });

  it('whoever waits for a symbol in it hears of the stop', async () => {
    let seen: SymbolView | undefined | 'waiting' = 'waiting';
    const scanner = looking(async ({ ensureSymbol }) => {
      seen = await ensureSymbol('NEW');
    });
    const session = await openSession(
      withScanners({ own: { scanner, ...(pre ? { pre_session: true } : { times }) } }, { data }),
    );
    session.on('MessageReceived', () => void session.stop());
    const stopping = session.finish();
    session.onFrame((frame) => {
      if (frame.facts().some(({ type }) => type === 'ScanStarted')) void session.stop();
    });
    expect((await stopping).status).toBe('stopped');
    await expect.poll(() => seen).not.toBe('waiting');
  });

  it('a symbol can be added from outside, and is there at once', async () => {
    const { session, arrived, leave } = await openWaiting(() => {}, { pre });
    const finished = session.finish();
    const { view } = await arrived;
    expect(await soon(session.addSymbol('NEW'))).toEqual({ added: true, symbol: 'NEW' });
    expect(view.symbol('NEW')?.addedBy).toBe('adhoc');
    expect(await soon(session.addSymbol('GONE'))).toMatchObject({ added: false, loaded: false });
    const spec = { name: 'sma', period: 3, interval: '1m' } as const;
    expect(await soon(session.registerIndicator('NEW', spec))).toMatchObject({ registered: true });
    expect(await soon(session.removeSymbol('NEW'))).toEqual({ removed: true, symbol: 'NEW' });
    leave();
    expect((await finished).status).toBe('completed');
  });

  it('the scanner may wait for what a program does through the session', async () => {
    let outside: Session | null = null;
    const { session, leave } = await openWaiting(
      async ({ view }) => {
        await outside!.ensureSymbol('NEW');
        expect(view.has('NEW')).toBe(true);
      },
      { pre },
    );
    outside = session;
    leave();
    const summary = await session.finish();
    expect(summary.facts).not.toHaveProperty('ScanFailed');
    expect(summary.symbols.NEW?.bars).toBe(data.NEW!.length / 2);
  });
});

describe('a pause during a scan', () => {
  it('holds once the scan is over, before strategies decide, and resumes', async () => {
    const { session, arrived, leave } = await openWaiting();
    const finished = session.finish();
    await arrived;
    session.pause();
    leave();
    expect(await soon(finished)).toBe('waiting');
    expect(session.view.now).toBe(OPEN + 30 * MINUTE);
    session.resume();
    expect(await finished).toMatchObject({ status: 'completed', symbols: { AAPL: { bars: 380 } } });
  });
});

describe('a symbol that is on its way when a scanner wants it', () => {
  it.each(['pre_session', 'regular_session'])(
    'comes for both: asked for before the run (%s)',
    async (schedule) => {
      const seen: unknown[] = [];
      const scanner = looking(async ({ ensureSymbol }) => {
        seen.push((await ensureSymbol('NEW'))?.symbol);
      });
      const pre_session = schedule === 'pre_session';
      const session = await openSession(
        withScanners({ own: { scanner, pre_session, times: pre_session ? [] : times } }, { data }),
      );
      const added = session.addSymbol('NEW');
      const summary = await session.finish();
      expect(await added).toEqual({ added: true, symbol: 'NEW' });
      expect(seen).toEqual(['NEW']);
      expect(summary).toMatchObject({ status: 'completed', symbols: { NEW: { bars: 380 } } });
      expect(summary.facts).toMatchObject({ SymbolRegistered: 2 });
    },
  );

  it('comes for both: asked for by a strategy in its setup', async () => {
    const told: string[] = [];
    const strategy = (): Strategy => ({
      setup: ({ ensureSymbol }) => ensureSymbol('NEW'),
      onSymbolAdded: (symbol) => told.push(symbol),
    });
    const scanner = looking(async ({ ensureSymbol }) => {
      told.push(`seen ${(await ensureSymbol('NEW'))?.symbol}`);
    });
    const session = await openSession({
      ...withScanners(
        { own: { scanner, pre_session: true } },
        { data, session: { strategies: [{ module: 'eager' }] } },
      ),
      strategies: { eager: strategy },
    });
    const { facts } = await session.finish();
    expect(told).toEqual(['NEW', 'seen NEW']);
    expect(facts).toMatchObject({ SymbolRegistered: 2, MessageReceived: 1 });
  });

  it('comes for both: a refusal too', async () => {
    const seen: unknown[] = [];
    const scanner = looking(async ({ ensureSymbol }) => seen.push(await ensureSymbol('GONE')));
    const session = await openSession(
      withScanners({ own: { scanner, pre_session: true } }, { data }),
    );
    const added = session.addSymbol('GONE');
    const { status } = await session.finish();
    expect(await added).toMatchObject({ added: false, loaded: false });
    expect({ seen, status }).toEqual({ seen: [undefined], status: 'completed' });
  });

  it('stays away if the scanner has removed it by then', async () => {
    const scanner = looking(async ({ ensureSymbol, removeSymbol }) => {
      await ensureSymbol('NEW');
      await removeSymbol('NEW');
    });
    const session = await openSession(
      withScanners({ own: { scanner, pre_session: true } }, { data }),
    );
    const added = session.addSymbol('NEW');
    await session.finish();
    expect(await added).toEqual({ added: true, symbol: 'NEW' });
    expect(session.view.symbols).toEqual(['AAPL']);
  });

  it('gets the indicator that a scanner wants on it', async () => {
    const keys: string[] = [];
    const scanner = looking(async ({ registerIndicator }) => {
      keys.push(await registerIndicator('NEW', { name: 'sma', period: 3, interval: '1m' }));
    });
    const session = await openSession(
      withScanners({ own: { scanner, pre_session: true } }, { data }),
    );
    const added = session.addSymbol('NEW');
    const { facts } = await session.finish();
    expect(await added).toMatchObject({ added: true });
    expect(keys).toEqual(['sma_3_1m']);
    expect(facts).not.toHaveProperty('ScanFailed');
  });
});

describe('pauses, additions, removals and stops at any time', () => {
  it('are all answered, and the run ends completed or stopped', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const next = random(seed);
      const scanner = looking(async ({ ensureSymbol, removeSymbol }) => {
        await new Promise((done) => setTimeout(done, next() * 2));
        await ensureSymbol('ALSO');
        if (next() < 0.5) await removeSymbol('ALSO').catch(() => {});
      });
      const many = { pre_session: true, times: ['09:30-16:00/65m'] };
      await using session = await openSession(
        withScanners(
          { own: { scanner, ...many }, other: { scanner: finding(() => ['NEW']), ...many } },
          { data, end: NEXT },
        ),
      );
      const finished = session.finish();
      const answers: Promise<unknown>[] = [];
      const stops = next() < 0.3;
      for (let i = 0; i < 6; i++) {
        await new Promise((done) => setTimeout(done, next() * 6));
        const what = next();
        if (what < 0.3) answers.push(session.addSymbol(next() < 0.5 ? 'NEW' : 'GONE'));
        else if (what < 0.6) answers.push(session.removeSymbol(next() < 0.5 ? 'NEW' : 'ALSO'));
        else session.pause();
      }
      if (stops) answers.push(session.stop());
      session.resume();
      const summary = await finished;
      expect({ seed, status: summary.status }).toEqual({
        seed,
        status: stops && summary.status === 'stopped' ? 'stopped' : 'completed',
      });
      const answered = await soon(Promise.all(answers));
      expect(answered).toHaveLength(answers.length);
    }
  });
});
