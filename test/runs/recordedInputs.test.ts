import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { from } from 'rxjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  forkSession,
  openSession,
  resumeSession,
  type SessionOptions,
  verifyLog,
} from '../../src/index.ts';
import { barsOf, configOf, MINUTE, type TestBar } from '../support.ts';
import { bytesOf, killedAt, runsFolder, strategies } from './replayed.ts';

const folder = runsFolder();
const DAYS = ['2023-12-27', '2023-12-28', '2023-12-29', '2024-01-02', '2024-01-03', '2024-01-04'];

/** With days before the run, minutes without a bar, and bars before the open. */
function market(): Record<string, TestBar[]> {
  const early = (bars: TestBar[]) => {
    const opens = bars.filter(
      (bar, i) => i === 0 || bar.opened - bars[i - 1]!.opened > 8 * 3_600_000,
    );
    const before = opens.map((bar) => ({ ...bar, opened: bar.opened - 30 * MINUTE }));
    return [...bars, ...before].sort((a, b) => a.opened - b.opened);
  };
  return {
    AAPL: early(barsOf({ dates: DAYS, seed: 1, missing: (minute) => minute === 7 })),
    MSFT: barsOf({ dates: DAYS, seed: 2 }),
    TSLA: early(barsOf({ dates: DAYS, seed: 3, missing: (minute) => minute % 5 === 3 })),
    // Nothing on the second day, and nothing before the first.
    NVDA: barsOf({ dates: ['2024-01-02', '2024-01-04'], seed: 4 }),
  };
}

const session = {
  indicators: { session: [{ name: 'sma', period: 30, interval: '5m' }] },
  strategies: [{ module: 'turns' }],
  historical: {
    data: [{ trailing_days: 2, intervals: ['1m', '1d'], apply_to: ['AAPL'] }],
    indicators: {
      high: { type: 'trailing_max', period: '3d', granularity: 'daily', field: 'high' },
    },
  },
};
const config = configOf({
  symbols: ['AAPL', 'MSFT', 'NVDA'],
  start: '2024-01-02',
  end: '2024-01-04',
  session,
});

function csvOf(bars: readonly TestBar[]): string {
  const rows = bars.map(({ opened, open, high, low, close, volume }) =>
    [new Date(opened).toISOString(), open, high, low, close, volume].join(','),
  );
  return ['time,open,high,low,close,volume', ...rows, ''].join('\n');
}

/** Symbols come and go, and bars are added by hand, also where the feed has one. */
async function record(log: string, given: Partial<SessionOptions>): Promise<void> {
  const run = await openSession({ config, strategies, log, ...given });
  const until = (iso: string) => run.runUntil((view) => view.now >= Date.parse(iso));
  await until('2024-01-02T16:00:00Z');
  await run.addSymbol('TSLA');
  await run.addSymbol('NONE').catch(() => {});
  await until('2024-01-02T16:30:00Z');
  const opened = Date.parse('2024-01-02T14:37:00Z');
  const bar = { opened, open: 100, high: 101, low: 99, close: 100, volume: 5 };
  await run.addBar('AAPL', '1m', bar);
  await run.addBar('TSLA', '1m', { ...bar, opened: opened + MINUTE }, { replace: true });
  await until('2024-01-02T18:00:00Z');
  await run.removeSymbol('TSLA');
  await until('2024-01-02T18:30:00Z');
  await run.addSymbol('TSLA');
  await until('2024-01-03T18:00:00Z');
  await run.removeSymbol('TSLA');
  await run.registerIndicator('MSFT', { name: 'ema', period: 20, interval: '15m' });
  await until('2024-01-04T18:00:00Z');
  await run.addSymbol('TSLA');
  await run.finish();
}

