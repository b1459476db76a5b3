/**
 * `npm run bench:inspector`: the inspector's page on a log of a million facts, in a real browser. Times of opening,
 * of going to the end and to random facts, rows and memory of the page, memory of the server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { openSession } from '../src/index.ts';
import { openBrowser } from '../test/inspector/browser.ts';
import { configOf } from './engineRun.ts';
import { freshPath } from './folders.ts';
import { createMarket } from './market.ts';

const SYMBOLS = 45;
const DAYS = 20;
const JUMPS = 50;

const INDICATORS = [
  { name: 'sma', period: 20, interval: '1m' },
  { name: 'ema', period: 20, interval: '1m' },
];

async function makeLog(): Promise<{ log: string; facts: number }> {
  const log = freshPath();
  const market = createMarket(SYMBOLS, DAYS);
  const config = configOf(market, { indicators: INDICATORS, cross: false, streams: ['1m', '15m'] });
  await using session = await openSession({ config, data: market.columns as never, log });
  await session.finish();
  return { log, facts: session.view.seq };
}

interface Serving {
  readonly url: string;
  readonly process: ChildProcess;
}

/** The command itself, in a process of its own: its memory is to be measured. */
async function serve(log: string): Promise<Serving> {
  const main = join(import.meta.dirname, '../src/cli/main.ts');
  const child = spawn(process.execPath, [main, 'inspect', log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { url, process: child };
}

function residentMiB({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

const events = (page: Page) => page.getByRole('region', { name: 'Events', exact: true });

async function opened(page: Page, url: string) {
  const started = performance.now();
  await page.goto(url);
  await events(page).getByRole('row').first().waitFor();
  const readable = performance.now() - started;
  await page.getByText('index ready').waitFor({ timeout: 120_000 });
  const ready = performance.now() - started;
  const paint = Number(
    await page.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime'),
  );
  return { paint, readable, ready };
}

/** From the key to the selected row and the fact's own pane. */
async function timed(page: Page, seq: number, move: () => Promise<void>): Promise<number> {
  const text = new Intl.NumberFormat('en-US').format(seq).replaceAll(',', '\u202f');
  const started = performance.now();
  await move();
  await page.waitForFunction((wanted) => {
    const { document: page } = globalThis as never as {
      document: { querySelector(s: string): { textContent: string } | null };
    };
    const row = page.querySelector('[role=row][aria-selected=true] [role=gridcell]');
    const data = page.querySelector('[aria-label="Session data"] .aside');
    return row?.textContent === wanted && data?.textContent === `at ${wanted}`;
  }, text);
  return performance.now() - started;
}

async function jumps(page: Page, facts: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 1, seq = 1; i <= JUMPS; i++) {
    seq = (seq * 48_271 + i) % facts || 1;
    await page.keyboard.press('g');
    await page.keyboard.type(String(seq));
    times.push(await timed(page, seq, () => page.keyboard.press('Enter')));
  }
  return times.sort((a, b) => a - b);
}

const ms = (time: number) => `${Math.round(time)} ms`;

const { log, facts } = await makeLog();
console.log(`a log of ${facts} facts`);
const browserServer = await openBrowser();
const browser = await chromium.connect(browserServer.wsEndpoint());
const server = await serve(log);
try {
  for (const index of ['cold', 'warm']) {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const { paint, readable, ready } = await opened(page, server.url);
    console.log(
      `${index}: first paint ${ms(paint)}, rows after ${ms(readable)}, index after ${ms(ready)}`,
    );
    if (index === 'warm') {
      await timed(page, 1, () => page.keyboard.press('Home'));
      console.log(`End: ${ms(await timed(page, facts, () => page.keyboard.press('End')))}`);
      const times = await jumps(page, facts);
      const p95 = times[Math.ceil(times.length * 0.95) - 1]!;
      console.log(`${JUMPS} jumps: median ${ms(times[JUMPS / 2]!)}, p95 ${ms(p95)}`);
      console.log(`rows in the page: ${await events(page).getByRole('row').count()}`);
      const session = await page.context().newCDPSession(page);
      await session.send('HeapProfiler.collectGarbage');
      const heap = Number(await page.evaluate('performance.memory.usedJSHeapSize'));
      console.log(`heap of the page: ${Math.round(heap / 2 ** 20)} MiB`);
    }
    await page.close();
  }
  console.log(`memory of the server at most: ${residentMiB(server.process)} MiB`);
} finally {
  server.process.kill('SIGINT');
  await browser.close();
  await browserServer.close();
}
