/** Small markets for the tests of feeds: bars, and the files that hold them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BarColumns } from '../../src/domain/bars.ts';
import { findCalendar } from '../../src/domain/calendar/calendars.ts';
import type { Feed, FeedBars } from '../../src/feeds/feed.ts';
import type { TestBar } from './barFiles.ts';

export { csvOf, HEADER, parquetOf, sourceOf, type TestBar } from './barFiles.ts';

export const xnys = findCalendar('XNYS')!;
export const crypto = findCalendar('CRYPTO')!;

export const MINUTE = 60_000;

/** The first `count` minutes of each date's session, with prices that tell them apart. */
export function minutesOf(dates: readonly string[], count = 390): TestBar[] {
  return dates.flatMap((date, day) => {
    const { open: start } = xnys.session(date)!;
    return Array.from({ length: count }, (_, i) => {
      const open = 100 + day + (i % 50) / 100;
      const close = open + (i % 3) / 100;
      const prices = { open, high: close + 0.05, low: open - 0.05, close };
      return { opened: start + i * MINUTE, ...prices, volume: 100 + i };
    });
  });
}

/** A folder that is gone after the test, with these files in it. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'feeds-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A time as New York's clocks show it, `2024-01-02 09:30:00`. */
export function inNewYork(time: number): string {
  return new Date(time).toLocaleString('sv-SE', { timeZone: 'America/New_York' });
}

/** Every bar that a feed has. */
export function readAll(feed: Feed, symbol: string, interval = '1m'): Promise<FeedBars> {
  return feed.read({ symbol, interval, from: -8e15, to: 8e15 });
}

/** The rows of columns, as the tests write them. */
export function rowsOf(bars: BarColumns): TestBar[] {
  return Array.from({ length: bars.length }, (_, i) => {
    const { count: _count, expected: _expected, ...row } = bars.at(i);
    return row;
  });
}
