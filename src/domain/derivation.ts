/**
 * Derived bars: windows anchored at the session's open and cut at its close, filled bar by bar.
 *
 * Cost per base bar is one update per interval, whatever the time of day. Windows longer than a session
 * stay open from one session to the next.
 */
import type { Bar, BarColumns } from './bars.ts';
import { type Interval, type ParsedInterval, parseInterval } from './interval.ts';
import type { MarketTime, TradingDate } from './time.ts';

/** `[start, end)` of one window and how many base bars it could hold; a class, as all that is kept for a session. */
export class WindowBounds {
  readonly start: MarketTime;
  readonly end: MarketTime;
  readonly expected: number;

  constructor(start: MarketTime, end: MarketTime, expected: number) {
    this.start = start;
    this.end = end;
    this.expected = expected;
  }
}

interface Bounds {
  readonly open: MarketTime;
  readonly close: MarketTime;
}

/** How sessions group into the windows of `2d`, `1w` and the like. */
export interface TradingDays {
  session(date: TradingDate): Bounds | null;
  dateOf(time: MarketTime): TradingDate;
  /** Trading days of the window of `interval` that holds `date`, ascending, `date` among them. */
  group(interval: ParsedInterval, date: TradingDate): readonly TradingDate[];
}

/** Base bars that fit a session; a daily base has one. */
export function barsIn(session: Bounds, base: ParsedInterval): number {
  return base.intraday ? Math.floor((session.close - session.open) / base.ms) : 1;
}

/** The window of an intraday interval, or `1d`, that holds `time`. */
export function windowIn(
  session: Bounds,
  interval: ParsedInterval,
  base: ParsedInterval,
  time: MarketTime,
): WindowBounds {
  if (!interval.intraday) {
    return new WindowBounds(session.open, session.close, barsIn(session, base));
  }
  const start = session.open + Math.floor((time - session.open) / interval.ms) * interval.ms;
  const end = Math.min(start + interval.ms, session.close);
  return new WindowBounds(start, end, Math.floor((end - start) / base.ms));
}

/** The window of `Nd` or `Nw` that holds `date`: from its first session's open to its last one's close. */
export function longWindow(
  days: TradingDays,
  interval: ParsedInterval,
  base: ParsedInterval,
  date: TradingDate,
): WindowBounds {
  const sessions = days
    .group(interval, date)
    .map((day) => days.session(day))
    .filter((session) => session !== null);
  const expected = sessions.reduce((sum, session) => sum + barsIn(session, base), 0);
  return new WindowBounds(sessions[0]!.open, sessions.at(-1)!.close, expected);
}

/** True for intervals whose windows can span sessions. */
export function spansSessions(interval: ParsedInterval): boolean {
  return interval.unit === 'w' || (interval.unit === 'd' && interval.count > 1);
}

/** One open window of one series. Fields are written in place, bar by bar. */
export class Window implements Bar {
  opened = 0;
  end = 0;
  open = 0;
  high = 0;
  low = 0;
  close = 0;
  volume = 0;
  count = 0;
  expected = 0;
  /** False between windows: nothing to emit. */
  holds = false;

  begin(bounds: WindowBounds, bar: Bar): void {
    this.opened = bounds.start;
    this.end = bounds.end;
    this.expected = bounds.expected;
    this.open = bar.open;
    this.high = bar.high;
    this.low = bar.low;
    this.close = bar.close;
    this.volume = bar.volume;
    this.count = bar.count;
    this.holds = true;
  }

  add(bar: Bar): void {
    if (bar.high > this.high) this.high = bar.high;
    if (bar.low < this.low) this.low = bar.low;
    this.close = bar.close;
    this.volume += bar.volume;
    this.count += bar.count;
  }
}

/**
 * Bars of `interval` from the smaller bars of one session, all windows closed.
 * A pure re-statement of what the live path does; used for history.
 *
 * @param incomplete `skip` drops windows with fewer bars than they could hold
 */
export function aggregateSession(
  source: BarColumns,
  into: BarColumns,
  rule: {
    session: Bounds;
    interval: Interval;
    base: Interval;
    incomplete: 'emit' | 'skip';
    from?: number;
    to?: number;
  },
): void {
  const interval = parseInterval(rule.interval);
  const base = parseInterval(rule.base);
  const window = new Window();
  const emit = () => {
    const whole = window.count >= window.expected;
    if (window.holds && (whole || rule.incomplete === 'emit')) into.push(window);
    window.holds = false;
  };
  for (let i = rule.from ?? 0; i < (rule.to ?? source.length); i++) {
    const bar = source.at(i);
    if (window.holds && bar.opened >= window.end) emit();
    if (window.holds) window.add(bar);
    else window.begin(windowIn(rule.session, interval, base, bar.opened), bar);
  }
  emit();
}
