import { describe, expect, it } from 'vitest';
import { type Counts, Metrics } from '../../src/actors/metrics.ts';
import { type MetricsReport, openSession, type ReportKind, type Session } from '../../src/index.ts';
import { barsOf, configOf, MINUTE, runOf } from '../support.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
const data = { AAPL: barsOf({ dates, seed: 1 }), MSFT: barsOf({ dates, seed: 2 }) };
const config = configOf({
  symbols: ['AAPL', 'MSFT'],
  end: '2024-01-04',
  session: {
    indicators: { session: [{ name: 'ema', period: 10, interval: '1m' }] },
    strategies: [{ module: 'looker' }],
  },
});
const looker = () => ({ onBar: () => {} });
const options = { config, data, strategies: { looker } };
const BARS = 390;

describe('the metrics of a run', () => {
  it('are not zero after it', async () => {
    const { session, summary } = await runOf(options);
    const report = session.metrics();
    expect(report).toMatchObject({
      kind: 'backtest',
      run: 'memory',
      status: 'completed',
      start_date: '2024-01-02',
      end_date: '2024-01-04',
      sessions: 3,
      bars_processed: 6 * BARS,
      bars_derived: 6 * 78,
      indicator_updates: summary.facts.IndicatorUpdated,
      events: session.log.position,
      overruns: 0,
      cache: { read_ahead: { hits: 4, misses: 2 } },
    });
    expect(report.frames).toBeGreaterThan(3 * BARS);
    const { phases, data_loading, session_duration, session_gap, per_frame } = report;
    const { initial, subsequent } = data_loading;
    const times = { ...phases, initial, subsequent, session_duration, session_gap, ...per_frame };
    for (const [name, { total_ms, mean_ms, min_ms, max_ms }] of Object.entries(times)) {
      expect([name, total_ms > 0, mean_ms! > 0, min_ms! > 0, max_ms! > 0]).toEqual([
        ...[name, true, true, true, true],
      ]);
    }
    const { elapsed_ms, bars_per_second, log_bytes } = report;
    expect(Math.min(elapsed_ms, bars_per_second, log_bytes)).toBeGreaterThan(0);
    expect(Object.values(times).map(({ count }) => count)).toEqual([
      ...[1, 3, 3, 3, 2, 1, 2, 3, 2],
      // One frame in 61 of three times 390.
      ...[20, 20, 20],
    ]);
  });

  it('tell the last session from the whole run', async () => {
    const { session } = await runOf(options);
    const [last, all] = [session.metrics('session'), session.metrics()];
    expect(last).toMatchObject({
      ...{ kind: 'session', start_date: '2024-01-04', end_date: '2024-01-04', sessions: 1 },
      ...{ bars_processed: 2 * BARS, bars_derived: 2 * 78 },
      ...{ phases: { validating: { count: 0, mean_ms: null }, active: { count: 1 } } },
      data_loading: { initial: { count: 0 }, subsequent: { count: 1 } },
    });
    expect(last.log_bytes).toBeLessThan(all.log_bytes / 2);
    expect(last.elapsed_ms).toBeLessThan(all.elapsed_ms);
  });

  it('grow while it runs, and stand still when it is over', async () => {
    const session = await openSession(options);
    expect(session.metrics()).toMatchObject({ status: 'ready', elapsed_ms: 0, bars_processed: 0 });
    await session.runUntil(Date.parse('2024-01-02T14:30:00Z') + 30 * MINUTE);
    const early = session.metrics('session');
    expect(early).toMatchObject({ status: 'running', sessions: 0, bars_processed: 60 });
    expect(early.phases.active).toMatchObject({ count: 1 });
    expect(early.session_duration.total_ms).toBeGreaterThan(0);
    // Now it stands still, because nobody asks it to go on.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await session.stop();
    const stopped = session.metrics('session');
    expect(stopped).toMatchObject({ status: 'stopped', session_duration: { count: 1 } });
    expect(stopped.waiting_for_host.count).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(session.metrics('session')).toEqual(stopped);
  });

  it('are those of a failed run as well', async () => {
    const broken = () => ({
      onBar: () => {
        throw new Error('no more');
      },
    });
    const session = await openSession({ ...options, strategies: { looker: broken } });
    await expect(session.finish()).rejects.toThrow('no more');
    const { status, phases, session_duration } = session.metrics();
    expect({ status, session_duration }).toMatchObject({
      status: 'failed',
      session_duration: { count: 1 },
    });
    expect(phases.active.total_ms).toBeGreaterThan(0);
  });

  it('leave no trace in the log, however often they are asked for', async () => {
    const { summary } = await runOf(options);
    const session = await openSession(options);
    while ((await session.step()) !== null) {
      if (session.view.seq % 5 === 0) session.formatReport('session');
      session.health();
    }
    expect(session.chainHash).toBe(summary.chain_hash);
    expect(JSON.stringify(session.toJSON())).not.toMatch(/elapsed_ms|mean_ms/);
  });

  it.each(['session', 'backtest'] as const)('read as text as they do as JSON: %s', async (kind) => {
    const { session } = await runOf(options);
    const text = session.formatReport(kind);
    for (const number of numbersOf(session, kind)) expect(text).toContain(number);
    expect(text.split('\n')[0]).toBe(
      kind === 'session'
        ? 'session report of memory: completed, 2024-01-04'
        : 'backtest report of memory: completed, 2024-01-02 to 2024-01-04',
    );
  });
});

