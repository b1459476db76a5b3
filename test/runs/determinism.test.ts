import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { sessionJson } from '../../src/domain/sessionJson.ts';
import { Tally } from '../../src/domain/tally.ts';
import {
  type Fact,
  FileLog,
  findCalendar,
  foldFrame,
  openSession,
  SessionData,
} from '../../src/index.ts';
import { configOf, runOf, select, type TestBar } from '../support.ts';
import { anySeed, market, tradingDays } from './naive.ts';

const scratch = mkdtempSync(join(tmpdir(), 'openbell-runs-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;
const newFolder = () => join(scratch, `run-${folders++}`);

const days = tradingDays('2024-06-26', '2024-07-05');
const dates = days.slice(-3);
const subset = <T>(...all: T[]) => fc.subarray(all, { minLength: 1 });
const anyRun = fc.record({
  seed: anySeed,
  share: fc.constantFrom(0, 0.01, 0.2),
  symbols: subset('AAPL', 'MSFT', 'TSLA'),
  streams: subset('5m', '7m', '1h', '1d', '1w'),
  trailing: fc.integer({ min: 1, max: 4 }),
  loaded: subset('1m', '5m', '1d'),
  indicators: fc.subarray([
    { name: 'ema', period: 9, interval: '1m' },
    { name: 'macd', interval: '5m' },
    { name: 'vwap', interval: '1m' },
    { name: 'bbands', period: 20, interval: '5m' },
  ]),
  incomplete: fc.constantFrom('emit', 'skip'),
});

type AnyRun = typeof anyRun extends fc.Arbitrary<infer T> ? T : never;

function optionsOf({
  seed,
  share,
  symbols,
  streams,
  trailing,
  loaded,
  indicators,
  incomplete,
}: AnyRun) {
  const data = Object.fromEntries(symbols.map((s, i) => [s, market(days, seed + i, share)]));
  const historical = { data: [{ trailing_days: trailing, intervals: loaded, apply_to: 'all' }] };
  const intervals = indicators.map(({ interval }) => interval);
  const session = { historical, indicators: { session: indicators }, derivation: { incomplete } };
  const config = configOf({
    symbols,
    start: dates[0]!,
    end: dates.at(-1)!,
    streams: [...new Set(['1m', ...streams, ...intervals])],
    session,
  });
  return { config, data };
}

function csvOf(bars: readonly TestBar[]): string {
  const rows = bars.map((b) => [b.opened, b.open, b.high, b.low, b.close, b.volume].join(','));
  return ['time,open,high,low,close,volume', ...rows, ''].join('\n');
}

describe('any run', () => {
  it('has one chain hash: in memory, in a file, in any slices, stepped, and beside another', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (any) => {
        const options = optionsOf(any);
        const whole = await runOf(options);
        const hash = whole.summary.chain_hash;
        const others = [{ slice: 1 }, { slice: 7 }, { log: newFolder() }] as const;
        for (const other of others) {
          const run = await runOf({ ...options, ...other });
          expect(run.summary.chain_hash).toBe(hash);
        }
        const [a, b] = [await openSession(options), await openSession({ ...options, slice: 3 })];
        const runs = [a.finish(), b.step()];
        for (let i = 0; i < 20; i++) await b.step();
        await Promise.all(runs);
        while (b.status === 'running') await b.step();
        expect([a.chainHash, b.chainHash]).toEqual([hash, hash]);
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it('has a file log that folds to the state of the live session', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (any) => {
        const log = newFolder();
        const { session } = await runOf({ ...optionsOf(any), log });
        const live = session.toJSON();
        const reader = await FileLog.read(log);
        const data = new SessionData();
        const tally = new Tally();
        for (const frame of reader.read()) {
          foldFrame(data, frame, reader.table);
          tally.add(frame);
        }
        const folded = sessionJson(data, {
          ...{ calendar: findCalendar('XNYS')!, tally },
          config: live.session_config as Record<string, unknown>,
          system: live.system as Record<string, string>,
        });
        expect(folded).toEqual(live);
        expect(reader.chainHash()).toBe(session.chainHash);
        await reader.close();
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('has the same facts whatever the order of its symbols, but for the config itself', async () => {
    const { config, data } = optionsOf({
      ...{ seed: 4, share: 0.2, symbols: ['TSLA', 'AAPL', 'MSFT'], streams: ['5m', '1d'] },
      ...{ trailing: 2, loaded: ['1m', '1d'], indicators: [], incomplete: 'emit' },
    });
    const [first, ...rest] = (await runOf({ config, data })).facts;
    const sorted = structuredClone(config);
    (sorted.session_data_config.symbols as string[]).sort();
    const [started, ...others] = (await runOf({ config: sorted, data })).facts;
    expect([first?.type, started?.type]).toEqual(['RunStarted', 'RunStarted']);
    expect(others).toEqual(rest);
  });

  it('has the same facts of a symbol alone as among others', async () => {
    const data = { AAPL: market(days, 8, 0.1), MSFT: market(days, 9, 0.3) };
    const of = async (symbols: string[]) => {
      const indicators = { session: [{ name: 'ema', period: 9, interval: '5m' }] };
      const session = { indicators };
      const config = configOf({ symbols, start: dates[0]!, end: dates.at(-1)!, session });
      const { facts } = await runOf({ config, data });
      return ['BarAppended', 'BarDerived', 'IndicatorUpdated', 'GapDetected', 'QualityScored'].map(
        (type) =>
          select(facts, type as Fact['type'], 'AAPL').map(({ seq: _, cause: __, ...fact }) => fact),
      );
    };
    expect(await of(['AAPL', 'MSFT'])).toEqual(await of(['AAPL']));
  });
});

describe('the same CSV files in two folders', () => {
  it('give the same chain hash, and no path is in any fact', async () => {
    const hashes: string[] = [];
    for (const name of ['here', 'elsewhere/deeper']) {
      const folder = join(scratch, name);
      mkdirSync(join(folder, 'bars'), { recursive: true });
      writeFileSync(join(folder, 'bars/AAPL.csv'), csvOf(market(days, 6, 0.05)));
      const source = { type: 'csv', path: 'bars/{symbol}.csv', interval: '1m', stamp: 'open' };
      for (const path of [source.path, join(folder, source.path)]) {
        const config = configOf({
          start: dates[0]!,
          end: dates.at(-1)!,
          session: { data: { ...source, path } },
        });
        const run = await runOf({ config, folder });
        hashes.push(run.summary.chain_hash);
        expect(JSON.stringify(run.facts)).not.toContain(scratch);
      }
    }
    expect(new Set(hashes).size).toBe(1);
  });
});