describe('a run on files', () => {
  const source = { type: 'csv', path: 'bars/{symbol}.csv', interval: '1m', stamp: 'open' };
  const onFiles = {
    ...config,
    session_data_config: { ...config.session_data_config, data: source },
  };
  const run = join(folder, 'on-files');
  const file = (symbol: string) => join(folder, 'bars', `${symbol}.csv`);
  const write = () => {
    mkdirSync(join(folder, 'bars'), { recursive: true });
    for (const [symbol, bars] of Object.entries(market())) writeFileSync(file(symbol), csvOf(bars));
  };

  beforeAll(async () => {
    write();
    await record(run, { config: onFiles, folder });
  });
  afterEach(write);

  it('is executed again on its files while they are there', async () => {
    expect(await verifyLog(run, { strategies })).toMatchObject({
      ok: true,
      inputs: 'data',
      note: '',
    });
  });

  it('is executed again from its log when they are gone', async () => {
    rmSync(join(folder, 'bars'), { recursive: true });
    const { ok, divergence, inputs, note } = await verifyLog(run, { strategies });
    expect([ok, divergence, inputs]).toEqual([true, null, 'log']);
    expect(note).toMatch(/^the data of AAPL, MSFT, NVDA, TSLA cannot be read any more/);
  });

  it('is executed again from its log where some are gone', async () => {
    rmSync(file('TSLA'));
    const { ok, inputs, note } = await verifyLog(run, { strategies });
    expect([ok, inputs]).toEqual([true, 'log']);
    expect(note).toMatch(/^the data of TSLA cannot/);
  });

  it('shows a price that has changed, unless the log alone is asked', async () => {
    const text = readFileSync(file('MSFT'), 'utf8').split('\n');
    const line = text.findIndex((row) => row.startsWith('2024-01-03T15:00'));
    const cells = text[line]!.split(',');
    cells[5] = String(Number(cells[5]) + 1);
    writeFileSync(file('MSFT'), text.with(line, cells.join(',')).join('\n'));
    const { ok, divergence, inputs } = await verifyLog(run, { strategies });
    expect([ok, inputs]).toEqual([false, 'data']);
    expect(divergence).toMatchObject({
      expected: { type: 'BarAppended', symbol: 'MSFT' },
      fields: [{ path: 'volume' }],
    });
    const again = await verifyLog(run, { strategies, inputs: 'log' });
    expect(again).toMatchObject({ ok: true, inputs: 'log', note: '' });
  });

  it('differs without its files where nothing is to stand in for them', async () => {
    rmSync(join(folder, 'bars'), { recursive: true });
    const { ok, inputs } = await verifyLog(run, { strategies, inputs: 'data' });
    expect([ok, inputs]).toEqual([false, 'data']);
  });

  it('is not resumed or forked without them, and that is said', async () => {
    const killed = killedAt(run, join(folder, 'killed'), bytesOf(run).length >> 1);
    rmSync(join(folder, 'bars'), { recursive: true });
    const gone = /the data of AAPL, MSFT, NVDA is gone/;
    await expect(resumeSession({ log: killed, strategies })).rejects.toThrow(gone);
    const fork = { from: run, at: '2024-01-03T16:00:00Z', log: join(folder, 'fork'), strategies };
    await expect(forkSession(fork)).rejects.toThrow(gone);
    expect(await verifyLog(killed, { strategies })).toMatchObject({ ok: true, inputs: 'log' });
  });

  it('is executed again from what was loaded, as far as that says what else there was', async () => {
    const bare = killedAt(run, join(folder, 'bare'), bytesOf(run).length);
    rmSync(join(bare, 'data.ndjson'));
    rmSync(join(folder, 'bars'), { recursive: true });
    const { facts, inputs, note } = await verifyLog(bare, { strategies });
    expect(inputs).toBe('log');
    expect(facts).toBeGreaterThan(1000);
    expect(note).toMatch(/not recorded with this run|cannot be read any more/);
  });
});

describe('a run on what a program handed over', () => {
  it.each([
    ['bars in memory', () => ({ data: market() })],
    [
      'an observable',
      () => ({
        data: from(
          Object.entries(market()).flatMap(([symbol, bars]) =>
            bars.map((bar) => ({ ...bar, symbol })),
          ),
        ),
      }),
    ],
  ])('is executed again without %s', async (name, given) => {
    const log = join(folder, name.replaceAll(' ', '-'));
    await record(log, given());
    const { ok, divergence, inputs, note } = await verifyLog(log, { strategies });
    expect([ok, divergence, inputs, note]).toEqual([true, null, 'log', '']);
    await expect(verifyLog(log, { strategies, inputs: 'data' })).rejects.toThrow(
      /names no market data/,
    );
  });

  it('is executed again without data to its stop, and where it was interrupted', async () => {
    const log = join(folder, 'stopped');
    const run = await openSession({ config, data: market(), log, strategies });
    await run.runUntil((view) => view.now >= Date.parse('2024-01-03T15:00:00Z'));
    await run.stop();
    expect(await verifyLog(log, { strategies })).toMatchObject({ ok: true, ended: 'stopped' });
    for (const share of [0.3, 0.6, 0.9]) {
      const bytes = Math.floor(bytesOf(log).length * share);
      const cut = killedAt(log, join(folder, `cut-${share}`), bytes);
      expect(await verifyLog(cut, { strategies })).toMatchObject({ ok: true, inputs: 'log' });
    }
  });

  it.each([false, true])(
    'of a day that was queued, not fed, and then had a bar by hand: loaded in full %s',
    async (inFull) => {
      const log = join(folder, `by-hand-${inFull}`);
      const run = await openSession({ config, data: market(), log, strategies });
      const open = Date.parse('2024-01-02T14:30:00Z');
      await run.runUntil((view) => view.now >= open);
      await run.addSymbol('TSLA');
      await run.removeSymbol('TSLA');
      await run.runUntil((view) => view.now >= open + 10 * MINUTE);
      const bar = { opened: open + MINUTE, open: 7, high: 8, low: 6, close: 7, volume: 9 };
      await run.addBar('TSLA', '1m', bar, { replace: true });
      if (inFull) await run.addSymbol('TSLA');
      await run.registerIndicator('TSLA', { name: 'sma', period: 3, interval: '1m' });
      await run.runUntil((view) => view.now >= Date.parse('2024-01-03T15:00:00Z'));
      await run.removeSymbol('TSLA');
      await run.addSymbol('TSLA');
      await run.finish();
      const { ok, divergence, inputs } = await verifyLog(log, { strategies });
      expect([ok, divergence, inputs]).toEqual([true, null, 'log']);
    },
  );
});