/** Every number of a report as people write it. */
function numbersOf(session: Session, kind: ReportKind): string[] {
  const spelled = (key: string, value: unknown): string[] => {
    if (typeof value === 'object' && value !== null) {
      return Object.entries(value).flatMap(([inner, of]) => spelled(inner, of));
    }
    if (typeof value !== 'number') return [];
    if (key === 'hit_rate') return [`${value.toFixed(2)} %`];
    if (!key.endsWith('_ms')) return [value.toLocaleString('en-US')];
    // Halves go up, as people round; `toFixed` goes by what the double is in binary.
    const digits = value >= 1 || value === 0 ? 3 : 6;
    const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return [value.toLocaleString('en-US', fixed)];
  };
  const { cache, ...report }: MetricsReport = session.metrics(kind);
  const rates = Object.values(cache).flatMap(({ hit_rate }) => spelled('hit_rate', hit_rate));
  return [...spelled('', report), ...rates];
}

describe('measurements', () => {
  const counts = (sessions: number) => ({ sessions, bars_processed: 100 * sessions }) as Counts;

  function measured() {
    let now = 1_000;
    let sessions = 0;
    const metrics = new Metrics(
      () => now,
      () => counts(sessions),
    );
    const move = (ms: number, actor: string, from: string | null, to: string) => {
      now += ms;
      metrics.moved({ actor, message: '', from, to, fromPhase: null, toPhase: null });
    };
    const pass = (ms: number) => {
      now += ms;
    };
    const count = () => {
      sessions += 1;
    };
    return { metrics, move, pass, count };
  }

  it('divide a run into phases, sessions and what lies between them', () => {
    const { metrics, move, count } = measured();
    move(50, 'session', null, 'validating');
    move(1, 'session', 'validating', 'initializing');
    move(2, 'session/initialization/loading', null, 'checking');
    move(4, 'session/initialization/loading', 'checking', 'done');
    move(8, 'session', 'initializing', 'active');
    move(3, 'session/active/loading', null, 'checking');
    move(9, 'session/active/loading', 'checking', 'failed');
    move(16, 'session', 'active', 'ending');
    count();
    move(32, 'session', 'ending', 'tearingDown');
    move(64, 'session', 'tearingDown', 'initializing');
    move(2, 'session/initialization/loading', null, 'checking');
    move(5, 'session/initialization/loading', 'checking', 'done');
    move(128, 'session', 'initializing', 'active');
    const { run, session } = metrics;
    expect(run.phases.validating.json()).toMatchObject({ count: 1, total_ms: 1 });
    expect(run.phases.initializing.json()).toMatchObject({ count: 2, min_ms: 14, max_ms: 135 });
    expect(run.phases.active.json()).toMatchObject({ count: 1, total_ms: 28 });
    expect(run.phases.tearingDown.json()).toMatchObject({ total_ms: 64 });
    expect(run.initialLoad.json()).toMatchObject({ count: 1, total_ms: 4 });
    expect(run.laterLoads.json()).toMatchObject({ count: 2, total_ms: 14 });
    expect(run.session.json()).toMatchObject({ count: 1, total_ms: 60 });
    expect(run.gap.json()).toMatchObject({ count: 1, total_ms: 199 });
    expect(session.phases.initializing.json()).toMatchObject({ count: 1, total_ms: 135 });
    expect(session.phases.validating.json()).toEqual({
      ...{ count: 0, total_ms: 0, mean_ms: null, min_ms: null, max_ms: null },
    });
    expect(session.counts).toEqual({ sessions: 1, bars_processed: 100 });
    expect(run.counts).toBeNull();
  });

  it('count what is under way with what it has taken so far', () => {
    const { metrics, move, pass } = measured();
    move(0, 'session', null, 'validating');
    move(10, 'session', 'validating', 'initializing');
    pass(7);
    expect(metrics.underWay).toMatchObject({
      ...{ phase: 'initializing', phaseMs: 7, sessionMs: null, gapMs: null },
    });
    metrics.end();
    pass(100);
    expect(metrics.underWay.phase).toBeNull();
    expect(metrics.now).toBe(1_017);
    expect(metrics.run.phases.initializing.json()).toMatchObject({ count: 1, total_ms: 7 });
  });

  it('take what others find: waits and overruns', async () => {
    const { metrics, pass } = measured();
    metrics.overrun();
    metrics.waited('strategy', 3);
    const { promise, resolve } = Promise.withResolvers<string>();
    const waiting = metrics.waitFor('log', promise);
    pass(15);
    expect(metrics.underWay.waitMs('log')).toBe(15);
    pass(5);
    resolve('durable');
    expect(await waiting).toBe('durable');
    const failed = metrics.waitFor('log', Promise.reject(new Error('no room')));
    await expect(failed).rejects.toThrow('no room');
    expect(metrics.run.overruns).toBe(1);
    expect(metrics.session.waits.strategy.json()).toMatchObject({ count: 1, total_ms: 3 });
    expect(metrics.run.waits.log.json()).toMatchObject({ count: 2, total_ms: 20, min_ms: 0 });
  });

  it('look at one frame in 61, the first among them', () => {
    const { metrics, pass } = measured();
    const looked: number[] = [];
    for (let frame = 1; frame <= 140; frame++) {
      const watch = metrics.watch();
      if (watch === null) continue;
      looked.push(frame);
      watch.start();
      pass(2);
      watch.stop('processor');
      pass(1);
      watch.end();
    }
    expect(looked).toEqual([1, 62, 123]);
    expect(metrics.run.processor.json()).toMatchObject({ count: 3, mean_ms: 2 });
    expect(metrics.run.frame.json()).toMatchObject({ count: 3, mean_ms: 3 });
    expect(metrics.run.strategy.json()).toMatchObject({ count: 0 });
  });
});
