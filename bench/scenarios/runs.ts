/** Whole runs with the durable log on, beside the hand-written loop over the same arrays. */
import { type RunOptions, runOver, stopwatch, THREE, type Times, TWENTY } from '../engineRun.ts';
import { bytesIn, freshPath, remove } from '../folders.ts';
import { fusedLoop } from '../fusedLoop.ts';
import { fusedTwenty } from '../fusedTwenty.ts';
import { createMarket, type Market } from '../market.ts';
import { type Prepared, rounded, type Scenario } from '../scenario.ts';

/** A loop over a small market is too short to be timed: it is done so often that this many bars go through. */
const REFERENCE_BARS = 400_000;

/** The time of one pass of `loop` over `market`. */
export function loopTimes(market: Market, loop = fusedLoop): Times {
  const passes = Math.max(1, Math.round(REFERENCE_BARS / market.bars));
  const stop = stopwatch();
  for (let i = 0; i < passes; i++) {
    if (!Number.isFinite(loop(market))) throw new Error('the loop made no number');
  }
  const { ms, processorMs } = stop();
  return { ms: ms / passes, processorMs: processorMs / passes };
}

function prepareRun(market: Market, loop: typeof fusedLoop, options: RunOptions): Prepared {
  let bytes = 0;
  const engine: number[] = [];
  const reference: number[] = [];
  return {
    work: market.bars,
    async engine() {
      const folder = freshPath();
      const { ms, processorMs } = await runOver(market, folder, options);
      bytes = bytesIn(folder);
      remove(folder);
      engine.push(processorMs);
      return ms;
    },
    reference() {
      const { ms, processorMs } = loopTimes(market, loop);
      reference.push(processorMs);
      return ms;
    },
    figures: () => ({
      'log bytes/bar': rounded(bytes / market.bars, 1),
      // Of the main thread: what else the machine is doing hardly changes it.
      'ratio % by processor time': rounded((100 * Math.min(...reference)) / Math.min(...engine)),
    }),
  };
}

/** Bars until V8 has compiled for good what a run does: before that, rounds take up to twice as long. */
const WARM_UP_BARS = 2_000_000;

function warmUpsOf(bars: number): number {
  return Math.min(30, Math.ceil(WARM_UP_BARS / bars));
}

const LINE_UP = '5m, 15m, SMA 20, EMA 20, RSI 14, SMA cross 20/50';

function wholeRun(symbols: number, rounds: number, ratio?: number): Scenario {
  return {
    name: `symbols-${symbols}`,
    what: `${symbols} × 20 days × 1m, ${LINE_UP}`,
    unit: 'bars',
    rounds,
    warmUps: warmUpsOf(symbols * 20 * 390),
    ...(ratio !== undefined && { target: { ratio } }),
    prepare: async () => prepareRun(createMarket(symbols, 20), fusedLoop, {}),
  };
}

export const RUNS: readonly Scenario[] = [
  wholeRun(1, 15, 2),
  wholeRun(10, 9),
  wholeRun(50, 7, 10),
  wholeRun(500, 3, 12),
  {
    name: 'without-strategy',
    what: '50 × 20 days × 1m, 5m, 15m, SMA 20, EMA 20, RSI 14; the loop also does the cross',
    unit: 'bars',
    rounds: 7,
    warmUps: warmUpsOf(50 * 20 * 390),
    target: { ratio: 10, most: { 'log bytes/bar': 40 } },
    prepare: async () =>
      prepareRun(createMarket(50, 20), fusedLoop, { indicators: THREE, cross: false }),
  },
  {
    name: 'twenty-indicators',
    what: '50 × 20 days × 1m, 5m, 15m and 20 indicators, beside a loop with the same 20',
    unit: 'bars',
    rounds: 5,
    warmUps: warmUpsOf(50 * 20 * 390),
    target: { ratio: 25 },
    prepare: async () =>
      prepareRun(createMarket(50, 20), fusedTwenty, { indicators: TWENTY, cross: false }),
  },
  {
    name: 'one-second',
    what: '10 symbols × 1 day × 1s base, 1m and 5m, three indicators of 1s',
    unit: 'bars',
    rounds: 5,
    warmUps: warmUpsOf(10 * 23_400),
    prepare: async () => {
      const at1s = THREE.map((indicator) => ({ ...indicator, interval: '1s' }));
      const options = { indicators: at1s, cross: false, streams: ['1s', '1m', '5m'] };
      return prepareRun(createMarket(10, 1, 1000), fusedLoop, options);
    },
  },
];
