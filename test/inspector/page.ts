/** A page of the inspector in the shared browser, and how its parts are found: by role and name only. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, inject } from 'vitest';
import type { BarsAnswer, LanesAnswer } from '../../src/inspect/protocol.ts';
import {
  type InspectorServer,
  type ServerOptions,
  serveInspector,
} from '../../src/inspect/server.ts';

export const fixtures = inject('fixtures');

/** The indicator in which the runs of a pair differ. */
export const PARTING_KEY = 'drift_1m';

export interface OpenOptions extends ServerOptions {
  /** What stands behind `#` in the address. */
  readonly at?: string;
  readonly context?: BrowserContextOptions;
  /** Before anything is loaded. */
  readonly prepare?: (page: Page) => Promise<void>;
}

interface WatchedPage {
  readonly page: Page;
  /** What the page asked for, and what it complained of. */
  readonly requests: string[];
  readonly complaints: string[];
}

export interface Opened extends WatchedPage, AsyncDisposable {
  readonly server: InspectorServer;
  /** The address with another place. */
  address(at: string): string;
}

let browser: Promise<Browser> | null = null;

afterAll(async () => {
  await (await browser)?.close();
});

export function sharedBrowser(): Promise<Browser> {
  browser ??= chromium.connect(inject('browser'));
  return browser;
}

/** An empty page in a context of its own. */
export async function watchedPage(options: BrowserContextOptions): Promise<WatchedPage> {
  const context = await (await sharedBrowser()).newContext({
    viewport: { width: 1600, height: 1000 },
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, requests, complaints };
}

/** Serves a run, or takes what serves one, and opens it; waits until it is there. */
export async function openPage(
  run: string | InspectorServer,
  options: OpenOptions = {},
): Promise<Opened> {
  const { at = '', context = {}, prepare, ...serving } = options;
  const server = typeof run === 'string' ? await serveInspector(run, serving) : run;
  const watched = await watchedPage(context);
  const { page } = watched;
  await prepare?.(page);
  const address = (place: string) => `${server.url}${place === '' ? '' : `#${place}`}`;
  await page.goto(address(at));
  await region(page, 'Events').getByRole('row').first().waitFor();
  return {
    ...watched,
    server,
    address,
    [Symbol.asyncDispose]: async () => {
      await page.context().close();
      await server.close();
    },
  };
}

/** A pane. */
export function region(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** Goes to a fact as a reader does: `g`, the number, Enter. */
export async function goTo(page: Page, seq: number): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.type(String(seq));
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.hash.includes(`seq=${seq}`));
}

/** What was copied last. */
export async function clipboard(page: Page): Promise<string> {
  return String(await page.evaluate('navigator.clipboard.readText()'));
}

export const CLIPBOARD: BrowserContextOptions = {
  permissions: ['clipboard-read', 'clipboard-write'],
};

/** A part of the address behind `#`. */
export function placed(page: Page, key: string): string | null {
  return new URLSearchParams(new URL(page.url()).hash.slice(1)).get(key);
}

/** Numbers are written with thin gaps. */
export function numberIn(text: string): number {
  return Number(text.replaceAll(/[^\d]/g, ''));
}

/** Tries until it holds: what the page shows follows the cursor in a moment. */
export async function until<T>(look: () => Promise<T>, holds: (got: T) => boolean): Promise<T> {
  const waits = [10, 20, 40, 80, ...Array.from({ length: 60 }, () => 150)];
  let got = await look();
  for (const wait of waits) {
    if (holds(got)) return got;
    await new Promise((resolve) => setTimeout(resolve, wait));
    got = await look();
  }
  return got;
}

interface Debug {
  readonly bars: BarsAnswer;
  readonly lanes: LanesAnswer;
  readonly chart: {
    xOf(row: number): number | null;
    yOf(price: number): number | null;
    width: number;
  };
}

/** The bars that the chart was drawn from, once they are those of a cursor. */
export function barsAt(page: Page, seq: number): Promise<BarsAnswer> {
  const look = () =>
    page.evaluate(() => (globalThis as unknown as { openbellDebug: Debug }).openbellDebug.bars);
  return until(look, (bars) => bars?.at === seq);
}

/** Where a candle stands in the chart, in pixels from the left and the top of it. */
export function candleAt(page: Page, row: number, price: number) {
  return page.evaluate(
    ([wanted, close]) => {
      const { chart } = (globalThis as unknown as { openbellDebug: Debug }).openbellDebug;
      return { x: chart.xOf(wanted)!, y: chart.yOf(close)!, width: chart.width };
    },
    [row, price] as const,
  );
}
