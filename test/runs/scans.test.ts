import { describe, expect, it } from 'vitest';
import {
  findCalendar,
  openSession,
  type Scanner,
  type ScannerContext,
  type SessionOptions,
  type Strategy,
  type StrategyContext,
} from '../../src/index.ts';
import { MINUTE, runOf, type TestConfig } from '../support.ts';
import { finding, looking, marketOf, withScanners } from './scanRun.ts';

const DATE = '2024-01-02';
const { open: OPEN, close: CLOSE } = findCalendar('XNYS')!.session(DATE)!;
const data = marketOf(['AAPL', 'NEW', 'ALSO'], ['2024-01-02', '2024-01-03']);
const pause = (ms = 5) => new Promise((done) => setTimeout(done, ms));

describe('a pre-session scan', () => {
  it('takes place before the session, with the clock at the open, before any bar', async () => {
    const seen: object[] = [];
    const scanner = looking(async ({ view, now, session }) => {
      for (let i = 0; i < 3; i++) {
        await pause();
        const { active, phase } = view;
        seen.push({
          now,
          active,
          phase: phase?.number,
          session,
          bars: view.symbol('AAPL')!.bars('1m')!.length,
        });
      }
    });
    const run = await runOf(withScanners({ own: { scanner, pre_session: true } }, { data }));
    const session = { date: DATE, open: OPEN, close: CLOSE };
    expect(seen).toEqual(Array(3).fill({ now: OPEN, active: false, phase: 2, session, bars: 0 }));
    const [started] = run.of('ScanStarted');
    const [activated] = run.of('SessionActivated');
    expect(started).toMatchObject({ at: OPEN, scanner: 'own', schedule: 'pre_session' });
    expect(started!.seq).toBeLessThan(activated!.seq);
  });

  it('comes every day, beside those of the session', async () => {
    const at: number[] = [];
    const scanner = looking(({ now }) => at.push(now));
    const options = withScanners(
      { own: { scanner, pre_session: true, times: ['09:30-09:31/1m'] } },
      { data, end: '2024-01-03' },
    );
    const run = await runOf(options);
    const next = findCalendar('XNYS')!.session('2024-01-03')!.open;
    expect(at).toEqual([OPEN, OPEN, OPEN + MINUTE, next, next, next + MINUTE]);
    expect(run.of('ScanStarted').map(({ schedule }) => schedule)).toEqual([
      ...['pre_session', 'regular_session', 'regular_session'],
      ...['pre_session', 'regular_session', 'regular_session'],
    ]);
  });

  it('brings in symbols before strategies hear of the session', async () => {
    const heard: string[] = [];
    const strategy = (): Strategy => ({
      setup: ({ view }) => heard.push(`setup ${view.symbols}`),
      onSymbolAdded: (symbol) => heard.push(`added ${symbol}`),
      onSymbolRefused: (symbol) => heard.push(`refused ${symbol}`),
      onSessionStart: ({ view }) => heard.push(`start ${view.symbols}`),
    });
    const options = withScanners(
      { own: { scanner: finding(() => ['new', 'GONE']), pre_session: true } },
      { data, session: { strategies: [{ module: 'hearing' }] } },
    );
    const run = await runOf({ ...options, strategies: { hearing: strategy } });
    expect(heard).toEqual(['setup AAPL', 'added NEW', 'start AAPL,NEW', 'refused GONE']);
    expect(run.of('SessionActivated')[0]?.symbols).toEqual(['AAPL', 'NEW']);
  });
});

