import { describe, expect, it, vi } from 'vitest';
import { memoryFeed } from '../../src/feeds/memory.ts';
import {
  type Feed,
  marketCalendar,
  openSession,
  type Session,
  type SessionOptions,
  type StrategyBar,
  type StrategyContext,
} from '../../src/index.ts';
import { barsOf, configOf, MINUTE, runOf, type TestConfig } from '../support.ts';
import { pass, settled, takeHostTime, toil } from './hostTime.ts';

const dates = ['2024-01-02', '2024-01-03'];
const OPEN = Date.parse('2024-01-02T14:30:00Z');
const CLOSE = Date.parse('2024-01-02T21:00:00Z');
const NEXT_OPEN = Date.parse('2024-01-03T14:30:00Z');
const AAPL = barsOf({ dates, seed: 1 });
const NEW = barsOf({ dates, seed: 2 });

function paced(speed: number, { start = dates[0]!, end = start, ...rest }: TestConfig = {}) {
  const window = { start_date: start, end_date: end, speed_multiplier: speed };
  return configOf({ start, end, ...rest, backtest_config: window });
}

/** When each market instant ran: its time, and host milliseconds since the session opened. */
function instantsOf(session: Session): { at: number; ms: number }[] {
  const instants: { at: number; ms: number }[] = [];
  let opened = 0;
  session.onFrame((frame) => {
    const now = performance.now();
    if (frame.market) instants.push({ at: frame.at, ms: now - opened });
    else if (frame.facts().some(({ type }) => type === 'SessionActivated')) opened = now;
  });
  return instants;
}

/** A run whose strategy does something at every bar of a minute. */
function withOnBar(
  speed: number,
  onBar: (bar: StrategyBar, context: StrategyContext) => void,
): SessionOptions {
  const strategies = [{ module: 'mine' }];
  return {
    config: paced(speed, { session: { strategies } }),
    data: { AAPL, NEW },
    strategies: { mine: () => ({ subscribe: () => ({ bars: ['1m'] }), onBar }) },
  };
}

const overrunsIn = (session: Session) => session.journal.filter(({ type }) => type === 'Overrun');

