/** Brings earlier days into the session: recorded once per run, derived where they are not stored. */
import { BarColumns } from '../domain/bars.ts';
import {
  aggregateSession,
  barsIn,
  longWindow,
  spansSessions,
  Window,
} from '../domain/derivation.ts';
import type { HeldBars } from '../domain/facts.ts';
import { BLOCK_COLUMNS, Block } from '../domain/frame.ts';
import { parseInterval } from '../domain/interval.ts';
import { qualityOf } from '../domain/sessionView.ts';
import type { TradingDate } from '../domain/time.ts';
import type { BadRow } from '../feeds/feed.ts';
import type { Engine } from './engine.ts';
import { daysBefore, type HistoryNeed, historyNeeds } from './historyNeeds.ts';
import type { LoadedHistory } from './loadedSymbol.ts';
import type { DayBars } from './marketData.ts';
import type { Lane, Track } from './track.ts';

const BY = 'session/loading';

export function loadHistory(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const { history } = engine.loads.get(symbol)!;
    loadHistoryOf(engine, symbol, historyNeeds(engine, symbol), history);
    // One frame a symbol keeps frames of a sane size.
    engine.recorder.commit();
  }
  for (const symbol of symbols) {
    const track = engine.known.get(symbol)!;
    if (track.begun) continue;
    for (const lane of track.lanes) fillLongWindow(engine, track, lane);
  }
}

/** Records what was read of each need, and derives the rest. */
function loadHistoryOf(
  engine: Engine,
  symbol: string,
  needs: readonly HistoryNeed[],
  read: readonly LoadedHistory[],
): void {
  for (const need of needs) {
    recordHistory(engine, symbol, need, daysOf(engine, symbol, need, read));
  }
}

/** The same in the middle of a session: only of the needs that bring further days. */
export function loadMissingOf(
  engine: Engine,
  symbol: string,
  needs: readonly HistoryNeed[],
  read: readonly LoadedHistory[],
): void {
  for (const need of needs) {
    const days = daysOf(engine, symbol, need, read);
    if (days.length > 0) recordHistory(engine, symbol, need, days);
  }
}

/** What a need brings in: what was read, or what can be derived of it. */
function daysOf(
  engine: Engine,
  symbol: string,
  need: HistoryNeed,
  read: readonly LoadedHistory[],
): readonly DayBars[] {
  const known = read.find(({ interval }) => interval === need.interval)?.days;
  return known ?? deriveHistory(engine, symbol, need);
}

function recordHistory(
  engine: Engine,
  symbol: string,
  need: HistoryNeed,
  days: readonly DayBars[],
): void {
  const { interval, source, from, visibleFrom } = need;
  const held = heldBars(engine, symbol, need);
  // Even nothing is recorded of what is kept: from now on the sessions' own bars join it.
  if (days.length === 0 && held.length === 0 && !need.keep) return;
  if (need.neededBy.length > 0) {
    engine.record('HistoricalDataAugmented', BY, {
      symbol,
      interval,
      trading_days: daysBefore(engine, from).length,
      needed_by: need.neededBy,
    });
  }
  const block = new Block('HistoricalBarsLoaded', 0);
  block.by = interval === source ? BY : 'session/processor';
  const bars = new BarColumns(0);
  for (const day of days) bars.append(day.bars);
  BLOCK_COLUMNS.HistoricalBarsLoaded.forEach((field, i) => {
    block.columns[i]!.data = bars[field];
    block.columns[i]!.length = bars.length;
  });
  block.rows = bars.length;
  block.extra = {
    cause: causeOfHistory(engine, symbol, need),
    symbol,
    interval,
    source,
    from,
    to: engine.time.previousTradingDate(engine.session.date),
    visible_from: visibleFrom,
    days: days.map((day) => ({ date: day.session.date, bars: day.bars.length })),
    held,
    provenance: days.flatMap((day) => day.provenance),
  };
  const loaded = engine.recorder.appendBlock(block);
  for (const { session, skipped } of days) {
    recordSkipped(engine, { symbol, interval, date: session.date, skipped }, loaded);
  }
}

/** Says which bad rows were left out of a day that was read. */
export function recordSkipped(
  engine: Engine,
  { symbol, interval, date, skipped }: SkippedRows,
  cause: number,
): void {
  if (skipped.length === 0) return;
  const lines = skipped.slice(0, 10).map(({ file, line, reason }) => ({ file, line, reason }));
  const fact = { symbol, interval, date, rows: skipped.length, lines };
  engine.record('RowsSkipped', BY, fact, cause);
}

interface SkippedRows {
  readonly symbol: string;
  readonly interval: string;
  readonly date: TradingDate;
  readonly skipped: readonly BadRow[];
}

/** What was read is an input; what is derived follows from the fact that brought its source. */
function causeOfHistory(engine: Engine, symbol: string, { interval, source }: HistoryNeed) {
  if (interval === source) return null;
  return engine.data.historyOf(symbol, source)?.days.at(-1)?.seq ?? engine.cause;
}

