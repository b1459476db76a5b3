import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Fact,
  findCalendar,
  openSession,
  type ScannerContext,
  type SessionView,
} from '../../src/index.ts';
import { configOf, MINUTE, runOf, select } from '../support.ts';
import { finding, looking, marketOf, withScanners } from './scanRun.ts';

const DATES = ['2023-11-21', '2023-11-22', '2023-11-24', '2023-11-27'];
const [DAY, EARLY, LAST] = [DATES[1]!, DATES[2]!, DATES[3]!];
const calendar = findCalendar('XNYS')!;
const data = marketOf(['AAPL', 'NEW', 'ALSO'], DATES);
/** Without its last half hour. */
const holed = { ...data, NEW: data.NEW!.filter(({ opened }) => !isLastHalfHour(opened)) };

function isLastHalfHour(opened: number): boolean {
  return DATES.some((date) => {
    const { close } = calendar.session(date)!;
    return opened < close && opened >= close - 30 * MINUTE;
  });
}

const session = {
  historical: { data: [{ trailing_days: 1, intervals: ['1m', '1d'] }] },
  indicators: {
    session: [
      { name: 'sma', period: 20, interval: '1m' },
      { name: 'ema', period: 3, interval: '15m' },
      { name: 'vwap', interval: '5m' },
    ],
  },
};

/** Everything of a symbol that a view can show, without when and how it came in. */
function subtree(view: SessionView, symbol: string) {
  const seen = view.symbol(symbol)!;
  return {
    bars: seen.intervals.map((interval) => [interval, [...seen.bars(interval)!]]),
    gaps: seen.gaps(),
    quality: seen.quality,
    indicators: seen.indicators.map(({ key, value, valid }) => ({ key, value, valid })),
    history: seen.historyIntervals.map((interval) => {
      const history = seen.history(interval)!;
      return [interval, history.dates, [...history.bars()], seen.historicalQuality(interval)];
    }),
    metrics: { ...seen.metrics, updated: null },
  };
}

type Loose = Readonly<Record<string, unknown>>;

/** The facts of a symbol, without what tells when and why it came in. */
function factsOf(facts: readonly Fact[], symbol: string): object[] {
  return facts
    .filter((fact) => (fact as { symbol?: string }).symbol === symbol)
    .map((fact) => {
      const { seq, cause, at, held, added_by, catchup, ...rest } = { ...fact } as Loose;
      return rest;
    });
}

describe('a symbol that a pre-session scan adds', () => {
  it('has the facts of one of the config, every day', async () => {
    const common = { start: DAY, end: LAST, streams: ['1m', '15m', '1d'], session };
    const scanned = await runOf(
      withScanners(
        { own: { scanner: finding(() => ['NEW']), pre_session: true } },
        { data: holed, ...common },
      ),
    );
    const config = configOf({ symbols: ['AAPL', 'NEW'], ...common });
    const whole = await runOf({ config, data: holed });
    expect(factsOf(scanned.facts, 'NEW')).toEqual(factsOf(whole.facts, 'NEW'));
    expect(factsOf(scanned.facts, 'AAPL')).toEqual(factsOf(whole.facts, 'AAPL'));
    expect(scanned.of('BarAppended', 'NEW')).toHaveLength(
      holed.NEW.filter(({ opened }) => opened >= calendar.session(DAY)!.open).length,
    );
    expect(scanned.summary.symbols).toEqual(whole.summary.symbols);
  });
});

