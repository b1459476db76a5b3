import { describe, expect, it } from 'vitest';
import { findCalendar } from '../../src/index.ts';
import { marketOf, scansOf } from '../runs/scanRun.ts';
import { barsOf, MINUTE, type TestBar } from '../support.ts';

const calendar = findCalendar('XNYS')!;
const SYMBOLS = ['AAPL', 'BBB', 'CCC', 'DDD', 'EEE'];

const barsOn = (bars: readonly TestBar[], date: string, until = Number.POSITIVE_INFINITY) => {
  const { open, close } = calendar.session(date)!;
  return bars.filter(({ opened }) => opened >= open && opened < Math.min(close, until));
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const rounded = (value: number) => Number(value.toFixed(4));
const allRounded = (figures: Record<string, number>) =>
  Object.fromEntries(Object.entries(figures).map(([symbol, value]) => [symbol, rounded(value)]));
const byStrength = (figures: Record<string, number>) =>
  Object.keys(figures).sort((a, b) => Math.abs(figures[b]!) - Math.abs(figures[a]!));

describe('gap', () => {
  const [BEFORE, DAY] = ['2024-01-02', '2024-01-03'];
  /** Days that do not begin where the day before ended, and symbols that miss something. */
  const jumps: Record<string, number> = { AAPL: 1.03, BBB: 0.95, CCC: 1.01, DDD: 1.05, EEE: 1.04 };
  const data = Object.fromEntries(
    SYMBOLS.map((symbol, i) => {
      const missing = (minute: number, date: string) =>
        (symbol === 'CCC' && date === DAY && minute < 7) || (symbol === 'DDD' && date === BEFORE);
      const bars = barsOf({ dates: [BEFORE, DAY], seed: i + 1, missing });
      const { open } = calendar.session(DAY)!;
      const factor = (opened: number) => (opened >= open ? jumps[symbol]! : 1);
      return [
        symbol,
        bars.map((bar) => ({
          ...bar,
          open: bar.open * factor(bar.opened),
          high: bar.high * factor(bar.opened),
          low: bar.low * factor(bar.opened),
          close: bar.close * factor(bar.opened),
        })),
      ];
    }),
  );
  const config = { universe: SYMBOLS };
  const gapOf = (symbol: string) => {
    const [first] = barsOn(data[symbol]!, DAY);
    const last = barsOn(data[symbol]!, BEFORE).at(-1)!;
    return rounded((first!.open / last.close - 1) * 100);
  };

  it('holds the first price of the day against the last close before it', async () => {
    const times = ['09:31-09:41/5m'];
    const { scans } = await scansOf({ gap: { config, times } }, { data, start: DAY });
    const early = { EEE: gapOf('EEE'), AAPL: gapOf('AAPL'), BBB: gapOf('BBB') };
    // CCC trades from 09:37 on; DDD has no bar on the day before.
    const later = { ...early, CCC: gapOf('CCC') };
    expect(scans.map(({ figures }) => figures)).toEqual([early, early, later]);
    expect(scans.map(({ symbols }) => symbols)).toEqual(Array(3).fill(byStrength(early)));
    expect(byStrength(early)).toEqual(['BBB', 'EEE', 'AAPL']);
  });

  it.each([
    [{ min_gap_percent: 3.5 }, ['BBB', 'EEE']],
    [{ min_gap_percent: 0 }, ['BBB', 'EEE', 'AAPL', 'CCC']],
    [{ direction: 'up' }, ['EEE', 'AAPL']],
    [{ direction: 'down' }, ['BBB']],
    [{ top: 1 }, ['BBB']],
    [{ min_price: 100 }, ['EEE', 'AAPL']],
    [{ minPrice: 100, comment: 'in the other spelling' }, ['EEE', 'AAPL']],
    [{ min_volume: 1e9 }, []],
    [{ universe: ['bbb', 'CCC'] }, ['BBB']],
  ])('with %j finds %j', async (settings, found) => {
    const given = { config: { ...config, ...settings }, times: ['09:40-09:40/1m'] };
    const { scans } = await scansOf({ gap: given }, { data, start: DAY });
    expect(scans[0]?.symbols).toEqual(found);
  });

  it('knows no gap before the first bar has ended', async () => {
    const given = { config, times: ['09:30-09:30/1m'], pre_session: true };
    const { scans } = await scansOf({ gap: given }, { data, start: DAY });
    expect(scans).toEqual(
      Array(2).fill({ at: calendar.session(DAY)!.open, symbols: [], figures: {}, universe: 5 }),
    );
  });

  it('looks at the symbols of the session where no universe is given', async () => {
    const given = { times: ['09:40-09:40/1m'] };
    const { run, scans } = await scansOf({ gap: given }, { data, start: DAY });
    expect(scans).toMatchObject([{ universe: 1, symbols: ['AAPL'] }]);
    expect(run.session.view.symbols).toEqual(['AAPL']);
  });

  it('takes daily bars where they are stored', async () => {
    const { open: opened } = calendar.session(BEFORE)!;
    const daily = { opened, open: 1, high: 200, low: 1, close: 50, volume: 1, interval: '1d' };
    const sources = { AAPL: [...data.AAPL!, daily] };
    const given = { times: ['09:40-09:40/1m'] };
    const { scans } = await scansOf({ gap: given }, { data: sources, start: DAY });
    const [first] = barsOn(data.AAPL!, DAY);
    expect(scans[0]?.figures).toEqual({ AAPL: rounded((first!.open / 50 - 1) * 100) });
  });
});

describe('momentum', () => {
  const DAY = '2024-01-02';
  const { open } = calendar.session(DAY)!;
  const data = marketOf(SYMBOLS, [DAY]);

  it('holds the last close against the first price of the last minutes', async () => {
    const config = { universe: SYMBOLS, minutes: 30, min_change_percent: 0.3 };
    const given = { config, times: ['09:45-15:45/15m'] };
    const { scans } = await scansOf({ momentum: given }, { data, start: DAY });
    expect(scans).toHaveLength(25);
    for (const { at, figures, symbols } of scans) {
      const since = at - 30 * MINUTE;
      const expected = SYMBOLS.flatMap((symbol) => {
        const bars = barsOn(data[symbol]!, DAY, at).filter(({ opened }) => opened >= since);
        if (since < open) return [];
        return [[symbol, (bars.at(-1)!.close / bars[0]!.open - 1) * 100] as const];
      });
      const changes = Object.fromEntries(expected);
      expect(figures).toEqual(allRounded(changes));
      const found = byStrength(changes).filter((symbol) => Math.abs(changes[symbol]!) >= 0.3);
      expect(symbols).toEqual(found);
    }
    expect(scans[0]?.figures).toEqual({});
    expect(Object.keys(scans[1]!.figures)).toHaveLength(5);
  });

  it('holds it against the open where no minutes are given', async () => {
    const config = { universe: SYMBOLS, min_change_percent: 0, direction: 'up' };
    const given = { config, times: ['09:31-16:00/389m'] };
    const { scans } = await scansOf({ momentum: given }, { data, start: DAY });
    for (const { at, figures, symbols } of scans) {
      const expected = SYMBOLS.map((symbol) => {
        const bars = barsOn(data[symbol]!, DAY, at);
        return [symbol, rounded((bars.at(-1)!.close / bars[0]!.open - 1) * 100)] as const;
      });
      expect(figures).toEqual(Object.fromEntries(expected));
      expect(symbols).toEqual(byStrength(figures).filter((symbol) => figures[symbol]! >= 0));
    }
    expect(scans).toHaveLength(2);
  });
});

describe('relative-volume', () => {
  /** An early close and a change of clocks lie among the days before. */
  const dates = ['2023-11-22', '2023-11-24', '2023-11-27', '2023-11-28'];
  const DAY = dates[3]!;
  const data = marketOf(SYMBOLS, dates);
  const { open } = calendar.session(DAY)!;

  it('holds the volume so far against the same minutes of the days before', async () => {
    const config = { universe: SYMBOLS, trailing_days: 3, min_ratio: 1 };
    const given = { config, times: ['09:30-16:00/65m'] };
    const { scans } = await scansOf({ 'relative-volume': given }, { data, start: DAY });
    expect(scans).toHaveLength(7);
    for (const { at, figures, symbols } of scans) {
      const elapsed = at - open;
      const open3 = dates.slice(0, 3).map((date) => calendar.session(date)!);
      const days = open3.filter((day) => day.close - day.open >= elapsed);
      const expected = SYMBOLS.map((symbol) => {
        const today = sum(barsOn(data[symbol]!, DAY, at).map(({ volume }) => volume));
        const before = days.map((day) =>
          sum(barsOn(data[symbol]!, day.date, day.open + elapsed).map(({ volume }) => volume)),
        );
        return [symbol, rounded(today / (sum(before) / before.length))] as const;
      });
      expect(figures).toEqual(elapsed === 0 ? {} : Object.fromEntries(expected));
      expect(symbols).toEqual(byStrength(figures).filter((symbol) => figures[symbol]! >= 1));
      // The day of the early close counts up to its own length.
      expect(days).toHaveLength(elapsed > 210 * MINUTE ? 2 : 3);
    }
  });

  it('compares times of day across a change of clocks', async () => {
    const spring = ['2024-03-08', '2024-03-11'];
    const market = marketOf(['AAPL'], spring);
    const config = { trailing_days: 1, min_ratio: 0 };
    const given = { config, times: ['10:00-10:00/1m'] };
    const { scans } = await scansOf(
      { 'relative-volume': given },
      { data: market, start: spring[1]! },
    );
    const [before, today] = spring.map((date) => {
      const until = calendar.session(date)!.open + 30 * MINUTE;
      return sum(barsOn(market.AAPL!, date, until).map(({ volume }) => volume));
    });
    expect(scans[0]?.figures).toEqual({ AAPL: rounded(today! / before!) });
  });

  it('may do with whole days, in proportion to the time', async () => {
    const config = { universe: SYMBOLS, trailing_days: 2, baseline: 'daily' };
    const given = { config, times: ['10:00-10:00/1m'] };
    const { run, scans } = await scansOf({ 'relative-volume': given }, { data, start: DAY });
    const expected = SYMBOLS.map((symbol) => {
      const volumeOn = (date: string, until?: number) =>
        sum(barsOn(data[symbol]!, date, until).map(({ volume }) => volume));
      const mean = (volumeOn(dates[1]!) + volumeOn(dates[2]!)) / 2;
      return [symbol, rounded(volumeOn(DAY, open + 30 * MINUTE) / (mean * (30 / 390)))];
    });
    expect(scans[0]?.figures).toEqual(Object.fromEntries(expected));
    expect(run.session.view.symbol('AAPL')?.historyIntervals).toEqual(['1d']);
  });

  it('has no figure without a day before', async () => {
    const given = { times: ['10:00-10:00/1m'] };
    const { scans } = await scansOf({ 'relative-volume': given }, { data, start: dates[0]! });
    expect(scans).toMatchObject([{ symbols: [], figures: {} }]);
  });
});
