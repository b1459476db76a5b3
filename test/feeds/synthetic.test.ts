import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCalendar } from '../../src/domain/calendar/calendars.ts';
import { addDays } from '../../src/domain/calendar/civil.ts';
import { type SyntheticOptions, syntheticFeed } from '../../src/feeds/synthetic.ts';
import { crypto, MINUTE, rowsOf, type TestBar, xnys } from './market.ts';

async function market(options: Partial<SyntheticOptions> = {}, calendar = xnys) {
  const feed = syntheticFeed({ seed: 7, ...options });
  await feed.index({ symbols: ['AAPL', 'TSLA'], calendar });
  const day = async (date: string, interval = '1m', symbol = 'AAPL'): Promise<TestBar[]> => {
    const { dayStart: from, dayEnd: to } = calendar.session(date)!;
    return rowsOf((await feed.read({ symbol, interval, from, to })).bars);
  };
  return { feed, day };
}

describe('the synthetic market', () => {
  it('is what its seed, symbol and date say, and stays so', async () => {
    const { day } = await market();
    const opened = Date.parse('2024-01-02T14:30:00Z');
    expect((await day('2024-01-02')).slice(0, 2)).toEqual([
      { opened, open: 336.02, high: 336.19, low: 335.75, close: 335.94, volume: 1446 },
      {
        opened: opened + MINUTE,
        open: 335.94,
        high: 336.06,
        low: 335.79,
        close: 335.81,
        volume: 1098,
      },
    ]);
  });

  it('is another one with another seed, and for another symbol', async () => {
    const { day } = await market();
    const other = await market({ seed: 8 });
    const known = await day('2024-01-02');
    expect(await other.day('2024-01-02')).not.toEqual(known);
    expect(await day('2024-01-02', '1m', 'TSLA')).not.toEqual(known);
  });

  it('draws any day alone as it is among others', async () => {
    const { feed } = await market({ missing: 0.05 });
    const from = xnys.session('2024-06-20')!.dayStart;
    const to = xnys.session('2024-07-10')!.dayEnd;
    const whole = rowsOf((await feed.read({ symbol: 'AAPL', interval: '1m', from, to })).bars);
    const { day } = await market({ missing: 0.05 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 20 }), async (days) => {
        const session = xnys.session(addDays('2024-06-20', days));
        if (session === null) return;
        const { open, close } = session;
        const part = whole.filter(({ opened }) => opened >= open && opened < close);
        expect(await day(session.date)).toEqual(part);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps the sessions of its calendar, early closes included', async () => {
    const { feed, day } = await market();
    const { dates } = feed.availability('AAPL')[0]!;
    expect([dates.get('2024-07-02'), dates.get('2024-07-03')]).toEqual([390, 210]);
    expect([dates.has('2024-07-04'), dates.has('2024-07-06')]).toEqual([false, false]);
    const short = await day('2024-07-03');
    expect(short).toHaveLength(210);
    expect(short.at(-1)!.opened).toBe(Date.parse('2024-07-03T16:59:00Z'));
    const forex = await market({}, findCalendar('FOREX')!);
    expect((await forex.day('2024-01-03')).length).toBe(1440);
    const coins = await market({ interval: '1s' }, crypto);
    expect((await coins.day('2024-01-06', '1s')).length).toBe(86_400);
  });

  it('opens near the close before, over weekends and years', async () => {
    const { feed } = await market({ interval: '1d' });
    const from = Date.parse('2010-01-01');
    const days = await feed.read({
      symbol: 'TSLA',
      interval: '1d',
      from,
      to: Date.parse('2025-01-01'),
    });
    const { open, close, length } = days.bars;
    expect(length).toBe(3774);
    const gaps = Array.from({ length: length - 1 }, (_, i) =>
      Math.abs(open[i + 1]! / close[i]! - 1),
    );
    expect(Math.max(...gaps)).toBeLessThan(0.03);
    const prices = close.subarray(0, length);
    expect(Math.max(...prices) / Math.min(...prices)).toBeGreaterThan(1.5);
  });

  it('has whole cents and units, and more volume at both ends of a day', async () => {
    const { day } = await market();
    const bars = await day('2024-01-02');
    const prices = bars.flatMap(({ open, high, low, close }) => [open, high, low, close]);
    expect(prices.filter((price) => Math.round(price * 100) / 100 !== price)).toEqual([]);
    expect(bars.filter(({ volume }) => !Number.isInteger(volume))).toEqual([]);
    const volumeOf = (part: readonly TestBar[]) =>
      part.reduce((sum, bar) => sum + bar.volume, 0) / part.length;
    const noon = volumeOf(bars.slice(165, 225));
    expect(volumeOf(bars.slice(0, 60))).toBeGreaterThan(noon * 1.3);
    expect(volumeOf(bars.slice(-60))).toBeGreaterThan(noon * 1.3);
  });

  it('leaves out the fraction that is asked for, and changes no other bar by it', async () => {
    const full = await market();
    const sparse = await market({ missing: 0.25 });
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
    let present = 0;
    for (const date of dates) {
      const all = new Set((await full.day(date)).map((bar) => JSON.stringify(bar)));
      const some = await sparse.day(date);
      expect(some.filter((bar) => !all.has(JSON.stringify(bar)))).toEqual([]);
      expect(sparse.feed.availability('AAPL')[0]!.dates.get(date)).toBe(some.length);
      present += some.length;
    }
    expect(present / (4 * 390)).toBeCloseTo(0.75, 2);
  });

  it('sums up in a daily bar the minutes that are there', async () => {
    const { day } = await market({ missing: 0.3, interval: ['1m', '1d'] });
    const minutes = await day('2024-01-02');
    expect(await day('2024-01-02', '1d')).toEqual([
      {
        opened: Date.parse('2024-01-02T14:30:00Z'),
        open: minutes[0]!.open,
        high: Math.max(...minutes.map(({ high }) => high)),
        low: Math.min(...minutes.map(({ low }) => low)),
        close: minutes.at(-1)!.close,
        volume: minutes.reduce((sum, { volume }) => sum + volume, 0),
      },
    ]);
  });

  it('has bars from the first session of its calendar to the last', async () => {
    const { feed } = await market({ missing: 0.5, interval: ['1d', '1m'] });
    const [minutes, days] = feed.availability('AAPL');
    expect(days).toMatchObject({
      first: xnys.session('1990-01-02')!.open,
      last: xnys.session('2030-12-31')!.open,
    });
    expect(minutes!.first).toBeGreaterThanOrEqual(days!.first);
    expect(minutes!.last).toBeGreaterThan(days!.last + 300 * MINUTE);
    expect(days!.dates.size).toBe([...days!.dates.keys()].length);
    expect([...days!.dates.values()].every((count) => count === 1)).toBe(true);
  });

  it('numbers the rows of each day from 1', async () => {
    const { feed } = await market();
    const { open, close } = xnys.session('2024-01-02')!;
    const { provenance } = await feed.read({
      symbol: 'AAPL',
      interval: '1m',
      from: open + 10 * MINUTE,
      to: close + 24 * 60 * MINUTE,
    });
    expect(provenance.map(({ firstLine, bars }) => [firstLine, bars])).toEqual([
      [11, 380],
      [1, 390],
    ]);
  });

  it('has a fingerprint of its parameters', async () => {
    const fingerprint = async (options: Partial<SyntheticOptions>) =>
      (await market(options)).feed.fingerprint('AAPL');
    const known = await fingerprint({});
    expect(await fingerprint({ missing: 0 })).toBe(known);
    expect(await fingerprint({ seed: 8 })).not.toBe(known);
    expect(await fingerprint({ missing: 0.1 })).not.toBe(known);
    expect(await fingerprint({ interval: '1s' })).not.toBe(known);
  });
});
