/** What every feed promises, whatever its bars come from. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BarColumns } from '../../src/domain/bars.ts';
import type { Calendar } from '../../src/domain/calendar/calendar.ts';
import type { Feed } from '../../src/feeds/feed.ts';

/** A feed that has bars of both symbols at `1m` and `1d`, on several dates. */
export interface FeedUnderTest {
  open(): Feed;
  readonly calendar: Calendar;
  readonly symbols: readonly [string, string];
  /** Dates that it has bars of, a few of them, ascending and neighbouring. */
  readonly dates: readonly string[];
  /** Whether any symbol at all has bars. */
  readonly hasEverySymbol?: boolean;
}

const INTERVALS = ['1m', '1d'];

export function feedContract(name: string, setUp: () => FeedUnderTest): void {
  describe(`feed contract: ${name}`, () => {
    const start = async () => {
      const market = setUp();
      const { calendar, symbols, dates } = market;
      const [symbol, other] = symbols;
      const open = () => {
        const feed = market.open();
        onTestFinished(() => feed.close());
        return feed;
      };
      const feed = open();
      await feed.index({ symbols: [symbol], calendar });
      const from = calendar.session(dates[0]!)!.dayStart;
      const to = calendar.session(dates.at(-1)!)!.dayEnd;
      const read = (interval: string, range: { from: number; to: number }) =>
        feed.read({ symbol, interval, ...range });
      return { ...market, open, feed, symbol, other, from, to, read };
    };

    it('lists what it has by interval, ascending', async () => {
      const { feed, symbol } = await start();
      const listed = feed.availability(symbol);
      expect(listed.map(({ interval }) => interval)).toEqual(INTERVALS);
      expect(listed.map((stored) => stored.symbol)).toEqual([symbol, symbol]);
    });

    it('has as many bars of a date as it lists', async () => {
      const { feed, symbol, calendar, dates, read } = await start();
      for (const { interval, dates: counts } of feed.availability(symbol)) {
        for (const date of dates) {
          const { dayStart, dayEnd } = calendar.session(date)!;
          const { bars } = await read(interval, { from: dayStart, to: dayEnd });
          expect(bars.length).toBe(counts.get(date));
          expect(bars.length).toBeGreaterThan(0);
        }
      }
    });

    it('lists dates in ascending order and no date without bars', async () => {
      const { feed, symbol } = await start();
      for (const { dates: counts } of feed.availability(symbol)) {
        const listed = [...counts.keys()].slice(0, 500);
        expect(listed).toEqual(listed.toSorted());
        expect([...counts.values()].slice(0, 500)).not.toContain(0);
        expect(counts.get('1995-01-01')).toBeUndefined();
      }
    });

    it('has its first and last bar where it says', async () => {
      const { feed, symbol, read } = await start();
      for (const { interval, first, last } of feed.availability(symbol)) {
        const earliest = await read(interval, { from: first, to: first + 1 });
        const latest = await read(interval, { from: last, to: last + 1 });
        expect([earliest.bars.opened[0], latest.bars.opened[0]]).toEqual([first, last]);
        expect((await read(interval, { from: first - 1e10, to: first })).bars).toHaveLength(0);
        expect((await read(interval, { from: last + 1, to: last + 1e10 })).bars).toHaveLength(0);
      }
    });

    it('gives ascending base bars whose prices fit together', async () => {
      const { read, from, to } = await start();
      for (const interval of INTERVALS) {
        const { bars } = await read(interval, { from, to });
        for (let i = 0; i < bars.length; i++) expect(flaws(bars, i)).toEqual([]);
      }
    });

    it('reads the half-open range, to the millisecond', async () => {
      const { read, from, to } = await start();
      const { bars } = await read('1m', { from, to });
      const [third, fifth] = [bars.opened[2]!, bars.opened[4]!];
      const part = await read('1m', { from: third, to: fifth });
      expect([...part.bars.opened.subarray(0, part.bars.length)]).toEqual([third, bars.opened[3]]);
      expect((await read('1m', { from: third + 1, to: fifth + 1 })).bars).toHaveLength(2);
      expect((await read('1m', { from: third, to: third })).bars).toHaveLength(0);
    });

    it('gives the same bars and origins in one read as in many', async () => {
      const { read, from, to } = await start();
      const whole = await read('1m', { from, to });
      const pieces = [];
      const step = 7 * 3_600_000;
      for (let at = from; at < to; at += step) {
        pieces.push(await read('1m', { from: at, to: Math.min(to, at + step) }));
      }
      expect(pieces.flatMap(({ bars }) => all(bars))).toEqual(all(whole.bars));
      expect(pieces.flatMap(linesOf)).toEqual(linesOf(whole));
    });

    it('tells where every bar comes from', async () => {
      const { feed, symbol, read, from, to } = await start();
      for (const interval of INTERVALS) {
        const { bars, provenance } = await read(interval, { from, to });
        expect(provenance.reduce((sum, piece) => sum + piece.bars, 0)).toBe(bars.length);
        for (const { source, file, fingerprint, firstLine } of provenance) {
          expect(source).toBe(feed.name);
          expect(file ?? '').not.toContain('/');
          expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
          expect(firstLine).toBeGreaterThanOrEqual(1);
        }
      }
      expect(feed.fingerprint(symbol)).toMatch(/^[0-9a-f]{64}$/);
    });

    it('gives columns that are the caller’s own', async () => {
      const { read, from, to } = await start();
      const first = await read('1m', { from, to });
      const before = all(first.bars);
      first.bars.close.fill(-1);
      first.bars.clear();
      expect(all((await read('1m', { from, to })).bars)).toEqual(before);
    });

    it('is the same for the same data, opened again', async () => {
      const { feed, symbol, symbols, read, from, to, open, calendar } = await start();
      const again = open();
      await again.index({ symbols, calendar });
      const other = await again.read({ symbol, interval: '1m', from, to });
      expect(again.fingerprint(symbol)).toBe(feed.fingerprint(symbol));
      expect(all(other.bars)).toEqual(all((await read('1m', { from, to })).bars));
    });

    it('adds symbols when it is indexed again, and keeps those it has', async () => {
      const { feed, symbol, other, calendar, hasEverySymbol } = await start();
      const before = feed.availability(symbol);
      if (hasEverySymbol !== true) expect(feed.availability(other)).toEqual([]);
      await Promise.all([
        feed.index({ symbols: [symbol, other], calendar }),
        feed.index({ symbols: [other], calendar }),
      ]);
      expect(feed.availability(symbol)).toEqual(before);
      expect(feed.availability(other)).toHaveLength(INTERVALS.length);
      expect(feed.fingerprint(other)).not.toBe(feed.fingerprint(symbol));
    });

    it('has nothing of a symbol it does not know, and says what it looked for', async () => {
      const { feed, calendar, hasEverySymbol } = await start();
      const { bars, provenance } = await feed.read({
        symbol: 'NONE',
        interval: '1m',
        from: 0,
        to: 1e13,
      });
      expect([bars.length, provenance]).toEqual([0, []]);
      expect(feed.availability('NONE')).toEqual([]);
      expect(feed.skipped('NONE', '1m').size).toBe(0);
      if (hasEverySymbol === true) return;
      await feed.index({ symbols: ['NONE'], calendar });
      expect(feed.availability('NONE')).toEqual([]);
      expect(feed.missing?.('NONE').join()).toContain('"NONE"');
    });

    it('stops indexing when asked to', async () => {
      const { open, symbols, calendar } = await start();
      const signal = AbortSignal.abort(new Error('enough'));
      const indexing = open().index({ symbols, calendar, signal });
      await expect(indexing).rejects.toThrow('enough');
    });

    it('stops reading when asked to', async () => {
      const { feed, symbol, from, to } = await start();
      const signal = AbortSignal.abort(new Error('enough'));
      const reading = feed.read({ symbol, interval: '1m', from, to, signal });
      await expect(reading).rejects.toThrow('enough');
    });

    it('closes, also twice', async () => {
      const { feed } = await start();
      await feed.close();
      await expect(feed.close()).resolves.toBeUndefined();
    });
  });
}

function all(bars: BarColumns) {
  return Array.from({ length: bars.length }, (_, i) => bars.at(i));
}

/** The line of every bar. */
function linesOf({ provenance }: Awaited<ReturnType<Feed['read']>>): number[] {
  return provenance.flatMap(({ firstLine, bars }) =>
    Array.from({ length: bars }, (_, i) => firstLine + i),
  );
}

function flaws(bars: BarColumns, i: number): string[] {
  const { opened, open, high, low, close, volume, count, expected } = bars.at(i);
  return [
    Number.isInteger(opened) ? '' : 'time is no integer',
    i === 0 || opened > bars.opened[i - 1]! ? '' : 'does not ascend',
    low > 0 && low <= Math.min(open, close) ? '' : 'low',
    high < Number.POSITIVE_INFINITY && high >= Math.max(open, close) ? '' : 'high',
    volume >= 0 && volume < Number.POSITIVE_INFINITY ? '' : 'volume',
    count === 1 && expected === 1 ? '' : 'is no base bar',
  ].filter(Boolean);
}
