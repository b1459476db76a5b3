/** What a run should have come to, worked out from the bars alone, as literally as can be. */
import fc from 'fast-check';
import { type BarFact, type Calendar, findCalendar } from '../../src/index.ts';
import { barsOf, MINUTE, random, type TestBar } from '../support.ts';

const DAY = 86_400_000;
const UNIT_MS: Record<string, number> = { s: 1_000, m: MINUTE, h: 60 * MINUTE };

export interface NaiveBar extends TestBar {
  interval: string;
  at: number;
  count: number;
  expected: number;
}

/** Trading days of a calendar, both ends included. */
export function tradingDays(from: string, to: string, calendar = 'XNYS'): string[] {
  return findCalendar(calendar)!.tradingDates.filter((date) => date >= from && date <= to);
}

/** Bars without some of their minutes, chosen by a seed; whole stretches go as well as single ones. */
export function thinned(bars: readonly TestBar[], seed: number, share: number): TestBar[] {
  const next = random(seed);
  let hole = 0;
  return bars.filter(() => {
    if (hole > 0) hole -= 1;
    else if (next() < share) hole = 1 + Math.floor(next() ** 4 * 60);
    return hole === 0;
  });
}

export function market(dates: readonly string[], seed: number, share: number): TestBar[] {
  return thinned(barsOf({ dates, seed }), seed + 1, share);
}

function mondayOf(date: string): number {
  const day = Date.parse(date) / DAY;
  return day - ((day + 3) % 7);
}

/** Which window of `Nd` or `Nw` a date is in: equal numbers, equal windows. */
function groupOf(interval: string, date: string, first: string, calendar: Calendar): number {
  const count = Number.parseInt(interval, 10);
  if (interval.endsWith('w')) {
    return Math.floor((mondayOf(date) - mondayOf('1970-01-05')) / 7 / count);
  }
  const index = (day: string) => calendar.tradingDates.indexOf(day);
  return Math.floor((index(date) - index(first)) / count);
}

function byDate(bars: readonly TestBar[], dates: readonly string[], calendar: Calendar) {
  const days = new Map<string, TestBar[]>();
  for (const date of dates) {
    const { open, close } = calendar.session(date)!;
    const ofDay = bars.filter(({ opened }) => opened >= open && opened < close);
    if (ofDay.length > 0) days.set(date, ofDay);
  }
  return days;
}

function joined(bars: readonly TestBar[]) {
  return {
    open: bars[0]!.open,
    high: Math.max(...bars.map(({ high }) => high)),
    low: Math.min(...bars.map(({ low }) => low)),
    close: bars.at(-1)!.close,
    volume: bars.reduce((sum, { volume }) => sum + volume, 0),
    count: bars.length,
  };
}

/**
 * Bars of `interval` whose windows end on one of `dates`, from base bars.
 *
 * @param rule.dates the run's sessions; windows that are open at the end of the last end there
 */
export function naiveBars(
  bars: readonly TestBar[],
  interval: string,
  rule: { dates: readonly string[]; baseMs?: number; calendar?: string },
): NaiveBar[] {
  const calendar = findCalendar(rule.calendar ?? 'XNYS')!;
  const { dates, baseMs = MINUTE } = rule;
  const unit = UNIT_MS[interval.at(-1)!];
  const windows = new Map<
    number,
    { start: number; end: number; expected: number; in: TestBar[] }
  >();
  const first = Math.min(bars[0]!.opened, Date.parse(dates[0]!));
  const near = calendar.tradingDates.filter((date) => {
    const time = Date.parse(date);
    return time > first - 30 * DAY && time < Date.parse(dates.at(-1)!) + 30 * DAY;
  });
  const runEnd = calendar.session(dates.at(-1)!)!.close;
  const spanOf = (date: string) => {
    const group = (day: string) => groupOf(interval, day, dates[0]!, calendar);
    const alone = unit !== undefined || interval === '1d';
    const days = alone ? [date] : near.filter((day) => group(day) === group(date));
    const sessions = days.map((day) => calendar.session(day)!);
    const expected = sessions.reduce((sum, { open, close }) => sum + (close - open) / baseMs, 0);
    return { start: sessions[0]!.open, end: sessions.at(-1)!.close, expected };
  };
  for (const [date, ofDay] of byDate(bars, near, calendar)) {
    const span = spanOf(date);
    for (const bar of ofDay) {
      let { start, end, expected } = span;
      if (unit !== undefined) {
        const length = Number.parseInt(interval, 10) * unit;
        while (start + length <= bar.opened) start += length;
        end = Math.min(start + length, span.end);
        expected = Math.floor((end - start) / baseMs);
      }
      const window = windows.get(start) ?? { start, end: Math.min(end, runEnd), expected, in: [] };
      window.in.push(bar);
      windows.set(start, window);
    }
  }
  return [...windows.values()]
    .filter(({ end }) => end > calendar.session(dates[0]!)!.open)
    .map((window) => ({
      interval,
      at: window.end,
      opened: window.start,
      expected: window.expected,
      ...joined(window.in),
    }));
}

/** What naive bars and facts have in common. */
export function plain({
  interval,
  at,
  opened,
  open,
  high,
  low,
  close,
  volume,
  count,
  expected,
}: NaiveBar | BarFact): NaiveBar {
  return { interval, at, opened, open, high, low, close, volume, count, expected };
}

export function byIntervalAndTime(
  bars: readonly (NaiveBar | BarFact)[],
  intervals: readonly string[],
): NaiveBar[] {
  return bars
    .map(plain)
    .toSorted(
      (a, b) =>
        intervals.indexOf(a.interval) - intervals.indexOf(b.interval) || a.opened - b.opened,
    );
}

/** Seeds, so that a failure names the market that shows it. */
export const anySeed = fc.integer({ min: 1, max: 1_000_000 });
