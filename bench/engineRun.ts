/** Runs of the engine as the scenarios need them: a config over a market in memory, the log on disk. */
import type { SmaCrossConfig } from '../src/actors/smaCross.ts';
import { openSession } from '../src/index.ts';
import type { Market } from './market.ts';

export interface IndicatorEntry {
  readonly name: string;
  readonly period?: number;
  readonly interval: string;
}

const at1m = (name: string, period?: number): IndicatorEntry => ({
  name,
  interval: '1m',
  ...(period !== undefined && { period }),
});

/** What every scenario has; the strategy looks at the first and a longer average, as the loop does. */
export const THREE = [at1m('sma', 20), at1m('ema', 20), at1m('rsi', 14)];
const WITH_CROSS = [...THREE, at1m('sma', 50)];

export const TWENTY = [
  ...[5, 10, 20, 50, 100].map((period) => at1m('sma', period)),
  ...[5, 12, 20, 26, 50].map((period) => at1m('ema', period)),
  ...[7, 14, 21].map((period) => at1m('rsi', period)),
  ...[5, 10, 20].map((period) => at1m('mom', period)),
  ...[10, 20].map((period) => at1m('roc', period)),
  at1m('vwap'),
  at1m('obv'),
];

const CROSS: SmaCrossConfig = { fast: 'sma_20_1m', slow: 'sma_50_1m' };

export interface RunOptions {
  readonly indicators?: readonly IndicatorEntry[];
  readonly cross?: boolean;
  readonly streams?: readonly string[];
  readonly symbols?: readonly string[];
  readonly historyDays?: number;
}

export function configOf(market: Pick<Market, 'symbols' | 'start' | 'end'>, options: RunOptions) {
  const { indicators = WITH_CROSS, cross = true, streams = ['1m', '5m', '15m'] } = options;
  const { historyDays = 0 } = options;
  return {
    session_name: 'bench',
    mode: 'backtest',
    backtest_config: { start_date: market.start, end_date: market.end },
    session_data_config: {
      symbols: options.symbols ?? market.symbols,
      streams,
      indicators: { session: indicators },
      ...(cross && { strategies: [{ module: 'sma-cross', config: CROSS }] }),
      ...(historyDays > 0 && {
        historical: { data: [{ trailing_days: historyDays, intervals: ['1m'] }] },
      }),
    },
    trading_config: {
      max_buying_power: 100_000,
      max_per_trade: 10_000,
      max_per_symbol: 10_000,
      max_open_positions: 10,
    },
  };
}

/** A session over `market`, ready to run. */
export function sessionOver(market: Market, log: string | null, options: RunOptions = {}) {
  return openSession({
    config: configOf(market, options),
    data: market.columns,
    ...(log !== null && { log }),
  });
}

/** Of a piece of work in milliseconds: by the clock, and by what the main thread had of a processor. */
export interface Times {
  readonly ms: number;
  readonly processorMs: number;
}

/** Starts to measure; call the result when the work is done. */
export function stopwatch(): () => Times {
  const from = performance.now();
  const used = process.threadCpuUsage();
  return () => {
    const { user, system } = process.threadCpuUsage(used);
    return { ms: performance.now() - from, processorMs: (user + system) / 1000 };
  };
}

/** Runs `market` to its end, log durable and closed. The time is that from the first step on. */
export async function runOver(
  market: Market,
  log: string,
  options: RunOptions = {},
): Promise<Times> {
  await using session = await sessionOver(market, log, options);
  const stop = stopwatch();
  const summary = await session.finish();
  const times = stop();
  const bars = Object.values(summary.symbols).reduce((sum, symbol) => sum + symbol.bars, 0);
  if (bars !== market.bars) throw new Error(`fed ${bars} of ${market.bars} bars`);
  return times;
}
