/** What trailing indicators should have come to, worked out from the bars alone, as literally as can be. */
import { findCalendar, type SessionOptions } from '../../src/index.ts';
import { configOf, random, runOf, type TestBar } from '../support.ts';

export interface TrailingEntry {
  type: 'trailing_average' | 'trailing_max' | 'trailing_min';
  period: string;
  field: 'open' | 'high' | 'low' | 'close' | 'volume';
  granularity?: 'daily' | 'minute';
  skip_early_close?: boolean;
}

export type DailyBar = TestBar & { interval: '1d' };

/** One bar for each date, wild enough that no two windows have the same extremes for long. */
export function dailyBars(dates: readonly string[], seed: number, calendar = 'XNYS'): DailyBar[] {
  const next = random(seed);
  return dates.map((date) => {
    const low = 50 + Math.round(next() * 5_000) / 100;
    const [open, close] = [low + Math.round(next() * 500) / 100, low + 1];
    const high = Math.max(open, close) + Math.round(next() * 500) / 100;
    const { open: opened } = findCalendar(calendar)!.session(date)!;
    return { interval: '1d', opened, open, high, low, close, volume: Math.round(next() * 1e6) };
  });
}

/** Early closes of XNYS that these tests meet. */
const EARLY = ['2022-11-25', '2023-07-03', '2023-11-24', '2024-07-03', '2024-11-29', '2024-12-24'];

/** `date` so many months earlier, a day that the month lacks being its last. */
function monthsBefore(date: string, months: number): string {
  const [year, month, day] = date.split('-').map(Number);
  const last = new Date(Date.UTC(year!, month! - months, 0)).getUTCDate();
  const there = new Date(Date.UTC(year!, month! - 1 - months, Math.min(day!, last)));
  return there.toISOString().slice(0, 10);
}

/** The days of a window, of all trading days of a calendar. */
function naiveWindow(
  date: string,
  { period, skip_early_close }: Pick<TrailingEntry, 'period' | 'skip_early_close'>,
  calendar = 'XNYS',
): string[] {
  const count = Number.parseInt(period, 10);
  const earlier = findCalendar(calendar)!.tradingDates.filter(
    (day) => day < date && !(skip_early_close && EARLY.includes(day)),
  );
  if (period.endsWith('d')) return earlier.slice(-count);
  const weeks = new Date(Date.parse(date) - count * 7 * 86_400_000).toISOString().slice(0, 10);
  const from = period.endsWith('w')
    ? weeks
    : monthsBefore(date, period.endsWith('y') ? 12 * count : count);
  return earlier.filter((day) => day >= from);
}

function combined(type: TrailingEntry['type'], values: readonly number[]): number | null {
  if (values.length === 0) return null;
  if (type === 'trailing_max') return Math.max(...values);
  if (type === 'trailing_min') return Math.min(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value for the session of `date`, of bars by date: daily ones, or minutes. */
export function naiveTrailing(
  byDate: ReadonlyMap<string, readonly TestBar[]>,
  date: string,
  entry: TrailingEntry,
  calendar = 'XNYS',
) {
  const window = naiveWindow(date, entry, calendar);
  const days = window.filter((day) => byDate.has(day));
  const { type, field, granularity = 'daily' } = entry;
  const range = { from: window[0] ?? null, to: window.at(-1) ?? null, days: days.length };
  if (granularity === 'daily') {
    const values = days.map((day) => byDate.get(day)![0]![field]);
    return { value: combined(type, values), ...range };
  }
  const { open, close } = findCalendar(calendar)!.session(date)!;
  const value = Array.from({ length: (close - open) / 60_000 }, (_, minute) => {
    const values = days.flatMap((day) => {
      const start = findCalendar(calendar)!.session(day)!.open + minute * 60_000;
      return byDate.get(day)!.filter(({ opened }) => opened === start);
    });
    return combined(
      type,
      values.map((bar) => bar[field]),
    );
  });
  return { value, ...range };
}

/** Bars by the date of their session. */
export function byDateOf<B extends TestBar>(bars: readonly B[], calendar = 'XNYS') {
  const days = new Map<string, B[]>();
  for (const bar of bars) {
    const date = findCalendar(calendar)!.dateOf(bar.opened);
    days.set(date, [...(days.get(date) ?? []), bar]);
  }
  return days;
}

export type Indicators = Record<string, TrailingEntry>;

export const max = (period: string, more: Partial<TrailingEntry> = {}): TrailingEntry => ({
  ...{ type: 'trailing_max', field: 'high', period },
  ...more,
});
export const average = (period: string, more: Partial<TrailingEntry> = {}): TrailingEntry => ({
  ...{ type: 'trailing_average', field: 'volume', period },
  ...more,
});

export interface Asked {
  start: string;
  end?: string;
  streams?: string[];
  indicators: Indicators;
  data: readonly TestBar[];
  session?: object;
  exchange_group?: string;
  options?: Partial<SessionOptions>;
}

export function run({ indicators, data, session, options, streams = ['1m'], ...config }: Asked) {
  return runOf({
    config: configOf({ ...config, streams, session: { historical: { indicators }, ...session } }),
    data: { AAPL: data },
    ...options,
  });
}

/** What was calculated, by date and key. */
export async function calculated(asked: Asked) {
  const { of } = await run(asked);
  const calendar = findCalendar(asked.exchange_group ?? 'XNYS')!;
  return of('HistoricalIndicatorCalculated').map(({ key, value, from, to, days, open }) => ({
    ...{ date: calendar.dateOf(open), key, value, from, to, days },
  }));
}

/** The same for every session and entry, from bars by date. */
export function wanted(
  dates: readonly string[],
  indicators: Indicators,
  byDate: (entry: TrailingEntry) => ReadonlyMap<string, readonly TestBar[]>,
  calendar = 'XNYS',
) {
  const keys = Object.keys(indicators).map((name) => [name, `${name}_${indicators[name]!.period}`]);
  keys.sort(([, a], [, b]) => (a! < b! ? -1 : 1));
  return dates.flatMap((date) =>
    keys.map(([name, key]) => {
      const entry = indicators[name!]!;
      return { date, key, ...naiveTrailing(byDate(entry), date, entry, calendar) };
    }),
  );
}
