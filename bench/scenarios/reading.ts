/** What is done with a log: rebuilding the state, seeking, exporting. */
import { mkdirSync } from 'node:fs';
import {
  exportParquet,
  FileLog,
  foldFrame,
  SessionData,
  sealLog,
  verifyLog,
} from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { runOver, THREE } from '../engineRun.ts';
import { freshPath, remove } from '../folders.ts';
import { createMarket, type Market } from '../market.ts';
import { type Prepared, percentile, rounded, type Scenario } from '../scenario.ts';
import { loopTimes } from './runs.ts';

/** The log of a run over `market`, its segments sealed. */
async function sealedLog(market: Market): Promise<string> {
  const folder = freshPath();
  await runOver(market, folder, { indicators: THREE, cross: false });
  await sealLog(folder);
  return folder;
}

/** The time of one act over the whole of a sealed log. */
async function prepareWhole(act: (folder: string, market: Market) => Promise<void>) {
  const market = createMarket(50, 20);
  const folder = await sealedLog(market);
  return {
    work: market.bars,
    async engine() {
      const from = performance.now();
      await act(folder, market);
      return performance.now() - from;
    },
    reference: () => loopTimes(market).ms,
    close: () => remove(folder),
  };
}

async function rebuild(folder: string): Promise<void> {
  const log = await FileLog.read(folder);
  const data = new SessionData();
  for (const frame of log.read({ reuse: true })) foldFrame(data, frame, log.table);
  if (data.seq !== log.position) throw new Error('not all of it was folded');
}

async function verify(folder: string, { columns }: Market): Promise<void> {
  const { ok, divergence } = await verifyLog(folder, { data: columns });
  if (!ok) throw new Error(`it is not the same: ${JSON.stringify(divergence)}`);
}

const PLACES = 50;

/** The time of one of many acts all over a log; the slowest are in `figures`. */
async function prepareSeek(act: (log: FileLogReader, seq: number) => void): Promise<Prepared> {
  const market = createMarket(50, 20);
  const folder = await sealedLog(market);
  const log = await FileLog.read(folder);
  const all: number[] = [];
  return {
    work: 1,
    engine() {
      const times = Array.from({ length: PLACES }, (_, i) => {
        // Scattered, and the same in every round.
        const seq = 1 + ((i * 7_919_317 + 104_729) % log.position);
        const from = performance.now();
        act(log, seq);
        return performance.now() - from;
      });
      all.push(...times);
      return percentile(times, 50);
    },
    figures: () => ({ 'p95 ms': rounded(percentile(all, 95)) }),
    close: () => remove(folder),
  };
}

type FileLogReader = Awaited<ReturnType<typeof FileLog.read>>;

async function prepareExport(): Promise<Prepared> {
  const market = createMarket(50, 5);
  const folder = await sealedLog(market);
  const log = await FileLog.read(folder);
  let bytes = 0;
  return {
    work: market.bars,
    engine() {
      const into = freshPath();
      mkdirSync(into);
      const from = performance.now();
      bytes = exportParquet(log, into).reduce((sum, file) => sum + file.bytes, 0);
      const ms = performance.now() - from;
      remove(into);
      return ms;
    },
    reference: () => loopTimes(market).ms,
    figures: () => ({ 'parquet bytes/bar': rounded(bytes / market.bars, 1) }),
    close: () => remove(folder),
  };
}

export const READING: readonly Scenario[] = [
  {
    name: 'rebuild',
    what: 'SessionData of 50 × 20 days folded from sealed segments, beside the loop',
    unit: 'bars',
    rounds: 9,
    warmUps: 5,
    target: { ratio: 25 },
    prepare: () => prepareWhole(rebuild),
  },
  {
    name: 'verify',
    what: '50 × 20 days executed again from sealed segments and compared, beside the loop',
    unit: 'bars',
    rounds: 5,
    warmUps: 5,
    target: { ratio: 9 },
    prepare: () => prepareWhole(verify),
  },
  {
    name: 'read-fact',
    what: 'one fact by its number, anywhere in the log of 50 × 20 days',
    unit: 'ms',
    rounds: 5,
    prepare: () => prepareSeek((log, seq) => void log.read({ from: seq, to: seq }).next()),
  },
  {
    name: 'state-at',
    what: 'the state at a fact anywhere in the log of 50 × 20 days',
    unit: 'ms',
    rounds: 1,
    warmUps: 0,
    prepare: () => prepareSeek((log, seq) => void stateAt(log, seq)),
  },
  {
    name: 'export-parquet',
    what: 'the log of 50 × 5 days as Parquet, beside the loop',
    unit: 'bars',
    rounds: 3,
    prepare: prepareExport,
  },
];
