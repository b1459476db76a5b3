import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/calendar/civil.ts';
import { csvFeed } from '../../src/feeds/csv.ts';
import { csvOf, folderOf, MINUTE, minutesOf, sourceOf, xnys } from './market.ts';

const MIB = 2 ** 20;

function used(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return Math.max(external, arrayBuffers) + heapUsed;
}

/** Full days, one after the other; each has 390 rows. */
function writeDays(path: string, count: number): string[] {
  const file = openSync(path, 'w');
  const dates: string[] = [];
  const [header, ...rows] = csvOf(minutesOf(['2000-01-03']))
    .trimEnd()
    .split('\n');
  writeSync(file, `${header}\n`);
  const fields = rows.map((row) => row.slice(row.indexOf(',')));
  for (let date = '2000-01-03'; dates.length < count; date = addDays(date, 1)) {
    const session = xnys.session(date);
    if (session === null || session.earlyClose) continue;
    dates.push(date);
    writeSync(file, `${fields.map((rest, i) => session.open + i * MINUTE + rest).join('\n')}\n`);
  }
  closeSync(file);
  return dates;
}

describe('a large CSV file', () => {
  it('is indexed and read day by day without being held in memory', async () => {
    const folder = folderOf({});
    const dates = writeDays(join(folder, 'AAPL.csv'), 2000);
    const feed = csvFeed(sourceOf('csv'), folder);
    const before = used();
    let most = 0;
    let size = 0;
    const look = () => {
      most = Math.max(most, used() - before);
    };
    await feed.index({
      symbols: ['AAPL'],
      calendar: xnys,
      onProgress: ({ total }) => {
        size = total;
        look();
      },
    });
    let bars = 0;
    for (const date of dates.filter((_, i) => i % 20 === 0)) {
      const { dayStart: from, dayEnd: to } = xnys.session(date)!;
      const day = await feed.read({ symbol: 'AAPL', interval: '1m', from, to });
      expect(day.provenance).toMatchObject([
        { firstLine: 2 + 390 * dates.indexOf(date), bars: 390 },
      ]);
      bars += day.bars.length;
      look();
    }
    expect(bars).toBe(100 * 390);
    expect(size).toBeGreaterThan(30 * MIB);
    expect(most).toBeLessThan(20 * MIB);
  });
});
