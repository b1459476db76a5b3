/** What a run holds in memory over time, and what the frame loop allocates. */
import { spawnSync } from 'node:child_process';
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
  /** MiB after every fifth day and after the last. */
  readonly rss: readonly number[];
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
    work: 251 * 390 * 50,
    engine() {
      year = runYear();
      return year.seconds * 1000;
    },
    figures() {
      const { rss, bytes, bars } = year!;
      const first = rss[0]!;
      const last = rss.at(-1)!;
      return {
        'MiB after day 5': Math.round(first),
        'MiB after the last day': Math.round(last),
        'MiB at most': Math.round(Math.max(...rss)),
        'growth %': rounded((100 * (last - first)) / first, 1),
        'log bytes/bar': rounded(bytes / bars, 1),
      };
    },
  };
}

const FRAMES = 100;
/** Until all of the loop's code is compiled for good. */
const WARM_DAYS = 5;
const MINUTE = 60_000;

/** Bytes that the heap grows by in so many frames in the middle of a day, no strategy looking on. */
async function heapGrowth(symbols: number): Promise<number> {
  const market = createMarket(symbols, WARM_DAYS + 1);
  const folder = freshPath();
  const session = await sessionOver(market, folder, { indicators: THREE, cross: false });
  let until = openOf(market.end) + 60 * MINUTE;
  await session.runUntil(until);
  const growths: number[] = [];
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    until += FRAMES * MINUTE;
    await session.runUntil(until);
    growths.push(process.memoryUsage().heapUsed - before);
  }
  await session[Symbol.asyncDispose]();
  remove(folder);
  return Math.min(...growths);
}

/** What grows with the number of symbols is allocated per bar; the rest once a frame. */
async function prepareHeap(): Promise<Prepared> {
  const perBar: number[] = [];
  const perFrame: number[] = [];
  return {
    work: 1,
    async engine() {
      const from = performance.now();
      const [few, many] = [await heapGrowth(50), await heapGrowth(250)];
      const bar = (many - few) / (200 * FRAMES);
      perBar.push(bar);
      perFrame.push(few / FRAMES - 50 * bar);
      return performance.now() - from;
    },
    figures: () => ({
      'bytes/bar': rounded(median(perBar), 1),
      'bytes/frame': Math.round(median(perFrame)),
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
    what: 'bytes that the frame loop allocates, 50 against 250 symbols; the time is that of all of it',
    unit: 'ms',
    rounds: 3,
    target: { most: { 'bytes/bar': 0.5 } },
    prepare: prepareHeap,
  },
];
