/**
 * `npm run bench:memory`: one year × 20 symbols of synthetic minute bars through the durable log, and the
 * memory in use after every twentieth day. Flat means: the last lines look like the second. The young
 * generation is held to the size that the command line gives it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '../src/index.ts';

const symbols = Array.from({ length: 20 }, (_, i) => `S${String(i).padStart(2, '0')}`);
const folder = mkdtempSync(join(tmpdir(), 'openbell-memory-'));
const mib = (bytes: number) => Number((bytes / 1024 / 1024).toFixed(1));
const rows: object[] = [];

try {
  await using session = await openSession({
    config: {
      session_name: 'memory',
      mode: 'backtest',
      backtest_config: { start_date: '2023-01-01', end_date: '2023-12-31' },
      session_data_config: {
        symbols,
        streams: ['1m', '5m', '15m'],
        data: { type: 'synthetic', seed: 7 },
        historical: { data: [{ trailing_days: 5, intervals: ['1m'] }] },
        indicators: {
          session: [
            { name: 'sma', period: 20, interval: '1m' },
            { name: 'ema', period: 20, interval: '1m' },
            { name: 'rsi', period: 14, interval: '1m' },
          ],
        },
      },
      trading_config: {
        max_buying_power: 100_000,
        max_per_trade: 10_000,
        max_per_symbol: 10_000,
        max_open_positions: 10,
      },
    },
    log: join(folder, 'run'),
  });
  session.on('SessionEnded', ({ date }) => {
    const { done } = session.progress;
    if (done !== 1 && done % 20 !== 5) return;
    globalThis.gc?.();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    rows.push({
      day: done,
      date,
      'rss MiB': mib(rss),
      'heap MiB': mib(heapUsed),
      'buffers MiB': mib(arrayBuffers),
    });
    console.error(`day ${done}`);
  });
  const summary = await session.finish();
  console.table(rows);
  console.log(
    `${summary.sessions} sessions, ${summary.facts.BarAppended} base bars, ` +
      `${summary.bars_per_second} bars/s`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
