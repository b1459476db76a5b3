import { describe, expect, it } from 'vitest';
import { openSession, RunFailedError, type Scanner, type SessionOptions } from '../../src/index.ts';
import { runOf } from '../support.ts';
import { finding, looking, marketOf, withScanners } from './scanRun.ts';

const [DAY, NEXT] = ['2024-01-02', '2024-01-03'];
const data = marketOf(['AAPL', 'NEW'], [DAY, NEXT]);
const times = ['10:00-11:00/30m'];

/** A scanner that throws where and when it is told to. */
function failing(where: keyof Scanner, on: (date: string) => boolean = () => true): Scanner {
  const calls: Scanner = {
    setup: () => {},
    scan: () => ({ symbols: [] }),
    teardown: () => {},
  };
  return {
    ...calls,
    [where]: ({ session }: { session: { date: string } }) => {
      if (on(session.date)) throw new Error('boom');
      return { symbols: [] };
    },
  };
}

/** Runs to the failure that is expected. */
async function failureOf(options: SessionOptions): Promise<RunFailedError> {
  const session = await openSession(options);
  const failure = await session.finish().then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(RunFailedError);
  return failure as RunFailedError;
}

describe('a scanner that throws in a scan', () => {
  it('is out for the session, which goes on, and back the next day', async () => {
    const scanner = failing('scan', (date) => date === DAY);
    const other = looking(() => {});
    const run = await runOf(
      withScanners(
        { bad: { scanner, times }, good: { scanner: other, times } },
        { data, end: NEXT },
      ),
    );
    expect(run.of('ScanFailed')).toMatchObject([
      { scanner: 'bad', callback: 'scan', reason: 'boom', by: 'session/scanner/bad' },
    ]);
    const completed = run
      .of('ScanCompleted')
      .map(({ at, scanner }) => [at < Date.parse(NEXT), scanner]);
    expect(completed).toEqual([
      ...Array(3).fill([true, 'good']),
      ...Array(3)
        .fill([
          [false, 'bad'],
          [false, 'good'],
        ])
        .flat(),
    ]);
    expect(run.of('ScanStarted')).toHaveLength(1 + 3 + 6);
    expect(run.summary).toMatchObject({ status: 'completed', sessions: 2 });
    expect(run.of('BarAppended', 'AAPL')).toHaveLength(data.AAPL!.length);
  });

  it('keeps what it had added until then', async () => {
    const scanner = looking(async ({ ensureSymbol }) => {
      await ensureSymbol('NEW');
      throw new Error('boom');
    });
    const run = await runOf(withScanners({ own: { scanner, times } }, { data }));
    expect(run.session.view.symbols).toEqual(['AAPL', 'NEW']);
    expect(run.summary.status).toBe('completed');
  });

  it.each([
    ['a promise that is refused', () => Promise.reject(new Error('boom')), 'boom'],
    ['what is no error', () => Promise.reject('just words'), 'just words'],
    ['what it awaits of a verb', null, '"AAPL" is a symbol of the config: only force removes it'],
  ])('says what it was: %s', async (_, scan, reason) => {
    const remove: Scanner = looking(({ removeSymbol }) => removeSymbol('AAPL'));
    const scanner = scan === null ? remove : { scan: scan as Scanner['scan'] };
    const run = await runOf(withScanners({ own: { scanner, times } }, { data }));
    expect(run.of('ScanFailed')).toMatchObject([{ reason }]);
  });

  it('fails the run if it was before the session', async () => {
    const options = withScanners(
      {
        good: { scanner: finding(() => ['NEW']), pre_session: true },
        bad: { scanner: failing('scan'), pre_session: true },
      },
      { data },
    );
    const failure = await failureOf(options);
    expect(failure).toMatchObject({
      message: 'scanner "bad" failed in scan: boom',
      phase: 2,
      summary: { status: 'failed', facts: { ScanFailed: 1, ScanCompleted: 1, RunFailed: 1 } },
    });
    expect(failure.summary.facts).not.toHaveProperty('SessionActivated');
  });

  it('fails the run before the session of any day', async () => {
    const scanner = failing('scan', (date) => date === NEXT);
    const failure = await failureOf(
      withScanners({ bad: { scanner, pre_session: true } }, { data, end: NEXT }),
    );
    expect(failure).toMatchObject({ phase: 2, summary: { sessions: 1 } });
  });
});