/** Runs of days that an earlier fact brought into the log; the last one like this speaks for all it spoke of. */
function heldBars(engine: Engine, symbol: string, { interval, from }: HistoryNeed): HeldBars[] {
  const runs: { from: TradingDate; to: TradingDate; seq: number }[] = [];
  const history = engine.data.historyOf(symbol, interval);
  const told = history?.told ?? null;
  for (const day of history?.days ?? []) {
    const { date } = day;
    if (date < from) continue;
    const seq = told !== null && date >= told.from && date <= told.to ? told.seq : day.seq;
    const last = runs.at(-1);
    if (last?.seq === seq) last.to = date;
    else runs.push({ from: date, to: date, seq });
  }
  return runs;
}

/** Days of an interval that is not stored, from the history just loaded that is. */
function deriveHistory(engine: Engine, symbol: string, need: HistoryNeed): DayBars[] {
  const held = engine.data.historyOf(symbol, need.interval);
  return derivedDays(engine, symbol, need).filter(
    ({ session, bars }) => bars.length > 0 && held?.day(session.date) === undefined,
  );
}

/** Bars of `interval` on every day of the loaded source from `from` on. */
export function derivedDays(
  engine: Engine,
  symbol: string,
  need: { interval: string; source: string; from: TradingDate; to?: TradingDate },
): DayBars[] {
  const { data, time } = engine;
  const source = data.historyOf(symbol, need.source);
  const interval = parseInterval(need.interval);
  const base = parseInterval(need.source);
  const { incomplete } = engine.config.session_data_config.derivation;
  const window = new Window();
  const derived: DayBars[] = [];
  const close = (bars: BarColumns) => {
    window.holds = false;
    if (incomplete === 'emit' || window.count >= window.expected) bars.push(window);
  };
  for (const day of source?.days ?? []) {
    if (need.to !== undefined && day.date >= need.to) break;
    // Long windows may have begun before the first day that is asked for.
    if (day.date < need.from && !spansSessions(interval)) continue;
    const session = time.session(day.date)!;
    const bars = new BarColumns(0);
    const { start: from, end: to } = day;
    if (need.interval === need.source) bars.append(source!.columns, from, to);
    else if (spansSessions(interval)) {
      for (let i = from; i < to; i++) {
        const bar = source!.columns.at(i);
        if (window.holds && window.end <= bar.opened) close(bars);
        if (window.holds) window.add(bar);
        else window.begin(longWindow(engine.days, interval, base, day.date), bar);
      }
      if (window.holds && window.end <= session.close) close(bars);
    } else {
      const rule = { session, interval: need.interval, base: need.source, incomplete };
      aggregateSession(source!.columns, bars, { ...rule, from, to });
    }
    if (day.date >= need.from)
      derived.push({ session, bars, provenance: [], leftOut: 0, skipped: [] });
  }
  return derived;
}

/** A window that began before the run's first session takes up what history has of it. */
export function fillLongWindow(engine: Engine, track: Track, lane: Lane): void {
  if (lane.window === null || !spansSessions(lane.interval)) return;
  const { symbol } = track;
  const { data, time, firstSession, base } = engine;
  const first = firstSession.date;
  const group = new Set(engine.days.group(lane.interval, first).filter((date) => date < first));
  const stored = data.historyOf(symbol, base.text);
  const daily = data.historyOf(symbol, '1d');
  const source = stored?.days.some(({ date }) => group.has(date)) ? stored : daily;
  for (const day of source?.days ?? []) {
    if (!group.has(day.date)) continue;
    const held = time.session(day.date)!;
    for (let i = day.start; i < day.end; i++) {
      const bar = source!.columns.at(i);
      // A stored daily bar stands for all base bars of its session.
      if (source === daily && base.intraday) bar.count = barsIn(held, base);
      engine.processor.fill(track, lane, held, bar);
    }
  }
}

/** Scores the history that strategies see, over the whole range asked for. */
export function scoreHistory(engine: Engine, symbols: readonly string[]): void {
  const enabled = engine.config.session_data_config.historical.enable_quality;
  for (const symbol of symbols) {
    for (const { interval, source, visibleFrom } of historyNeeds(engine, symbol)) {
      if (visibleFrom === null) continue;
      // Derived intervals take the quality of what they are derived from.
      const dates = daysBefore(engine, visibleFrom);
      const expected = dates.reduce((sum, date) => sum + barsOn(engine, source, date), 0);
      const held = engine.data.historyOf(symbol, source)?.days ?? [];
      const days = held.filter(({ date }) => date >= visibleFrom);
      const present = days.reduce((sum, day) => sum + day.end - day.start, 0);
      const quality = qualityOf(present, expected, enabled);
      engine.record('HistoricalQualityScored', 'session/quality', {
        symbol,
        interval,
        quality,
        present,
        expected,
      });
    }
  }
}

/** How many bars of a stored interval a session has. */
function barsOn(engine: Engine, text: string, date: TradingDate): number {
  const interval = parseInterval(text);
  const session = engine.time.session(date)!;
  return interval.intraday ? Math.ceil((session.close - session.open) / interval.ms) : 1;
}
