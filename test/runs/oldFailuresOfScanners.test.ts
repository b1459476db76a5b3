/** What went wrong with scanners in the system that this one descends from, on real runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, runOf } from '../support.ts';
import { looking, marketOf, withScanners } from './scanRun.ts';

const folder = mkdtempSync(join(tmpdir(), 'openbell-scanners-'));
afterAll(() => rmSync(folder, { recursive: true }));

const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
const data = marketOf(['AAPL', 'NEW', 'ALSO'], dates);

const MINE = `
export class Mine {
  setup({ universe }) { this.symbols = universe('universe.txt'); }
  async scan({ ensureSymbol, registerIndicator, view, now }) {
    for (const symbol of this.symbols) {
      await ensureSymbol(symbol);
      if (!view.symbol(symbol).indicator('sma_3_1m')) {
        await registerIndicator(symbol, { name: 'sma', period: 3, interval: '1m' });
      }
    }
    return { symbols: this.symbols, metadata: { now } };
  }
}`;

describe('scanners that failed before', () => {
  it('scheduled scanners load and run, on day 2 as well', async () => {
    writeFileSync(join(folder, 'mine.mjs'), MINE);
    writeFileSync(join(folder, 'universe.txt'), 'NEW\n');
    const scanners = [
      {
        module: 'mine.mjs',
        pre_session: true,
        regular_session: [{ start: '09:35', end: '10:00', interval: '5m' }],
      },
      {
        module: 'scanners.examples.gap_scanner',
        regular_session: [{ start: '09:31', end: '09:31', interval: '1m' }],
        config: { universe: ['ALSO'], min_gap_percent: 0 },
      },
    ];
    const config = configOf({ start: '2024-01-03', end: '2024-01-04', session: { scanners } });
    const run = await runOf({ config, data, folder });
    const perDay = (name: string) =>
      ['2024-01-03', '2024-01-04'].map((date) => {
        const scans = run.of('ScanCompleted').filter(({ scanner }) => scanner === name);
        return scans.filter(({ at }) => new Date(at).toISOString().startsWith(date)).length;
      });
    expect(run.of('ScanFailed')).toEqual([]);
    expect({ mine: perDay('mine'), gap: perDay('gap') }).toEqual({ mine: [7, 7], gap: [1, 1] });
    expect(run.of('ActorSetUp').filter(({ actor }) => actor === 'scanner')).toHaveLength(2);
    expect(run.of('UniverseRead')).toHaveLength(2);
    const indicators = run.of('IndicatorRegistered', 'NEW').map(({ key }) => key);
    expect(indicators).toEqual(['sma_3_1m', 'sma_3_1m']);
    expect(
      run.of('SymbolRegistered').map(({ symbol, added_by }) => `${symbol} ${added_by}`),
    ).toEqual([
      ...['AAPL config', 'NEW scanner', 'ALSO scanner'],
      ...['AAPL config', 'NEW scanner', 'ALSO scanner'],
    ]);
    expect(run.summary).toMatchObject({ status: 'completed', sessions: 2 });
  });

  it('a scanner cannot remove a config symbol', async () => {
    const refusals: string[] = [];
    const remove = looking(
      async ({ removeSymbol }) => {
        await removeSymbol('aapl').catch((error: Error) => refusals.push(error.message));
      },
      {
        teardown: async ({ removeSymbol }) => {
          await removeSymbol('AAPL').catch((error: Error) => refusals.push(error.message));
        },
      },
    );
    const run = await runOf(
      withScanners(
        { own: { scanner: remove, pre_session: true, times: ['10:00-16:00/3h'] } },
        { data, end: '2024-01-03' },
      ),
    );
    const reason = '"AAPL" is a symbol of the config: only force removes it';
    // Before the session, at 10:00, 13:00 and 16:00 of two days, and in one teardown.
    expect(refusals).toEqual(Array(9).fill(reason));
    expect(run.of('MessageRefused').map((fact) => fact.reason)).toEqual(refusals);
    expect(run.of('SymbolRemoved')).toEqual([]);
    const { AAPL } = run.summary.symbols;
    expect(AAPL?.bars).toBe(
      data.AAPL!.filter(({ opened }) => opened < Date.parse('2024-01-04')).length,
    );
  });

  it('a built-in scanner cannot either, nor what others have added', async () => {
    const adds = looking(({ ensureSymbol }) => ensureSymbol('ALSO'));
    const options = withScanners({ adds: { scanner: adds, pre_session: true } }, { data });
    const gap = {
      module: 'gap',
      regular_session: [{ start: '09:31', end: '16:00', interval: '30m' }],
      config: { universe: ['AAPL', 'ALSO', 'NEW'], min_gap_percent: 99 },
    };
    const { session_data_config: session } = options.config;
    const scanners = [...(session as unknown as { scanners: object[] }).scanners, gap];
    const run = await runOf({
      ...options,
      config: { ...options.config, session_data_config: { ...session, scanners } as never },
    });
    expect(run.session.view.symbols).toEqual(['AAPL', 'ALSO']);
    expect(new Set(run.of('SymbolRemoved').map(({ symbol }) => symbol))).toEqual(new Set(['NEW']));
    expect(run.of('MessageRefused')).toEqual([]);
  });
});