describe('a symbol that a scan of the session adds', () => {
  it('is from then on as one of the config, also at the open and at the close', async () => {
    const when = fc.record({
      day: fc.constantFrom(DAY, EARLY, LAST),
      minute: fc.constantFrom(0, 1, 5, 10, 195, 207, 208, 209, 210),
      close: fc.boolean(),
      holes: fc.boolean(),
      streams: fc.subarray(['5m', '15m', '45m', '1d', '2d', '1w']),
    });
    await fc.assert(
      fc.asyncProperty(when, async ({ day, minute, close, holes, streams }) => {
        const market = holes ? holed : data;
        const bounds = calendar.session(day)!;
        const at = close ? bounds.close : bounds.open + minute * MINUTE;
        const times = ['09:30-09:40/1m', '12:45-13:00/1m', '16:00-16:00/1m'];
        const scanner = finding(({ now }) => (now === at ? ['NEW'] : []));
        const common = { start: DAY, end: LAST, streams: ['1m', ...streams], session };
        await using scanned = await openSession(
          withScanners({ own: { scanner, times } }, { data: market, ...common }),
        );
        // The same scans, so that the clock stands where theirs stands.
        await using whole = await openSession(
          withScanners(
            { own: { scanner: finding(() => []), times } },
            { data: market, symbols: ['AAPL', 'NEW'], ...common },
          ),
        );
        const next = DATES[DATES.indexOf(day) + 1];
        const later = [at, Math.min(at + 7 * MINUTE, bounds.close), bounds.close];
        if (next !== undefined) later.push(calendar.session(next)!.open + 3 * MINUTE);
        for (const then of later) {
          await scanned.runUntil(then);
          await whole.runUntil(then);
          for (const symbol of ['NEW', 'AAPL']) {
            expect(subtree(scanned.view, symbol)).toEqual(subtree(whole.view, symbol));
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('at the close is scored there, once', async () => {
    const scanner = finding(() => ['NEW']);
    const run = await runOf(
      withScanners({ own: { scanner, times: ['16:00-16:00/1m'] } }, { data: holed, start: DAY }),
    );
    const { close } = calendar.session(DAY)!;
    const expected = { at: close, expected: 390, present: run.of('BarAppended', 'NEW').length };
    expect(run.of('QualityScored', 'NEW').filter((score) => score.expected === 390)).toMatchObject([
      expected,
    ]);
    expect(run.of('GapDetected', 'NEW').at(-1)).toMatchObject({ end: close, missing: 30 });
    expect(run.of('ClockAdvanced')).toEqual([]);
  });

  it('stays for the days to come if the scanner does not remove it', async () => {
    const scanner = finding(({ session: { date } }) => (date === DAY ? ['NEW'] : []));
    const run = await runOf(
      withScanners(
        { own: { scanner, times: ['10:00-10:00/1m'] } },
        { data, start: DAY, end: LAST },
      ),
    );
    expect(run.of('SessionActivated').map(({ symbols }) => symbols)).toEqual([
      ['AAPL'],
      ['AAPL', 'NEW'],
      ['AAPL', 'NEW'],
    ]);
  });

  it('that is removed in teardown is not loaded again', async () => {
    const scanner = {
      ...finding(({ session: { date } }) => (date === DAY ? ['NEW'] : [])),
      teardown: ({ removeSymbol }: ScannerContext) => removeSymbol('NEW').catch(() => {}),
    };
    const run = await runOf(
      withScanners(
        { own: { scanner, times: ['10:00-10:00/1m'] } },
        { data, start: DAY, end: LAST },
      ),
    );
    expect(run.of('SessionActivated').map(({ symbols }) => symbols)).toEqual(
      Array(3).fill(['AAPL']),
    );
    expect(run.of('SymbolRemoved')).toMatchObject([{ symbol: 'NEW', reason: 'asked for' }]);
  });

  it('and removes can come and go on one day, whole every time', async () => {
    const scanner = looking(async ({ view, now, ensureSymbol, removeSymbol }) => {
      if (view.has('NEW')) await removeSymbol('NEW');
      else {
        const seen = await ensureSymbol('NEW');
        const bars = data.NEW!.filter(({ opened }) => opened < now && opened >= openOf(now));
        expect([...seen!.bars('1m')!].map(({ opened }) => opened)).toEqual(
          bars.map(({ opened }) => opened),
        );
      }
    });
    const run = await runOf(
      withScanners(
        { own: { scanner, times: ['10:00-15:30/30m', '16:00-16:00/1m'] } },
        { data, start: DAY, end: EARLY },
      ),
    );
    expect(run.of('ScanFailed')).toEqual([]);
    // The last scan of the first day brings it in, that of the second takes it out at 13:00, the close.
    const whole = data.NEW!.filter(({ opened }) => opened >= calendar.session(DAY)!.open);
    const bars = whole.filter(({ opened }) => opened < calendar.session(EARLY)!.close).length;
    expect(run.of('BarAppended', 'NEW').length).toBeGreaterThan(2 * bars);
    expect(run.summary.symbols.NEW).toMatchObject({ bars, quality: (bars / 600) * 100 });
  });

  it('and removes for good counts for as long as it was there', async () => {
    const scanner = looking(({ view, ensureSymbol, removeSymbol }) =>
      view.has('NEW') ? removeSymbol('NEW') : ensureSymbol('NEW'),
    );
    const run = await runOf(
      withScanners({ own: { scanner, times: ['10:00-10:30/30m'] } }, { data, start: DAY }),
    );
    const { open } = calendar.session(DAY)!;
    const bars = data.NEW!.filter(({ opened }) => opened >= open && opened < open + 60 * MINUTE);
    const quality = (bars.length / 60) * 100;
    expect(run.summary.symbols.NEW).toMatchObject({ bars: bars.length, quality });
  });
});

function openOf(now: number): number {
  return Math.max(
    ...DATES.map((date) => calendar.session(date)!.open).filter((open) => open <= now),
  );
}

describe('a symbol that cannot be loaded', () => {
  it('gives undefined, once for each wish, and is told to strategies once', async () => {
    const results: unknown[] = [];
    const told: string[] = [];
    const scanner = looking(async ({ ensureSymbol }) => {
      results.push(await Promise.all([ensureSymbol('GONE'), ensureSymbol('GONE')]));
      results.push(await ensureSymbol('GONE'));
    });
    const strategy = () => ({
      onSymbolRefused: (symbol: string, reason: string) => told.push(`${symbol}: ${reason}`),
    });
    const options = withScanners(
      { own: { scanner, times: ['10:00-10:00/1m'] } },
      { data, start: DAY, session: { strategies: [{ module: 'hearing' }] } },
    );
    const run = await runOf({ ...options, strategies: { hearing: strategy } });
    expect(results).toEqual([[undefined, undefined], undefined]);
    expect(run.of('SymbolRefused')).toHaveLength(2);
    expect(told).toEqual(
      Array(2).fill('GONE: no 1m bars on 2023-11-22; no bars of "GONE" are in memory'),
    );
    expect(run.of('ScanCompleted')).toHaveLength(1);
  });
});

describe('a lock', () => {
  it('keeps a symbol until every one who holds it lets go', async () => {
    const refusals: string[] = [];
    const remove = ({ removeSymbol }: ScannerContext) =>
      removeSymbol('NEW').catch((error: Error) => void refusals.push(error.message));
    const first = looking(async (context) => {
      const minute = (context.now - calendar.session(DAY)!.open) / MINUTE;
      if (minute === 30) await context.ensureSymbol('NEW');
      if (minute === 30) context.lock('NEW');
      if (minute === 60) context.unlock('NEW');
      if (minute > 30) await remove(context);
    });
    const second = looking((context) => {
      const minute = (context.now - calendar.session(DAY)!.open) / MINUTE;
      if (minute === 30) context.lock('new');
      if (minute === 90) context.unlock('NEW');
      // Nothing that is not held can be let go, and twice is once.
      context.unlock('NEW');
      if (minute < 90) context.lock('NEW');
    });
    const times = ['10:00-11:30/30m'];
    const run = await runOf(
      withScanners(
        { first: { scanner: first, times }, second: { scanner: second, times } },
        { data, start: DAY },
      ),
    );
    expect(refusals).toEqual([
      '"NEW" is locked by second: unlock it first, or use force',
      '"NEW" is locked by second: unlock it first, or use force',
    ]);
    expect(run.of('SymbolLocked').map(({ holder }) => holder)).toEqual([
      'first',
      'second',
      'second',
      'second',
    ]);
    expect(run.session.view.symbols).toEqual(['AAPL']);
  });

  it('is gone with the session', async () => {
    const locks: (readonly string[])[] = [];
    const scanner = looking(async ({ view, session: { date }, ensureSymbol, lock }) => {
      const seen = await ensureSymbol('NEW');
      locks.push(seen!.locks);
      if (date === DAY) lock('NEW');
      locks.push(view.symbol('NEW')!.locks);
    });
    await runOf(
      withScanners(
        { own: { scanner, times: ['10:00-10:00/1m'] } },
        { data, start: DAY, end: EARLY },
      ),
    );
    expect(locks).toEqual([[], ['own'], [], []]);
  });

  it('keeps a symbol from programs too, unless they force it', async () => {
    const scanner = looking(async ({ ensureSymbol, lock }) => {
      await ensureSymbol('NEW');
      lock('NEW');
    });
    await using opened = await openSession(
      withScanners({ own: { scanner, pre_session: true } }, { data, start: DAY }),
    );
    await opened.step();
    expect(await opened.removeSymbol('NEW')).toEqual({
      removed: false,
      symbol: 'NEW',
      reason: '"NEW" is locked by own: unlock it first, or use force',
    });
    expect(await opened.removeSymbol('NEW', { force: true })).toEqual({
      removed: true,
      symbol: 'NEW',
    });
    expect(opened.view.symbols).toEqual(['AAPL']);
  });

  it('needs a symbol of the session', async () => {
    const run = await runOf(
      withScanners(
        { own: { scanner: looking(({ lock }) => lock('GONE')), times: ['10:00-10:00/1m'] } },
        { data, start: DAY },
      ),
    );
    expect(select(run.facts, 'ScanFailed')).toMatchObject([
      { reason: '"GONE" is not in the session: add it before it is locked' },
    ]);
  });
});
