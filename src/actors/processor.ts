/**
 * The processor: derived bars whose window the clock has closed, and the indicators of every new bar.
 *
 * Plain code over columns, called by the frame loop; what it decides is appended before anyone sees it.
 */
import type { Bar, BarColumns } from '../domain/bars.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import {
  longWindow,
  spansSessions,
  type TradingDays,
  type WindowBounds,
  windowIn,
} from '../domain/derivation.ts';
import { Block } from '../domain/frame.ts';
import type { ParsedInterval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { Recorder } from './recorder.ts';
import type { Lane, Runner, Track } from './track.ts';

const BY = 'session/processor';

/** What all facts of a block carry besides, such as `{ catchup: true }`. */
export type BlockExtra = Block['extra'];

export interface ProcessorRules {
  readonly base: ParsedInterval;
  readonly incomplete: 'emit' | 'skip';
  readonly days: TradingDays;
  /** Close of the run's last session: no window stays open beyond it. */
  readonly runEnd: MarketTime;
}

export class Processor {
  readonly #recorder: Recorder;
  readonly #rules: ProcessorRules;
  readonly #bars = new Block('BarDerived');
  readonly #updates = new Block('IndicatorUpdated');
  readonly #bar: Bar = emptyBar();

  constructor(recorder: Recorder, rules: ProcessorRules) {
    this.#recorder = recorder;
    this.#rules = rules;
    this.#bars.by = BY;
    this.#updates.by = BY;
  }

  /** Takes the newest base bar of `track` into its windows. O(intervals). */
  take(track: Track, session: Session, seq: number): void {
    const { lanes } = track;
    const base = lanes[0]!;
    if (lanes.length === 1) return;
    const bar = base.columns.read(base.columns.length - 1, this.#bar);
    for (let i = 1; i < lanes.length; i++) {
      const lane = lanes[i]!;
      this.fill(track, lane, session, bar);
      lane.lastSeq = seq;
    }
  }

  /** Adds one base bar to a derived lane's window, opening it if need be. */
  fill(track: Track, lane: Lane, session: Session, bar: Bar): void {
    const window = lane.window!;
    if (window.holds) {
      window.add(bar);
      return;
    }
    window.begin(this.#boundsOf(lane.interval, session, bar.opened), bar);
    if (window.end > this.#rules.runEnd) window.end = this.#rules.runEnd;
    if (window.end < track.due) track.due = window.end;
  }

  #boundsOf(interval: ParsedInterval, session: Session, opened: MarketTime): WindowBounds {
    const { base, days } = this.#rules;
    return spansSessions(interval)
      ? longWindow(days, interval, base, session.date)
      : windowIn(session, interval, base, opened);
  }

  /** Closes a lane's window as `derive` would, into `bars` and not into the log. */
  close({ window }: Lane, bars: BarColumns): void {
    window!.holds = false;
    if (this.#rules.incomplete === 'emit' || window!.count >= window!.expected) bars.push(window!);
  }

  /** Derived bars whose window ends at or before `now`: symbols, then intervals, ascending. */
  derive(tracks: readonly Track[], now: MarketTime, extra: BlockExtra = null): void {
    const block = this.#bars;
    block.clear();
    block.extra = extra;
    for (const track of tracks) {
      if (track.due <= now) this.#deriveTrack(block, track, now);
    }
    if (block.rows === 0) return;
    const first = this.#recorder.place(block);
    this.#mark(tracks, block, first);
    this.#recorder.appendPlaced(block);
  }

  #deriveTrack(block: Block, track: Track, now: MarketTime): void {
    const skips = this.#rules.incomplete === 'skip';
    track.due = Number.POSITIVE_INFINITY;
    for (let i = 1; i < track.lanes.length; i++) {
      const lane = track.lanes[i]!;
      const window = lane.window!;
      if (!window.holds) continue;
      if (window.end > now) {
        if (window.end < track.due) track.due = window.end;
        continue;
      }
      window.holds = false;
      if (!skips || window.count >= window.expected)
        pushBar(block, lane.series, lane.lastSeq, window);
    }
  }

  /** Rows were pushed in the order of tracks and lanes: give each lane the seq of its row. */
  #mark(tracks: readonly Track[], block: Block, first: number): void {
    const ids = block.columns[0]!.data;
    let row = 0;
    for (const track of tracks) {
      for (let i = 1; i < track.lanes.length && row < block.rows; i++) {
        const lane = track.lanes[i]!;
        if (lane.series !== ids[row]) continue;
        lane.freshSeq = first + row;
        lane.seqs.push(first + row);
        track.totals.derived += 1;
        row += 1;
      }
    }
  }

  /** One update per indicator of every lane that got a bar: symbols, then intervals, then registration. */
  updateIndicators(tracks: readonly Track[], extra: BlockExtra = null): void {
    const block = this.#updates;
    block.clear();
    block.extra = extra;
    for (const track of tracks) {
      for (const lane of track.lanes) {
        if (lane.freshSeq === 0 || lane.runners.length === 0) continue;
        const bar = lane.columns.read(lane.columns.length - 1, this.#bar);
        for (const runner of lane.runners) {
          runner.indicator.update(bar);
          pushValue(block, runner, lane.freshSeq);
          runner.freshSeq = block.rows;
        }
      }
    }
    if (block.rows === 0) return;
    const first = this.#recorder.place(block);
    for (const track of tracks) {
      for (const lane of track.lanes) {
        if (lane.freshSeq === 0) continue;
        for (const runner of lane.runners) runner.freshSeq += first - 1;
      }
    }
    this.#recorder.appendPlaced(block);
  }

  /** A bar that is added by hand. @returns its seq */
  appendAdhoc(base: Lane, bar: Bar, cause: number): number {
    return this.#appendOne('BarAppended', base, { bar, cause, extra: { adhoc: true } });
  }

  /** A derived bar of a window that had passed without one. @returns its seq */
  appendLate(lane: Lane, bar: Bar, cause: number): number {
    return this.#appendOne('BarDerived', lane, { bar, cause, extra: { catchup: true } });
  }

  #appendOne(
    type: 'BarAppended' | 'BarDerived',
    lane: Lane,
    { bar, cause, extra }: { bar: Bar; cause: number; extra: BlockExtra },
  ): number {
    const block = new Block(type, 1);
    block.by = BY;
    block.extra = extra;
    pushBar(block, lane.series, cause, bar);
    const seq = this.#recorder.place(block);
    this.#recorder.appendPlaced(block);
    return seq;
  }

  /** The value an indicator has come to by another way than bar by bar, as one update. */
  announce(runner: Runner, cause: number, extra: BlockExtra = null): void {
    const block = new Block('IndicatorUpdated', 4);
    block.by = BY;
    block.extra = extra;
    pushValue(block, runner, cause);
    this.#recorder.place(block);
    this.#recorder.appendPlaced(block);
  }

  /** Forgets windows inside a session; those that span sessions stay open. */
  endSession(tracks: readonly Track[]): void {
    for (const track of tracks) {
      track.due = Number.POSITIVE_INFINITY;
      for (const { window, interval } of track.lanes) {
        if (window === null) continue;
        if (!spansSessions(interval)) window.holds = false;
        else if (window.holds) track.due = Math.min(track.due, window.end);
      }
    }
  }
}

function pushBar(block: Block, id: number, because: number, bar: Bar): void {
  const [series, cause, opened, open, high, low, close, volume, count, expected] = block.columns;
  series!.push(id);
  cause!.push(because);
  opened!.push(bar.opened);
  open!.push(bar.open);
  high!.push(bar.high);
  low!.push(bar.low);
  close!.push(bar.close);
  volume!.push(bar.volume);
  count!.push(bar.count);
  expected!.push(bar.expected);
  block.rows += 1;
}

function pushValue(block: Block, runner: Runner, because: number): void {
  const [series, cause, valid, values] = block.columns;
  const { out } = runner.indicator;
  let ready = 1;
  for (let i = 0; i < out.length; i++) {
    const cell = out[i]!;
    // Infinity is no value either: it would not survive JSON.
    if (!Number.isFinite(cell)) ready = 0;
    values!.push(Number.isFinite(cell) ? cell : Number.NaN);
  }
  series!.push(runner.series);
  cause!.push(because);
  valid!.push(ready);
  block.rows += 1;
}

function emptyBar(): Bar {
  return { opened: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, count: 0, expected: 0 };
}