describe('a scan in the session', () => {
  it('sees what the market did at its instant', async () => {
    const seen: number[] = [];
    const scanner = looking(({ view, now }) => {
      const bar = view.symbol('AAPL')!.bars('5m')!.at(-1)!;
      seen.push(now - bar.opened);
    });
    await runOf(withScanners({ own: { scanner, times: ['09:35-09:45/5m'] } }, { data }));
    expect(seen).toEqual([5 * MINUTE, 5 * MINUTE, 5 * MINUTE]);
  });

  it('has what it adds there before strategies decide at the same instant', async () => {
    const heard: string[] = [];
    const minutes = (time: number) => (time - OPEN) / MINUTE;
    const strategy = (): Strategy => ({
      subscribe: () => ({ bars: ['1m'], symbols: ['AAPL', 'NEW'] }),
      onSymbolAdded: (symbol, { now, view }) =>
        heard.push(
          `${minutes(now)} added ${symbol}, ${view.symbol(symbol)!.bars('1m')!.length} bars`,
        ),
      onBar: ({ symbol }, { now, view }) => {
        if (now <= OPEN + 12 * MINUTE && now >= OPEN + 10 * MINUTE)
          heard.push(`${minutes(now)} ${symbol} of ${view.symbols}`);
      },
    });
    const options = withScanners(
      { own: { scanner: finding(() => ['NEW']), times: ['09:41-09:41/1m'] } },
      { data, session: { strategies: [{ module: 'hearing' }] } },
    );
    await runOf({ ...options, strategies: { hearing: strategy } });
    const bars = data.NEW!.filter(({ opened }) => opened < OPEN + 11 * MINUTE).length;
    expect(heard).toEqual([
      '10 AAPL of AAPL',
      `11 added NEW, ${bars} bars`,
      '11 AAPL of AAPL,NEW',
      '12 AAPL of AAPL,NEW',
      '12 NEW of AAPL,NEW',
    ]);
  });

  it('is one at a time, in the order of the config, each waiting for the one before', async () => {
    const done: string[] = [];
    const scanner = (name: string): Scanner =>
      looking(async ({ now }) => {
        done.push(`${name} begins ${(now - OPEN) / MINUTE}`);
        await pause();
        done.push(`${name} ends`);
      });
    const times = ['09:31-09:32/1m'];
    await runOf(
      withScanners(
        { zeta: { scanner: scanner('zeta'), times }, alpha: { scanner: scanner('alpha'), times } },
        { data },
      ),
    );
    expect(done).toEqual([
      ...['zeta begins 1', 'zeta ends', 'alpha begins 1', 'alpha ends'],
      ...['zeta begins 2', 'zeta ends', 'alpha begins 2', 'alpha ends'],
    ]);
  });

  it('may wait for symbols, indicators and bars', async () => {
    const seen: unknown[] = [];
    const bar = { opened: OPEN + 7 * MINUTE, open: 5, high: 6, low: 4, close: 5, volume: 7 };
    const scanner = looking(async ({ ensureSymbol, registerIndicator, addBar, view }) => {
      const added = await ensureSymbol('new');
      seen.push(added?.symbol, added?.addedBy, added?.bars('1m')?.length);
      const key = await registerIndicator('NEW', { name: 'sma', period: 3, interval: '1m' });
      seen.push(key, view.symbol('NEW')!.indicator(key)?.valid);
      await addBar('NEW', '1m', bar, { replace: true });
      seen.push(view.symbol('NEW')!.bars('1m')!.at(7)?.close);
      const light = await registerIndicator('ALSO', { name: 'ema', period: 3, interval: '1m' });
      seen.push(light, view.symbol('ALSO')!.bars('1m')!.length, await ensureSymbol('GONE'));
    });
    const run = await runOf(
      withScanners({ own: { scanner, times: ['09:45-09:45/1m'] } }, { data, symbols: ['AAPL'] }),
    );
    const bars = data.NEW!.filter(({ opened }) => opened < OPEN + 15 * MINUTE).length;
    expect(seen).toEqual([
      ...['NEW', 'scanner', bars, 'sma_3_1m', true, 5],
      ...['ema_3_1m', 0, undefined],
    ]);
    expect(run.of('SymbolRefused')).toMatchObject([{ symbol: 'GONE' }]);
    expect(run.of('ScanFailed')).toEqual([]);
    expect(run.summary.status).toBe('completed');
  });
});

