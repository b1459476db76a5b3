/** Small markets for the tests of feeds: bars, and the files that hold them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { onTestFinished } from 'vitest';
import type { BarColumns } from '../../src/domain/bars.ts';
import { findCalendar } from '../../src/domain/calendar/calendars.ts';
import type { FileSource } from '../../src/domain/config/data.ts';
import type { Feed, FeedBars } from '../../src/feeds/feed.ts';

export const xnys = findCalendar('XNYS')!;
export const crypto = findCalendar('CRYPTO')!;

export const MINUTE = 60_000;

export interface TestBar {
  readonly opened: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

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

export const HEADER = 'time,open,high,low,close,volume';

export function csvOf(bars: readonly TestBar[], timeOf = (time: number) => String(time)): string {
  const rows = bars.map(({ opened, open, high, low, close, volume }) =>
    [timeOf(opened), open, high, low, close, volume].join(','),
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

/** A time as New York's clocks show it, `2024-01-02 09:30:00`. */
export function inNewYork(time: number): string {
  return new Date(time).toLocaleString('sv-SE', { timeZone: 'America/New_York' });
}

export function parquetOf(bars: readonly TestBar[]): Uint8Array {
  const column = (field: keyof TestBar) => bars.map((bar) => bar[field]);
  const numbers = ['open', 'high', 'low', 'close', 'volume'] as const;
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'time', data: bars.map(({ opened }) => new Date(opened)), type: 'TIMESTAMP' },
        ...numbers.map((name) => ({ name, data: column(name), type: 'DOUBLE' as const })),
      ],
    }),
  );
}

export function sourceOf(type: 'csv' | 'parquet', more: Partial<FileSource> = {}): FileSource {
  const path = `{symbol}.${type}`;
  return { type, path, interval: '1m', stamp: 'open', on_bad_row: 'fail', ...more } as FileSource;
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