describe('a clock-driven session, by the timers of the host', () => {
  takeHostTime();

  it('runs every instant when it is due, from one session to the next without a wait', async () => {
    const session = await openSession({ config: paced(60, { end: dates[1]! }), data: { AAPL } });
    const instants = instantsOf(session);
    const summary = await settled(session.finish());
    const day = Array.from({ length: 390 }, (_, i) => i + 1);
    expect(instants).toEqual([
      ...day.map((minute) => ({ at: OPEN + minute * MINUTE, ms: minute * 1_000 })),
      ...day.map((minute) => ({ at: NEXT_OPEN + minute * MINUTE, ms: minute * 1_000 })),
    ]);
    expect(summary).toMatchObject({ status: 'completed', sessions: 2, seconds: 780 });
    expect(session.overruns).toBe(0);
    expect(session.journal).toEqual([]);
  });

  it('reaches a close without data at its time', async () => {
    const session = await openSession({ config: paced(60), data: { AAPL: AAPL.slice(0, 10) } });
    const instants = instantsOf(session);
    await settled(session.finish());
    expect(instants.at(-1)).toEqual({ at: CLOSE, ms: 390_000 });
  });

  it.each([0.5, 1, 600, 60_000])(
    'has the log of the data-driven run at %s times',
    async (speed) => {
      const data = { AAPL, NEW };
      const symbols = ['AAPL', 'NEW'];
      const whole = await runOf({ config: paced(0, { symbols }), data });
      const session = await openSession({ config: paced(speed, { symbols }), data });
      const summary = await settled(session.finish());
      expect(summary.chain_hash).toBe(whole.summary.chain_hash);
      expect(summary.seconds).toBeGreaterThanOrEqual(23_400 / speed);
    },
  );

  it('counts each instant that a slow strategy makes late, and drops none', async () => {
    const slow = (speed: number) => openSession(withOnBar(speed, () => toil(150)));
    const whole = await settled((await slow(0)).finish());
    const session = await slow(600);
    const summary = await settled(session.finish());
    // A minute lasts 100 ms, its bar takes 150: the n-th is late by 50 (n - 1) ms, of which 50 are allowed.
    expect(session.overruns).toBe(388);
    expect(summary.symbols.AAPL?.bars).toBe(390);
    expect(summary.chain_hash).toBe(whole.chain_hash);
    const entries = overrunsIn(session);
    expect(entries[0]).toEqual({
      type: 'Overrun',
      overruns: 1,
      at: OPEN + 3 * MINUTE,
      consumer: 'session',
      late_ms: 100,
    });
    expect(entries.at(-1)).toEqual({ type: 'Overrun', overruns: 388, total: true });
    // 390 bars of 150 ms take 58.5 s, with an entry a second at most.
    expect(entries.length).toBeLessThanOrEqual(60);
  });

  it('catches up with the clock after one slow bar', async () => {
    const session = await openSession(
      withOnBar(600, ({ opened }) => {
        if (opened === OPEN + 9 * MINUTE) toil(1_000);
      }),
    );
    const instants = instantsOf(session);
    await settled(session.finish());
    const ms = instants.map((instant) => instant.ms);
    expect(ms[8]).toBe(900);
    expect(ms.slice(9, 20)).toEqual([...Array(11).fill(2_000)]);
    expect(ms.slice(20, 23)).toEqual([2_100, 2_200, 2_300]);
    // Those due at 1100 to 1900 ms; the one at 2000 is on time.
    expect(session.overruns).toBe(9);
  });

  it('counts no time of a pause, and goes on where it stood', async () => {
    const session = await openSession({ config: paced(60), data: { AAPL } });
    const instants = instantsOf(session);
    const finished = session.finish();
    await pass(2_400);
    session.pause();
    await pass(3_600_000);
    expect(instants).toHaveLength(2);
    session.resume();
    await settled(finished);
    expect(instants[2]).toEqual({ at: OPEN + 3 * MINUTE, ms: 3_603_000 });
    expect(instants.at(-1)).toEqual({ at: CLOSE, ms: 3_990_000 });
    expect(session.overruns).toBe(0);
  });

  it('stops while it waits, and leaves no timer behind', async () => {
    const session = await openSession({ config: paced(1), data: { AAPL } });
    const finished = session.finish();
    await pass(90_000);
    const summary = await session.stop();
    expect(summary).toMatchObject({ status: 'stopped', facts: { BarAppended: 1 } });
    expect(await finished).toMatchObject({ status: 'stopped' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('loads a symbol while it waits, and counts no time of it', async () => {
    const session = await openSession({ config: paced(60), data: slowToIndex('NEW', 30_000) });
    const instants = instantsOf(session);
    const finished = session.finish();
    await pass(2_500);
    const before = performance.now();
    expect(await settled(session.addSymbol('NEW'))).toEqual({ added: true, symbol: 'NEW' });
    expect(performance.now() - before).toBe(30_000);
    expect(session.view.now).toBe(OPEN + 2 * MINUTE);
    expect(session.view.symbol('NEW')?.bars('1m')?.length).toBe(2);
    await settled(finished);
    expect(instants[2]).toEqual({ at: OPEN + 3 * MINUTE, ms: 33_000 });
    expect(session.overruns).toBe(0);
  });

  it('steps at once while it waits, and keeps its pace from there', async () => {
    const session = await openSession({ config: paced(60), data: { AAPL } });
    const instants = instantsOf(session);
    const finished = session.finish();
    await pass(2_500);
    expect((await session.step())?.at).toBe(OPEN + 3 * MINUTE);
    await settled(finished);
    expect(instants.slice(2, 4)).toEqual([
      { at: OPEN + 3 * MINUTE, ms: 2_500 },
      { at: OPEN + 4 * MINUTE, ms: 3_500 },
    ]);
  });

  it('steps and runs up to a time without a wait, and stands until it is asked again', async () => {
    const session = await openSession({ config: paced(1), data: { AAPL } });
    const instants = instantsOf(session);
    await session.step();
    await session.runUntil(OPEN + 60 * MINUTE);
    await session.runUntil((view) => view.now >= OPEN + 70 * MINUTE);
    expect(instants).toHaveLength(70);
    expect(instants.every(({ ms }) => ms === 0)).toBe(true);
    await pass(3_600_000);
    const finished = session.finish();
    await settled(finished);
    expect(instants[70]).toEqual({ at: OPEN + 71 * MINUTE, ms: 3_660_000 });
    expect(session.overruns).toBe(0);
  });

  it('gives an iterator its frames at the pace, and waits for it', async () => {
    const session = await openSession({ config: paced(60), data: { AAPL } });
    const instants = instantsOf(session);
    const seen = async () => {
      for await (const frame of session) {
        if (frame.at === OPEN + 2 * MINUTE) await pass(5_000);
        if (frame.at === OPEN + 4 * MINUTE) break;
      }
    };
    await settled(seen());
    expect(instants.map(({ ms }) => ms)).toEqual([1_000, 2_000, 8_000, 9_000]);
    expect(session.overruns).toBe(0);
    await session.close();
  });
});

/** Bars in memory, of which one symbol takes its time. */
function slowToIndex(slow: string, ms: number): Feed {
  const feed = memoryFeed({ AAPL, NEW });
  return {
    name: feed.name,
    index: async (request) => {
      if (request.symbols.includes(slow)) await new Promise((done) => setTimeout(done, ms));
      await feed.index(request);
    },
    availability: (symbol) => feed.availability(symbol),
    skipped: (symbol, interval) => feed.skipped(symbol, interval),
    read: (request) => feed.read(request),
    missing: (symbol) => feed.missing?.(symbol) ?? [],
    fingerprint: (symbol) => feed.fingerprint(symbol),
    close: () => feed.close(),
  };
}

/** Sessions of ten minutes, so that real time can be waited for. */
const short = marketCalendar({
  name: 'SHORT',
  zone: 'America/New_York',
  firstDate: '2024-01-01',
  lastDate: '2024-12-31',
  weekdays: [1, 2, 3, 4, 5],
  hours: { open: '09:30', close: '09:40' },
});

/** Keeps the process busy. */
function toilForReal(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a clock-driven session in real time', () => {
  it('a clock-driven run completes', async () => {
    const started = performance.now();
    const run = await runOf({ config: paced(36_000), data: { AAPL } });
    // 390 minutes at 36,000 times: no less than 650 ms.
    expect(performance.now() - started).toBeGreaterThanOrEqual(650);
    expect(run.summary).toMatchObject({ status: 'completed', facts: { BarAppended: 390 } });
    const whole = await runOf({ config: paced(0), data: { AAPL } });
    expect(run.summary.chain_hash).toBe(whole.summary.chain_hash);
  });

  it.each([1, 7, 'auto'] as const)(
    'drops nothing of a day at 60,000 times on a slow strategy, with slices of %s',
    async (slice) => {
      const { config, data, strategies } = withOnBar(60_000, () => toilForReal(3));
      const session = await openSession({ config, data: data!, strategies: strategies!, slice });
      const summary = await session.finish();
      expect(session.overruns).toBeGreaterThan(100);
      expect(overrunsIn(session).at(-1)).toMatchObject({ overruns: session.overruns, total: true });
      const whole = await runOf({ ...withOnBar(0, () => {}), slice });
      expect(summary.facts).toEqual(whole.summary.facts);
      expect(summary.chain_hash).toBe(whole.summary.chain_hash);
    },
  );

  it('drops nothing at 600 times on a slow strategy', async () => {
    const slow = (speed: number, onBar: () => void) => {
      const { config, ...rest } = withOnBar(speed, onBar);
      const exchange = { exchange_group: 'SHORT' };
      return { ...rest, config: { ...(config as object), ...exchange }, calendars: [short] };
    };
    const session = await openSession(slow(600, () => toilForReal(160)));
    const summary = await session.finish();
    expect(session.overruns).toBeGreaterThan(0);
    expect(overrunsIn(session).length).toBeGreaterThan(0);
    const whole = await runOf(slow(0, () => {}));
    expect(summary.symbols).toEqual({ AAPL: { bars: 10, derived: 2, quality: 100 } });
    expect(summary.chain_hash).toBe(whole.summary.chain_hash);
  });
});

describe('the wish of a strategy', () => {
  it('outlives a pause that comes in the same frame', async () => {
    let asked = false;
    const session = await openSession(
      withOnBar(0, (bar, context) => {
        asked = bar.opened >= OPEN + 9 * MINUTE;
        if (asked) context.ensureSymbol('NEW');
      }),
    );
    const stop = session.onFrame(() => {
      if (!asked) return;
      session.pause();
      stop();
      setTimeout(() => session.resume(), 20);
    });
    const summary = await session.finish();
    expect(summary.facts).toMatchObject({ SymbolRegistered: 2, MessageReceived: 1 });
    expect(summary.symbols.NEW?.bars).toBe(390);
  });
});