describe('the record of a scan', () => {
  it('says what was found and on which grounds, by the scanner', async () => {
    const scanner: Scanner = {
      scan: () => ({ symbols: ['new', ' ALSO ', 'NEW'], metadata: { figures: { NEW: 2.5 } } }),
    };
    const run = await runOf(
      withScanners({ own: { scanner, times: ['09:35-09:35/1m'] } }, { data }),
    );
    const [started] = run.of('ScanStarted');
    const [completed] = run.of('ScanCompleted');
    const by = 'session/scanner/own';
    const schedule = 'regular_session';
    expect(started).toMatchObject({ by, scanner: 'own', schedule, at: OPEN + 5 * MINUTE });
    expect(completed).toMatchObject({
      ...{ by, scanner: 'own', schedule, at: OPEN + 5 * MINUTE, cause: started!.seq },
      symbols: ['NEW', 'ALSO'],
      metadata: { figures: { NEW: 2.5 } },
    });
    const asked = run.of('MessageReceived');
    expect(asked.map(({ by, cause, detail }) => [by, cause, detail.symbol])).toEqual([
      [by, started!.seq, 'NEW'],
      [by, started!.seq, 'ALSO'],
    ]);
    const added = run.of('SymbolRegistered').filter(({ added_by }) => added_by === 'scanner');
    expect(added.map(({ symbol }) => symbol)).toEqual(['NEW', 'ALSO']);
    const before = run.facts.find(({ seq }) => seq === started!.cause);
    expect(before).toMatchObject({ type: 'TransitionTaken', actor: by, to: 'scanning' });
  });

  it('follows from what was done for it: every decision has a cause', async () => {
    const scanner = looking(async (context) => {
      await context.ensureSymbol('NEW');
      context.lock('NEW');
      context.unlock('NEW');
      await context.removeSymbol('NEW');
    });
    const run = await runOf(
      withScanners({ own: { scanner, pre_session: true, times: ['09:35-09:40/5m'] } }, { data }),
    );
    const own = run.facts.filter(({ by }) => by === 'session/scanner/own');
    const types = [...new Set(own.map(({ type }) => type))].sort();
    expect(types).toEqual([
      ...['MessageReceived', 'ScanCompleted', 'ScanStarted'],
      ...['SymbolLocked', 'SymbolUnlocked', 'TransitionTaken'],
    ]);
    expect(own.filter(({ cause }) => cause === null)).toEqual([]);
  });

  it.each<[string, Scanner['scan'], string]>([
    [
      'no result',
      () => undefined as never,
      'scan must return { symbols, metadata }, with symbols a list of texts',
    ],
    [
      'no list',
      () => ({ symbols: 'NEW' }) as never,
      'scan must return { symbols, metadata }, with symbols a list of texts',
    ],
    [
      'no text in it',
      () => ({ symbols: [7] }) as never,
      'scan must return { symbols, metadata }, with symbols a list of texts',
    ],
    [
      'a list of metadata',
      () => ({ symbols: [], metadata: [1] as never }),
      'scan must return { symbols, metadata }, with metadata an object',
    ],
    [
      'no symbol',
      () => ({ symbols: ['two words'] }),
      expect.stringContaining('"two words" is no symbol'),
    ],
  ])('of a scan that gives %s says so', async (_, scan, reason) => {
    const run = await runOf(
      withScanners({ own: { scanner: { scan }, times: ['09:35-09:35/1m'] } }, { data }),
    );
    expect(run.of('ScanFailed')).toMatchObject([{ scanner: 'own', callback: 'scan', reason }]);
    expect(run.of('ScanCompleted')).toEqual([]);
    expect(run.summary.status).toBe('completed');
  });

  it('tells two scanners of one module apart', async () => {
    const scanner = looking(() => {});
    const options = withScanners({ own: { scanner, times: ['09:35-09:35/1m'] } }, { data });
    const entries = options.config.session_data_config as unknown as { scanners: object[] };
    entries.scanners.push(entries.scanners[0]!);
    const run = await runOf(options);
    expect(run.of('ScanStarted').map(({ scanner, by }) => [scanner, by])).toEqual([
      ['own', 'session/scanner/own'],
      ['own#2', 'session/scanner/own#2'],
    ]);
    expect(run.of('ActorSetUp').at(-1)).toMatchObject({
      allocated: { scanners: ['own', 'own#2'] },
    });
  });
});

describe('the same scanners over the same data', () => {
  const busy = looking(async (context: ScannerContext) => {
    await Promise.all(['NEW', 'GONE'].map((symbol) => context.ensureSymbol(symbol)));
    await pause(1);
    await context
      .registerIndicator('ALSO', { name: 'sma', period: 3, interval: '1m' })
      .catch(() => {});
    if (context.now % (2 * MINUTE) === 0) await context.removeSymbol('NEW');
  });
  const strategy = (): Strategy => ({
    onSymbolAdded: (symbol, { emit }: StrategyContext) => emit({ symbol, side: 'buy' }),
    onBar: ({ symbol, opened }, { emit }) => {
      if (opened % (5 * MINUTE) === 0) emit({ symbol, side: 'sell' });
    },
  });
  const options = (config: TestConfig): SessionOptions => ({
    ...withScanners(
      {
        busy: { scanner: busy, pre_session: true, times: ['09:30-16:00/29m'] },
        also: { scanner: finding(() => ['ALSO']), times: ['10:00-15:00/30m', '09:31-09:31/1m'] },
      },
      { data, ...config, session: { strategies: [{ module: 'hearing' }] } },
    ),
    strategies: { hearing: strategy },
  });

  it.each([1, 7, 'auto'] as const)('leave the same log at slices of %s', async (slice) => {
    const given = options({ end: '2024-01-03' });
    const whole = await runOf({ ...given, slice: 3 });
    const run = await runOf({ ...given, slice });
    expect(run.summary.chain_hash).toBe(whole.summary.chain_hash);
    const stepped = await openSession(given);
    while ((await stepped.step()) !== null);
    expect(stepped.summary().chain_hash).toBe(whole.summary.chain_hash);
  });

  it('leave the same facts when a clock drives them', async () => {
    const at = async (speed_multiplier: number) => {
      const backtest_config = { start_date: DATE, end_date: DATE, speed_multiplier };
      const { facts } = await runOf(options({ backtest_config }));
      // The first one has the config, and in it the speed.
      return facts.slice(1);
    };
    expect(await at(50_000)).toEqual(await at(0));
  });
});