describe('a scanner that throws in setup', () => {
  it('does not scan that day, and is set up anew the next', async () => {
    const scanner = failing('setup', (date) => date === DAY);
    const run = await runOf(withScanners({ own: { scanner, times } }, { data, end: NEXT }));
    expect(run.of('ScanFailed')).toMatchObject([{ scanner: 'own', callback: 'setup' }]);
    expect(run.of('ScanStarted').every(({ at }) => at > Date.parse(NEXT))).toBe(true);
    expect(run.of('ScanStarted')).toHaveLength(3);
    expect(run.summary.status).toBe('completed');
  });

  it('fails the run if it had to look before the session', async () => {
    const failure = await failureOf(
      withScanners({ own: { scanner: failing('setup'), pre_session: true } }, { data }),
    );
    expect(failure).toMatchObject({ message: 'scanner "own" failed in setup: boom', phase: 2 });
    expect(failure.summary.facts).not.toHaveProperty('ScanStarted');
  });

  it('fails the run if setup stays unanswered', async () => {
    const scanner: Scanner = { ...finding(() => []), setup: () => new Promise(() => {}) };
    const options = withScanners({ own: { scanner, times } }, { data });
    const failure = await failureOf({ ...options, handshakeTimeoutMs: 50 });
    expect(failure).toMatchObject({
      message: 'scanner did not answer actor.setup within 0.05 s',
      phase: 2,
    });
  });
});

describe('a scanner that throws in teardown', () => {
  it('is recorded and set up anew the next day', async () => {
    const run = await runOf(
      withScanners({ own: { scanner: failing('teardown'), times } }, { data, end: NEXT }),
    );
    expect(run.of('ScanFailed')).toMatchObject([{ callback: 'teardown', reason: 'boom' }]);
    expect(run.of('ScanCompleted')).toHaveLength(6);
    expect(run.summary.status).toBe('completed');
  });

  it('fails the run if teardown stays unanswered', async () => {
    const scanner: Scanner = { ...finding(() => []), teardown: () => new Promise(() => {}) };
    const options = withScanners({ own: { scanner, times } }, { data, end: NEXT });
    const failure = await failureOf({ ...options, handshakeTimeoutMs: 50 });
    expect(failure).toMatchObject({
      message: 'scanner did not answer actor.teardown within 0.05 s',
      phase: 1,
    });
  });

  it('cannot add to a session that is over, but can remove for the next', async () => {
    const refusals: string[] = [];
    const scanner: Scanner = {
      ...finding(() => ['NEW']),
      teardown: async ({ ensureSymbol, registerIndicator, addBar, removeSymbol, unlock }) => {
        const bar = { opened: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 };
        const refused = (error: Error) => void refusals.push(error.message);
        await ensureSymbol('AAPL').catch(refused);
        await registerIndicator('AAPL', { name: 'vwap', interval: '1m' }).catch(refused);
        await addBar('AAPL', '1m', bar).catch(refused);
        unlock('NEW');
        // Not waited for: it is made all the same.
        void removeSymbol('NEW');
        void removeSymbol('GONE');
      },
    };
    const run = await runOf(
      withScanners({ own: { scanner, times: ['10:00-10:00/1m'] } }, { data, end: NEXT }),
    );
    expect(refusals).toEqual([
      'ensureSymbol cannot be asked in teardown: the session is over',
      'registerIndicator cannot be asked in teardown: the session is over',
      'addBar cannot be asked in teardown: the session is over',
    ]);
    const [removed] = run.of('SymbolRemoved');
    const [tornDown] = run.of('ActorTornDown').filter(({ actor }) => actor === 'scanner');
    expect(removed!.seq).toBeLessThan(tornDown!.seq);
    expect(run.of('MessageRefused')).toMatchObject([{ reason: '"GONE" is not in the session' }]);
    expect(run.of('SessionActivated').at(-1)?.symbols).toEqual(['AAPL']);
  });
});

describe('a verb whose answer nobody waits for', () => {
  it('is refused on the record, and harms no one', async () => {
    const scanner = looking((context) => {
      void context.removeSymbol('AAPL');
      void context.removeSymbol('two words');
      void context.ensureSymbol('two words');
      void context.registerIndicator('AAPL', { name: 'smaa', interval: '1m' });
    });
    const run = await runOf(
      withScanners({ own: { scanner, times: ['10:00-10:00/1m'] } }, { data }),
    );
    expect(run.of('MessageRefused')).toMatchObject([
      {
        message: 'symbol.remove',
        reason: '"AAPL" is a symbol of the config: only force removes it',
      },
    ]);
    expect(run.of('ScanCompleted')).toHaveLength(1);
    expect(run.summary.status).toBe('completed');
  });
});

describe('a strategy that throws about a symbol a scan has added', () => {
  it('fails the run, and nobody is left waiting', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const scanner = looking(async ({ ensureSymbol }) => {
      const seen = await ensureSymbol('NEW');
      resolve(seen?.symbol ?? 'refused');
    });
    const strategy = () => ({
      onSymbolAdded: () => {
        throw new Error('no more');
      },
    });
    const failure = await failureOf({
      ...withScanners(
        { own: { scanner, times } },
        { data, session: { strategies: [{ module: 'touchy' }] } },
      ),
      strategies: { touchy: strategy },
    });
    expect(failure).toMatchObject({
      message: 'strategy "touchy" failed in onSymbolAdded: no more',
      phase: 3,
    });
    expect(await promise).toBe('NEW');
  });
});
