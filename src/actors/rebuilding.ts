/**
 * Brings the series of a symbol up to now from the beginning: for when something was added to it that belongs
 * to its past, a bar or an indicator. What comes out differently than recorded is corrected by new facts.
 */
import { BAR_FIELDS, type Bar, BarColumns } from '../domain/bars.ts';
import type { TradingDate } from '../domain/time.ts';
import type { Engine } from './engine.ts';
import { fillLongWindow } from './historyLoading.ts';
import { beginSeries } from './indicatorSeries.ts';
import { forgetAhead, type Lane, type Track } from './track.ts';

const BY = 'session/processor';

/** What became of a lane's bars of today. */
export interface Rebuilt {
  readonly lane: Lane;
  /** Seq of the last fact about its bars; 0 if they are as they were. */
  readonly changed: number;
  /** True if nothing but later bars were added. */
  readonly appended: boolean;
}

/**
 * Makes windows and indicators of `track` anew: history, the run's earlier sessions, then today's bars. The
 * history this takes must be loaded. Indicators stand at the end of yesterday.
 */
export function rebuild(engine: Engine, track: Track, cause: number): Rebuilt[] {
  const began = new Map<string, TradingDate>();
  for (const lane of track.lanes) {
    if (lane.window !== null) lane.window.holds = false;
    forgetAhead(lane);
    for (const { key, since } of lane.runners) began.set(key, since);
    lane.runners.length = 0;
    fillLongWindow(engine, track, lane);
  }
  beginSeries(engine, track, engine.plansOf(track.symbol), began);
  const rebuilt = track.lanes.slice(1).map((lane) => bringUp(engine, track, lane, cause));
  track.ready = 0;
  track.due = track.earliestEnd();
  return rebuilt;
}

/** Brings the windows of a derived lane up to the clock, from where they stood at the end of yesterday. */
export function bringUp(engine: Engine, track: Track, lane: Lane, cause: number): Rebuilt {
  const bars = closedToday(engine, track, lane);
  return reconcile(engine, track, lane, { bars, cause });
}

/** Today's closed windows of a derived lane; the open one is left as it stands. */
function closedToday(engine: Engine, track: Track, lane: Lane): BarColumns {
  const { processor, session, recorder } = engine;
  const { bars: today } = track.base;
  const window = lane.window!;
  const bars = new BarColumns(0);
  for (let i = 0; i < today.length; i++) {
    const bar = today.at(i);
    if (window.holds && window.end <= bar.opened) processor.close(lane, bars);
    processor.fill(track, lane, session, bar);
  }
  if (window.holds && window.end <= recorder.at) processor.close(lane, bars);
  return bars;
}

/** Records what `bars` have that the lane has not, and what is different. */
function reconcile(
  engine: Engine,
  track: Track,
  lane: Lane,
  { bars, cause }: { bars: BarColumns; cause: number },
): Rebuilt {
  const { bars: held, seqs } = lane;
  const interval = lane.interval.text;
  let changed = 0;
  let appended = true;
  for (let i = 0; i < bars.length; i++) {
    const bar = bars.at(i);
    const row = held.lowerBound(bar.opened);
    const there = held.isAt(row, bar.opened);
    if (there && sameBar(held.at(row), bar)) continue;
    if (there) {
      const { symbol } = track;
      const corrected = { symbol, interval, corrects: seqs.data[row]!, ...bar };
      changed = engine.record('BarCorrected', BY, corrected, cause);
      seqs.data[row] = changed;
      appended = false;
    } else {
      appended &&= row === held.length;
      changed = engine.processor.appendLate(lane, bar, cause);
      seqs.insert(row, changed);
      track.totals.derived += 1;
    }
  }
  return { lane, changed, appended };
}

function sameBar(a: Bar, b: Bar): boolean {
  return BAR_FIELDS.every((field) => a[field] === b[field]);
}
