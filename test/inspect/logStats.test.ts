import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileLog, MemoryLog } from '../../src/index.ts';
import { statsOf } from '../../src/inspect/logStats.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { segmentSizes } from '../../src/store/segmentSizes.ts';
import { DATES, marketRun, rewritten } from './marketRun.ts';

/** How many there are of each. */
function counts(names: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of names) found[name] = (found[name] ?? 0) + 1;
  return found;
}

describe('the statistics of a log', () => {
  it('count what is in it', async () => {
    const { folder, facts } = await marketRun();
    const log = await FileLog.read(folder);
    const stats = statsOf(log);
    expect(stats).toMatchObject({
      facts: facts.length,
      frames: [...log.read()].length,
      firstAt: facts[0]!.at,
      lastAt: facts.at(-1)!.at,
      sessions: 3,
      symbols: 3,
    });
    const byType = Object.fromEntries(stats.types.map(({ type, facts: count }) => [type, count]));
    expect(byType).toEqual(counts(facts.map(({ type }) => type)));
    const byActor = Object.fromEntries(
      stats.actors.map(({ actor, facts: count }) => [actor, count]),
    );
    expect(byActor).toEqual(counts(facts.map(({ by }) => by)));
    const order = stats.types.map(({ facts: count }) => count);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
  });

  it('tell the days apart', async () => {
    const { folder, facts } = await marketRun();
    const { days, facts: total, frames } = statsOf(await FileLog.read(folder));
    expect(days.map(({ date }) => date)).toEqual([null, ...DATES]);
    expect(days.map(({ symbols }) => symbols)).toEqual([0, 2, 3, 3]);
    const sum = (of: (day: (typeof days)[number]) => number) =>
      days.reduce((sumSoFar, day) => sumSoFar + of(day), 0);
    const all = counts(facts.map(({ type }) => type));
    expect(sum((day) => day.facts)).toBe(total);
    expect(sum((day) => day.frames)).toBe(frames);
    expect(sum((day) => day.bars)).toBe(all.BarAppended);
    expect(sum((day) => day.derived)).toBe(all.BarDerived);
    expect(sum((day) => day.values)).toBe(all.IndicatorUpdated);
    expect(sum((day) => day.gaps)).toBe(all.GapDetected);
    expect(sum((day) => day.signals)).toBe(all.SignalEmitted);
    const second = facts.filter(({ at }) => new Date(at).toISOString().startsWith(DATES[1]!));
    expect(days[2]!.bars).toBe(second.filter(({ type }) => type === 'BarAppended').length);
  });

  it('add up to the bytes on disk, but for headers, chain and series', async () => {
    const { folder } = await marketRun();
    const sealed = await rewritten(folder, join(folder, '../sealed'));
    const raw = segmentSizes(sealed);
    await sealLog(sealed);
    const stats = statsOf(await FileLog.read(sealed));
    const sizes = segmentSizes(sealed);
    expect(raw.length).toBeGreaterThan(3);
    expect(raw.map(({ sealed: isSealed }) => isSealed)).toEqual(raw.map(() => false));
    expect(sizes.map(({ sealed: isSealed }) => isSealed)).toEqual(raw.map(() => true));
    expect(sizes.map(({ rawBytes }) => rawBytes)).toEqual(raw.map(({ bytes }) => bytes));
    const stored = raw.reduce((sum, { bytes }) => sum + bytes, 0);
    const counted = stats.types.reduce((sum, { bytes }) => sum + bytes, 0);
    const byDay = stats.days.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(byDay).toBe(counted);
    // A header of 40 bytes for each frame, and of each segment a head that lists all series.
    const rest = stored - counted - stats.frames * 40;
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(raw.length * 2_000 + 5_000);
  });

  it('of a log without facts are zeros', () => {
    expect(statsOf(new MemoryLog())).toEqual({
      ...{ facts: 0, frames: 0, firstAt: null, lastAt: null, sessions: 0, symbols: 0 },
      ...{ types: [], actors: [], days: [] },
    });
  });
});
