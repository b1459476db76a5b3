/** What a run holds in memory over time, and what the frame loop allocates. */
import { spawnSync } from 'node:child_process';
import type { HeapProfiler } from 'node:inspector';
import { Session as Inspector } from 'node:inspector/promises';
import { join } from 'node:path';
import { sessionOver, THREE } from '../engineRun.ts';
import { freshPath, remove } from '../folders.ts';
import { createMarket, openOf } from '../market.ts';
import { median, type Prepared, rounded, type Scenario } from '../scenario.ts';

const YEAR = join(import.meta.dirname, '../year.ts');

interface Year {
  readonly bars: number;
  readonly seconds: number;
  readonly bytes: number;
  /** The same once its segments are sealed. */
  readonly sealed: number;
  /** MiB after every fifth day and after the last. */
  readonly rss: readonly number[];
  /** MiB once the log is closed. */
  readonly closed: number;
}

function runYear(): Year {
  const args = ['--max-semi-space-size=8', YEAR];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the year ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Year;
}

async function prepareYear(): Promise<Prepared> {
  let year: Year | null = null;
  return {
    get work() {
      return year!.bars;
    },
    engine() {
      year = runYear();
      return year.seconds * 1000;
    },
    figures() {
      const { rss, closed, bytes, sealed, bars } = year!;
      const first = rss[0]!;
      const last = rss.at(-1)!;
      return {
        'MiB after day 5': Math.round(first),
        'MiB after the last day': Math.round(last),
        'MiB after closing': Math.round(closed),
        'MiB at most': Math.round(Math.max(...rss, closed)),
        'growth %': rounded((100 * (last - first)) / first, 1),
        'log bytes/bar': rounded(bytes / bars, 1),
        'sealed bytes/bar': rounded(sealed / bars, 1),
      };
    },
  };
}

const FRAMES = 150;
/** So that most of the loop's code is compiled for good before the day that is looked at. */
const WARM_DAYS = 2;
const MINUTE = 60_000;
const [FEW, MANY] = [50, 1000];
/** On average one sample for so much that is allocated: next to all of it. */
const SAMPLE_BYTES = 64;

/** What the frame loop allocates in so many frames in the middle of a day, no strategy looking on. */
interface Allocated {
  /** By all of it, as a sampling profiler sees it: short-lived things as well. */
  readonly loop: number;
  /** The part of it that goes with the log's links: one for each 16 KiB that are written. */
  readonly links: number;
  /** By how much the heap grew in as many frames, whoever it was for. */
  readonly growth: number;
}

async function allocations(symbols: number): Promise<Allocated> {
  const market = createMarket(symbols, WARM_DAYS + 1);
  const folder = freshPath();
  const session = await sessionOver(market, folder, { indicators: THREE, cross: false });
  let until = openOf(market.end) + 60 * MINUTE;
  await session.runUntil(until);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  until += FRAMES * MINUTE;
  await session.runUntil(until);
  const growth = process.memoryUsage().heapUsed - before;
  const profiler = new Inspector();
  profiler.connect();
  await profiler.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLE_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  until += FRAMES * MINUTE;
  await session.runUntil(until);
  const { profile } = await profiler.post('HeapProfiler.stopSampling');
  profiler.disconnect();
  await session[Symbol.asyncDispose]();
  remove(folder);
  const isLoop = ({ functionName, url }: Called) =>
    functionName === 'run' && url.endsWith('/frameLoop.ts');
  const isLink = ({ functionName }: Called) => functionName === '#endBlock';
  const { head } = profile;
  return { loop: bytesUnder(head, isLoop), links: bytesUnder(head, isLink), growth };
}

type Node = HeapProfiler.SamplingHeapProfileNode;
type Called = Node['callFrame'];

/** Bytes that were allocated by such functions and all they have called. */
function bytesUnder(node: Node, isMeant: (called: Called) => boolean, within = false): number {
  const counts = within || isMeant(node.callFrame);
  const own = counts ? node.selfSize : 0;
  return node.children.reduce((sum, child) => sum + bytesUnder(child, isMeant, counts), own);
}

/**
 * What grows with the number of symbols is allocated per bar, the rest per frame. The least of the rounds counts:
 * code that is not compiled for good yet, or not any more, allocates what it does not otherwise. Of what the heap
 * grows by it is the median: a collection can come in between.
 */
async function prepareHeap(): Promise<Prepared> {
  const rounds: { few: Allocated; many: Allocated }[] = [];
  const bars = (MANY - FEW) * FRAMES;
  const least = (size: 'few' | 'many', of: (allocated: Allocated) => number) =>
    Math.min(...rounds.map((round) => of(round[size])));
  const perBar = (of: (allocated: Allocated) => number) =>
    rounded((least('many', of) - least('few', of)) / bars, 2);
  const own = ({ loop, links }: Allocated) => loop - links;
  return {
    work: 1,
    async engine() {
      const from = performance.now();
      rounds.push({ few: await allocations(FEW), many: await allocations(MANY) });
      return performance.now() - from;
    },
    figures: () => ({
      'bytes/bar': perBar(own),
      [`bytes/frame of ${FEW}`]: Math.round(least('few', own) / FRAMES),
      [`bytes/frame of ${MANY}`]: Math.round(least('many', own) / FRAMES),
      'of links bytes/bar': perBar(({ links }) => links),
      'heap growth bytes/bar': rounded(
        median(rounds.map(({ few, many }) => (many.growth - few.growth) / bars)),
      ),
    }),
  };
}

export const MEMORY: readonly Scenario[] = [
  {
    name: 'year',
    what: 'one year × 50 symbols of synthetic bars, three indicators, in a process of its own',
    unit: 'bars',
    rounds: 1,
    warmUps: 0,
    target: { most: { 'growth %': 10, 'MiB at most': 600, 'log bytes/bar': 40 } },
    prepare: prepareYear,
  },
  {
    name: 'heap',
    what: `what the frame loop allocates at least, by the sampling profiler: ${FEW} against ${MANY} symbols`,
    unit: 'ms',
    rounds: 8,
    target: { most: { 'bytes/bar': 0.5 } },
    prepare: prepareHeap,
  },
];
