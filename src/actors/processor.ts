/**
 * The processor: derived bars whose window the clock has closed, and the indicators of every new bar.
 *
 * Plain code over columns, called by the frame loop; what it decides is appended before anyone sees it.
 */
import { type Bar, type BarColumns, emptyBar } from '../domain/bars.ts';
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
import { Ahead } from './ahead.ts';
import type { Recorder } from './recorder.ts';
import type { Runner } from './runner.ts';
import { endOf, forgetAhead, type Lane, settle, TAPED, type Track } from './track.ts';

const BY = 'session/processor';
/** Base bars are not the processor's: they come from the feed. */
const FEED = 'session/feed';

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
  readonly #bars = new BarRows(new Block('BarAppended'));
  readonly #derived = new BarRows(new Block('BarDerived'));
  readonly #updates = new ValueRows(new Block('IndicatorUpdated'));
  /** By interval, the last one opened at each place in a session. */
  readonly #windows = new Map<string, WindowBounds[]>();
  readonly #bar: Bar = emptyBar();
  /** Seqs of the first base bar and of the first derived bar of the instant. */
  #barSeq = 0;
  #derivedSeq = 0;

  readonly #ahead = new Ahead((track, lane, session, bar) => this.fill(track, lane, session, bar));

  constructor(recorder: Recorder, rules: ProcessorRules) {
    this.#recorder = recorder;
    this.#rules = rules;
    this.#bars.block.by = FEED;
    this.#derived.block.by = BY;
    this.#updates.block.by = BY;
  }

  /**
   * What the market does at `now`: base bars that end, windows that close, and the indicators of both.
   *
   * Worked out symbol by symbol, while what belongs to a symbol is at hand; recorded stage by stage. Within a
   * stage symbols, then intervals ascend, then indicators go by registration. @returns how many base bars ended
   */
  step(tracks: readonly Track[], session: Session, now: MarketTime, extra: BlockExtra = null) {
    const bars = this.#bars;
    const derived = this.#derived;
    const updates = this.#updates;
    const recorder = this.#recorder;
    bars.begin(extra);
    derived.begin(extra);
    updates.begin(extra);
    this.#barSeq = recorder.seq + 1;
    this.#derivedSeq = this.#barSeq + countEnding(tracks, now);
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i]!;
      settle(track);
      if (track.nextEnd === now) this.#take(track, session);
      if (track.due <= now) this.#derive(track, now);
    }
    if (bars.end() > 0) recorder.appendBlock(bars.block);
    if (derived.end() > 0) recorder.appendBlock(derived.block);
    if (updates.end() > 0) recorder.appendBlock(updates.block);
    if (derived.rows > 0) pushBack(tracks, derived.rows);
    return bars.rows;
  }

  /** Takes the next bar of the queue, with the values of the indicators on it. */
  #take(track: Track, session: Session): void {
    if (track.cursor >= track.ready) this.#ahead.work(track, session);
    const { base, values, cursor } = track;
    if (values.hasPresent) this.#ahead.workPresent(track);
    const updates = this.#updates;
    const seq = this.#barSeq + this.#bars.rows;
    this.#bars.pushTaped(base.series, track.tape, cursor * TAPED);
    base.freshSeq = seq;
    track.lastSeq = seq;
    base.updateSeq = this.#derivedSeq + updates.rows;
    base.updates = values.series.length;
    updates.pushAll(values, (cursor - values.first) * values.width, seq);
    track.cursor = cursor + 1;
    track.schedule(this.#rules.base, session);
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

  /** All symbols open the same windows: they are worked out once. */
  #boundsOf(interval: ParsedInterval, session: Session, opened: MarketTime): WindowBounds {
    let known = this.#windows.get(interval.text);
    if (known === undefined) {
      known = [];
      this.#windows.set(interval.text, known);
    }
    const place = interval.intraday ? Math.floor((opened - session.open) / interval.ms) : 0;
    const there = known[place];
    if (there !== undefined && there.start <= opened && opened < there.end) return there;
    const { base, days } = this.#rules;
    const bounds = spansSessions(interval)
      ? longWindow(days, interval, base, session.date)
      : windowIn(session, interval, base, opened);
    known[place] = bounds;
    return bounds;
  }

  /** Closes a lane's window as `derive` would, into `bars` and not into the log. */
  close({ window }: Lane, bars: BarColumns): void {
    window!.holds = false;
    if (this.#rules.incomplete === 'emit' || window!.count >= window!.expected) bars.push(window!);
  }

  /** Closes the windows that end at or before `now`. */
  #derive(track: Track, now: MarketTime): void {
    track.due = Number.POSITIVE_INFINITY;
    for (let i = 1; i < track.lanes.length; i++) {
      const lane = track.lanes[i]!;
      if (endOf(lane) <= now) this.#emit(track, lane, this.#closed(lane));
      track.due = Math.min(track.due, endOf(lane));
    }
  }

  /** The window that closes. */
  #closed({ closing, window }: Lane): Bar {
    if (closing.end !== Number.POSITIVE_INFINITY) return closing.take(this.#bar);
    window!.holds = false;
    return window!;
  }

  #emit({ totals, lastSeq }: Track, lane: Lane, bar: Bar): void {
    if (this.#rules.incomplete === 'skip' && bar.count < bar.expected) return;
    const derived = this.#derived;
    const updates = this.#updates;
    lane.freshSeq = this.#derivedSeq + derived.rows;
    lane.seqs.push(lane.freshSeq);
    totals.derived += 1;
    derived.push(lane.series, lastSeq, bar);
    lane.updateSeq = this.#derivedSeq + updates.rows;
    lane.updates = lane.runners.length;
    for (const { indicator, series } of lane.runners) {
      indicator.update(bar);
      updates.push(series, lane.freshSeq, indicator.out);
    }
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
      for (const lane of track.lanes) {
        forgetAhead(lane);
        if (lane.window !== null && !spansSessions(lane.interval)) lane.window.holds = false;
      }
      track.due = track.earliestEnd();
    }
  }
}

function countEnding(tracks: readonly Track[], now: MarketTime): number {
  let count = 0;
  for (let i = 0; i < tracks.length; i++) if (tracks[i]!.nextEnd === now) count += 1;
  return count;
}

/** Updates of an instant come after its derived bars, `rows` of them. */
function pushBack(tracks: readonly Track[], rows: number): void {
  for (const { lanes } of tracks) {
    for (const lane of lanes) if (lane.freshSeq !== 0) lane.updateSeq += rows;
  }
}
