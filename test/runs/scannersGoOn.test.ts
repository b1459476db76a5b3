/** Runs with scanners that ask for several things one after another, gone on with from anywhere in their logs. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  forkSession,
  openSession,
  type Scanner,
  type ScannerContext,
  type Strategy,
} from '../../src/index.ts';
import { random, runOf } from '../support.ts';
import { bytesOf, runsFolder } from './replayed.ts';
import { looking, marketOf, type ScannerCase, withScanners } from './scanRun.ts';

const folder = runsFolder();
const [FIRST, LAST] = ['2024-01-02', '2024-01-04'];
const DAYS = [FIRST, '2024-01-03', LAST];
const data = marketOf(['AAPL', 'B0', 'B1', 'B2', 'B3', 'C1'], DAYS);
const SMA = { name: 'sma', period: 4, interval: '1m' };

/** Scans of which each brings in another symbol, and then asks for something more. */
const MORE: Record<string, (symbol: string, context: ScannerContext) => Promise<unknown>> = {
  registers: (symbol, { registerIndicator }) => registerIndicator(symbol, SMA),
  removes: (symbol, { removeSymbol }) => removeSymbol(symbol),
  'adds another': (_, { ensureSymbol }) => ensureSymbol('C1'),
  'locks and registers': (symbol, { lock, registerIndicator }) => {
    lock(symbol);
    return registerIndicator(symbol, SMA);
  },
  'mends a bar': async (symbol, { view, addBar }) => {
    const bar = view.symbol(symbol)?.bars('1m')?.at(-1);
    if (bar) await addBar(symbol, '1m', { ...bar, volume: bar.volume + 1 }, { replace: true });
  },
};

const GAP: ScannerCase = {
  config: { universe: ['B1', 'B2', 'C1'], min_gap_percent: 0 },
  pre_session: true,
  times: ['09:31-10:30/5m'],
};

/** Hears everything, and asks for a symbol to go when a session ends. */
const strategy = (): Strategy => ({
  onBar() {},
  onIndicator() {},
  onSessionEnd: ({ removeSymbol }) => removeSymbol('B2'),
});

function given(scanners: Readonly<Record<string, ScannerCase>>) {
  const session = { strategies: [{ module: 'hears' }] };
  const options = withScanners(scanners, { data, start: FIRST, end: LAST, session });
  return { ...options, strategies: { hears: strategy } };
}

/** A scanner new for each run, since it counts its scans. */
function scanning(more: (typeof MORE)[string]): Scanner {
  let scans = 0;
  return looking(async (context) => {
    const symbol = `B${scans++ % 4}`;
    await context.ensureSymbol(symbol);
    await more(symbol, context);
  });
}

describe('a scanner that asks for one thing after another', () => {
  it.each([...Object.keys(MORE), 'gap'])('that %s: a fork comes to the same log', async (name) => {
    const more = MORE[name];
    const options = () =>
      given(
        more === undefined
          ? { gap: GAP }
          : { asks: { scanner: scanning(more), times: ['10:00-15:30/50m'] } },
      );
    const parent = join(folder, `${name}-parent`);
    const session = await openSession({ ...options(), log: parent });
    await session.finish();
    await session.close();
    const facts = session.view.seq;
    const next = random(name.length);
    for (let i = 0; i < 8; i++) {
      const at = 100 + Math.floor(next() * (facts - 100));
      const log = join(folder, `${name}-${i}`);
      const fork = await forkSession({ ...options(), from: parent, at, log });
      await fork.finish();
      await fork.close();
      expect(bytesOf(log).equals(bytesOf(parent)), `at fact ${at}`).toBe(true);
    }
  });
});

describe('scanners that remove what they brought, beside a strategy', () => {
  it.each([true, false])('come back every day (before the session: %s)', async (before) => {
    const run = await runOf(given({ gap: { ...GAP, pre_session: before } }));
    expect(run.summary.status).toBe('completed');
    expect(run.of('ScanFailed')).toEqual([]);
    const days = run.of('ScanCompleted').map(({ at }) => new Date(at).toISOString().slice(0, 10));
    expect([...new Set(days)]).toEqual(DAYS);
    const torn = run.of('TransitionTaken').filter(({ message }) => message.includes('error'));
    expect(torn).toEqual([]);
  });
});
