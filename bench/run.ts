/**
 * `npm run bench`: base bars a second of the engine with its durable log on, beside the hand-written loop
 * over the same arrays in the same process. Compare the ratio; the machine's speed cancels out of it.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '../src/index.ts';
import { fusedLoop } from './fusedLoop.ts';
import { createMarket, type Market } from './market.ts';

const SCENARIOS = [
  { symbols: 1, days: 20 },
  { symbols: 10, days: 20 },
  { symbols: 50, days: 20 },
  { symbols: 500, days: 5 },
];
const ROUNDS = 5;

function configOf(market: Market) {
  const indicator = (name: string, period: number) => ({ name, period, interval: '1m' });
  return {
    session_name: 'bench',
    mode: 'backtest',
    backtest_config: { start_date: market.start, end_date: market.end },
    session_data_config: {
      symbols: market.symbols,
      streams: ['1m', '5m', '15m'],
      indicators: { session: [indicator('sma', 20), indicator('ema', 20), indicator('rsi', 14)] },
    },
    trading_config: {
      max_buying_power: 100_000,
      max_per_trade: 10_000,
      max_per_symbol: 10_000,
      max_open_positions: 10,
    },
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const spread = (values: number[]) => (Math.max(...values) - Math.min(...values)) / median(values);

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

async function engineSeconds(market: Market, folder: string): Promise<number> {
  await using session = await openSession({
    config: configOf(market),
    data: market.columns,
    log: folder,
  });
  const from = performance.now();
  const summary = await session.finish();
  const seconds = (performance.now() - from) / 1000;
  const bars = Object.values(summary.symbols).reduce((sum, { bars }) => sum + bars, 0);
  if (bars !== market.bars) throw new Error(`fed ${bars} of ${market.bars} bars`);
  return seconds;
}

function loopSeconds(market: Market): number {
  const from = performance.now();
  if (!Number.isFinite(fusedLoop(market))) throw new Error('the loop made no number');
  return (performance.now() - from) / 1000;
}

const root = mkdtempSync(join(tmpdir(), 'openbell-bench-'));
const results: object[] = [];
try {
  for (const { symbols, days } of SCENARIOS) {
    const market = createMarket(symbols, days);
    const engine: number[] = [];
    const loop: number[] = [];
    let bytes = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const folder = join(root, `${symbols}-${round}`);
      const seconds = await engineSeconds(market, folder);
      bytes = bytesIn(folder);
      rmSync(folder, { recursive: true });
      const reference = loopSeconds(market);
      // The first round warms up.
      if (round === 0) continue;
      engine.push(market.bars / seconds);
      loop.push(market.bars / reference);
    }
    results.push({
      symbols,
      days,
      bars: market.bars,
      'engine bars/s': Math.round(median(engine)),
      'loop bars/s': Math.round(median(loop)),
      'ratio %': Number(((100 * median(engine)) / median(loop)).toFixed(2)),
      'engine spread %': Math.round(100 * spread(engine)),
      'log bytes/bar': Number((bytes / market.bars).toFixed(1)),
    });
    console.error(`measured ${symbols} symbols × ${days} days`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
if (process.argv.includes('--json')) console.log(JSON.stringify(results, null, 2));
else console.table(results);
