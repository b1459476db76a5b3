/**
 * What there was of a symbol when its data was looked at: how much of it is loaded hangs on that, and what is said of
 * what is not there. Kept beside a log, so that a run can be executed again when its data is gone.
 */
import { countWhile } from '../domain/bisect.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import { barsIn } from '../domain/derivation.ts';
import { type Interval, parseInterval, tryParseInterval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { Availability, Feed } from './feed.ts';
import { SessionCounts } from './sessionCounts.ts';

/** So many bars on each trading day from the first date to the second. */
export type KnownDays = readonly [from: TradingDate, to: TradingDate, bars: number];

export interface KnownData {
  readonly symbol: string;
  /** What was looked for in vain, one sentence each. */
  readonly missing: readonly string[];
  /** By stored interval. */
  readonly intervals: Readonly<Record<Interval, readonly KnownDays[]>>;
}

/** What `feed` has of an indexed symbol; null where a config alone brings that about again. */
export function knownData(feed: Feed, symbol: string, calendar: Calendar): KnownData | null {
  const stored = feed.availability(symbol);
  if (stored.some(({ dates }) => dates instanceof SessionCounts)) return null;
  return {
    symbol,
    missing: feed.missing?.(symbol) ?? [],
    intervals: Object.fromEntries(
      stored.map(({ interval, dates }) => [interval, knownDays(dates, interval, calendar)]),
    ),
  };
}

/** Dates without a session count as the first or last one only, and bars up to those of a session. */
export function knownDays(
  dates: ReadonlyMap<TradingDate, number>,
  interval: Interval,
  calendar: Calendar,
): KnownDays[] {
  const parsed = parseInterval(interval);
  const { tradingDates } = calendar;
  const all = [...dates.keys()];
  const runs: [TradingDate, TradingDate, number][] = [];
  let next = 0;
  for (const [i, date] of all.entries()) {
    const session = calendar.session(date);
    if (session === null && i > 0 && i < all.length - 1) continue;
    const due = session === null ? 1 : barsIn(session, parsed);
    const bars = Math.min(due, dates.get(date)!);
    const last = runs.at(-1);
    if (last !== undefined && last[2] === bars && tradingDates[next] === date) last[1] = date;
    else runs.push([date, date, bars]);
    if (tradingDates[next] !== date) next = countWhile(tradingDates, (day) => day < date);
    if (tradingDates[next] === date) next += 1;
  }
  return runs;
}

/** The same as a feed tells it. */
export function availabilityOf(
  { symbol, intervals }: KnownData,
  { tradingDates }: Calendar,
): Availability[] {
  return Object.entries(intervals)
    .filter(([, runs]) => runs.length > 0)
    .map(([interval, runs]) => {
      const dates = new Map<TradingDate, number>();
      for (const [from, to, bars] of runs) {
        dates.set(from, bars);
        for (let i = countWhile(tradingDates, (day) => day < from); i < tradingDates.length; i++) {
          const date = tradingDates[i]!;
          if (date > to) break;
          dates.set(date, bars);
        }
      }
      return { symbol, interval, dates, first: Number.NaN, last: Number.NaN };
    });
}

/** True for what a line of `data.ndjson` holds. */
export function isKnownData(value: unknown): value is KnownData {
  const { symbol, missing, intervals } = (value ?? {}) as Record<string, unknown>;
  const isMap = typeof intervals === 'object' && intervals !== null && !Array.isArray(intervals);
  if (typeof symbol !== 'string' || !Array.isArray(missing) || !isMap) return false;
  if (!missing.every((sentence) => typeof sentence === 'string')) return false;
  return Object.entries(intervals).every(
    ([interval, runs]) =>
      tryParseInterval(interval) !== null && Array.isArray(runs) && runs.every(isRun),
  );
}

function isRun(run: unknown): boolean {
  if (!Array.isArray(run) || run.length !== 3) return false;
  const [from, to, bars] = run;
  const isDated = [from, to].every((date) => /^\d{4}-\d{2}-\d{2}$/.test(date));
  return isDated && from <= to && Number.isSafeInteger(bars) && bars >= 0;
}
