/**
 * The processor: derived bars whose window the clock has closed, and the indicators of every new bar.
 *
 * Plain code over columns, called by the frame loop; what it decides is appended before anyone sees it.
 */
import type { Bar, BarColumns } from '../domain/bars.ts';
import { BarRows, ValueRows } from '../domain/blockRows.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import {
  longWindow,
  spansSessions,
  type TradingDays,
  type WindowBounds,
  windowIn,
} from '../domain/derivation.ts';
import { Block, type BlockExtra } from '../domain/frame.ts';
import type { ParsedInterval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { Recorder } from './recorder.ts';
import type { Lane, Runner, Track } from './track.ts';

const BY = 'session/processor';

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
  readonly #bars = new BarRows(new Block('BarDerived'));
  readonly #updates = new ValueRows(new Block('IndicatorUpdated'));
  readonly #bar: Bar = emptyBar();

  constructor(recorder: Recorder, rules: ProcessorRules) {
    this.#recorder = recorder;
    this.#rules = rules;
    this.#bars.block.by = BY;
    this.#updates.block.by = BY;
  }

  /** Takes the base bar at the head of the queue of `track` into its windows. O(intervals). */
  take(track: Track, session: Session, seq: number): void {
    const { lanes, queue, cursor } = track;
    if (lanes.length === 1) return;
    const bar = queue.read(cursor, this.#bar);
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
    const bars = this.#bars;
    bars.begin(extra);
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i]!;
      if (track.due <= now) this.#deriveTrack(track, now);
    }
    if (bars.end() > 0) this.#recorder.appendBlock(bars.block);
  }

  #deriveTrack(track: Track, now: MarketTime): void {
    const bars = this.#bars;
    const first = this.#recorder.seq + 1;
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
      if (skips && window.count < window.expected) continue;
      lane.freshSeq = first + bars.rows;
      lane.seqs.push(lane.freshSeq);
      track.totals.derived += 1;
      bars.push(lane.series, lane.lastSeq, window);
    }
  }

  /** One update per indicator of every lane that got a bar: symbols, then intervals, then registration. */
  updateIndicators(tracks: readonly Track[], extra: BlockExtra = null): void {
    const updates = this.#updates;
    const first = this.#recorder.seq + 1;
    updates.begin(extra);
    for (let i = 0; i < tracks.length; i++) {
      const { lanes } = tracks[i]!;
      for (let j = 0; j < lanes.length; j++) {
        const { freshSeq, runners, columns } = lanes[j]!;
        if (freshSeq === 0 || runners.length === 0) continue;
        const bar = columns.read(columns.length - 1, this.#bar);
        for (let k = 0; k < runners.length; k++) {
          const runner = runners[k]!;
          const { indicator } = runner;
          indicator.update(bar);
          runner.freshSeq = first + updates.rows;
          updates.push(runner.series, freshSeq, indicator.out);
        }
      }
    }
    if (updates.end() > 0) this.#recorder.appendBlock(updates.block);
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
    const bars = new BarRows(new Block(type, 1));
    bars.block.by = BY;
    bars.begin(extra);
    bars.push(lane.series, cause, bar);
    bars.end();
    return this.#recorder.appendBlock(bars.block);
  }

  /** The value an indicator has come to by another way than bar by bar, as one update. */
  announce({ series, indicator }: Runner, cause: number, extra: BlockExtra = null): void {
    const updates = new ValueRows(new Block('IndicatorUpdated', indicator.out.length));
    updates.block.by = BY;
    updates.begin(extra);
    updates.push(series, cause, indicator.out);
    updates.end();
    this.#recorder.appendBlock(updates.block);
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

function emptyBar(): Bar {
  return { opened: 0, open: 0, high: 0, low: 0, close: 0, volume: 0, count: 0, expected: 0 };
}
