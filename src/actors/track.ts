/** What the frame loop keeps of one symbol: its queue, its series and the indicators on them. */
import type { Bar, BarColumns } from '../domain/bars.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import { Window } from '../domain/derivation.ts';
import { Column } from '../domain/frame.ts';
import type { Interval, ParsedInterval } from '../domain/interval.ts';
import { SessionBars } from '../domain/sessionBars.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { HistoricalSeries } from './historicalSeries.ts';
import type { Runner } from './runner.ts';
import { WaitingValues, WaitingWindows } from './waiting.ts';

/** One bar series of a symbol. */
export interface Lane {
  readonly interval: ParsedInterval;
  readonly series: number;
  /** Today's bars in SessionData. */
  bars: SessionBars;
  /** The open window, some rows ahead of the clock; `null` for the base. */
  readonly window: Window | null;
  /** Windows before it that wait for the clock. */
  readonly closing: WaitingWindows;
  /** Today's queue up to this row is in them, if that is beyond the cursor. */
  done: number;
  readonly runners: Runner[];
  /** Seq of its bar in the current frame; 0 if it had none. */
  freshSeq: number;
  /** Of its updates in the last frame that brought a bar: seq of the first, and how many; each runner has one. */
  updateSeq: number;
  updates: number;
  /** Seq of each derived bar of today, row by row; empty for the base. */
  readonly seqs: Column;
}

/** Of one symbol over the whole run: base bars, base bars expected by the closes so far, derived bars. */
export interface Totals {
  bars: number;
  expected: number;
  derived: number;
  /** Its share in them of a day it has left: should it come back on that day, all of it is counted anew. */
  left: Share | null;
}

/** What a symbol has had of one day. */
export interface Share {
  readonly date: TradingDate;
  readonly bars: number;
  readonly expected: number;
  readonly derived: number;
}

/** Numbers of a bar on a track's tape. */
export const TAPED = 6;

/**
 * A symbol's queue is at two places at once: bars before `cursor` are on the record, those before `worked` are
 * worked out and wait for the clock. What comes to the track in between, such as an indicator, is not as far, as
 * its own `done` says: then `ready` is 0, until that is worked out up to `worked` as well and both are the same.
 */
export class Track {
  readonly symbol: string;
  /** Base first, then derived, ascending by interval. */
  readonly lanes: Lane[];
  readonly base: Lane;
  /** How many base bars there are today; the clock has not reached them from row `cursor` on. */
  queued = 0;
  cursor = 0;
  /** They themselves row by row, times and prices and volume: one place to look for a bar instead of six. */
  tape = new Float64Array(0);
  worked = 0;
  ready = 0;
  readonly values = new WaitingValues();
  /** Seq of the last base bar of today; before there is one, of what brought the symbol into the session. */
  lastSeq = 0;
  /** End of the next queued bar; Infinity if there is none. */
  nextEnd: MarketTime = Number.POSITIVE_INFINITY;
  /** Earliest end of a derived window that holds a bar; Infinity if none does. */
  due: MarketTime = Number.POSITIVE_INFINITY;
  /** Start of the first base bar not yet accounted for, by a bar or by a gap. */
  accounted: MarketTime = 0;
  present = 0;
  /** False for a light symbol: no bars are expected of it. */
  fed = true;
  /** False until its series have been brought up to the session it first takes part in. */
  begun = false;
  /** Indicators on earlier days' bars, which every session brings up to the day before it. */
  historical: HistoricalSeries[] = [];
  /** Last trading day whose bars those have. */
  historicalTo: TradingDate = '';
  readonly totals: Totals;
  /** As they were when the session began: what counts if the symbol is taken out of it. */
  totalsBefore: Totals;

  constructor(symbol: string, lanes: Lane[], totals: Totals) {
    this.symbol = symbol;
    this.totals = totals;
    this.totalsBefore = { ...totals };
    this.lanes = lanes;
    this.base = lanes[0]!;
  }

  /** Takes a copy of the bars of a day. */
  fill({ length, opened, open, high, low, close, volume }: BarColumns): void {
    this.queued = length;
    this.cursor = 0;
    this.worked = 0;
    this.ready = 0;
    for (const lane of this.lanes) {
      forgetAhead(lane);
      for (const runner of lane.runners) runner.done = 0;
    }
    if (this.tape.length < length * TAPED) this.tape = new Float64Array(length * TAPED);
    const tape = this.tape;
    for (let row = 0, cell = 0; row < length; row++, cell += TAPED) {
      tape[cell] = opened[row]!;
      tape[cell + 1] = open[row]!;
      tape[cell + 2] = high[row]!;
      tape[cell + 3] = low[row]!;
      tape[cell + 4] = close[row]!;
      tape[cell + 5] = volume[row]!;
    }
  }

  /** Forgets the bars that are left of the day. */
  clear(): void {
    this.queued = 0;
    this.cursor = 0;
  }

  /** Writes a bar of the queue into `bar`. */
  read(row: number, bar: Bar): void {
    const { tape } = this;
    const cell = row * TAPED;
    bar.opened = tape[cell]!;
    bar.open = tape[cell + 1]!;
    bar.high = tape[cell + 2]!;
    bar.low = tape[cell + 3]!;
    bar.close = tape[cell + 4]!;
    bar.volume = tape[cell + 5]!;
    bar.count = 1;
    bar.expected = 1;
  }

  /** Works out when the next queued bar ends; of a daily one that is the close. */
  schedule(base: ParsedInterval, session: Session): void {
    const { cursor } = this;
    if (cursor >= this.queued) this.nextEnd = Number.POSITIVE_INFINITY;
    else this.nextEnd = base.intraday ? this.tape[cursor * TAPED]! + base.ms : session.close;
  }

  /** When the first of the windows that hold a bar ends; Infinity if none does. */
  earliestEnd(): MarketTime {
    let due = Number.POSITIVE_INFINITY;
    for (let i = 1; i < this.lanes.length; i++) due = Math.min(due, endOf(this.lanes[i]!));
    return due;
  }

  lane(interval: Interval): Lane | undefined {
    return this.lanes.find((lane) => lane.interval.text === interval);
  }
}

/** Keeps what a symbol has had on the day it leaves. */
export function leave(totals: Totals, share: Share): void {
  totals.bars += share.bars;
  totals.expected += share.expected;
  totals.derived += share.derived;
  totals.left = share;
}

/** A symbol that comes back on the day it left is counted anew. */
export function comeBack(totals: Totals, date: TradingDate): void {
  const { left } = totals;
  totals.left = null;
  if (left?.date !== date) return;
  totals.bars -= left.bars;
  totals.expected -= left.expected;
  totals.derived -= left.derived;
}

export function createLane(interval: ParsedInterval, series: number, derived: boolean): Lane {
  return {
    interval,
    series,
    bars: new SessionBars(0),
    window: derived ? new Window() : null,
    closing: new WaitingWindows(),
    done: 0,
    runners: [],
    freshSeq: 0,
    updateSeq: 0,
    updates: 0,
    seqs: new Column(0),
  };
}

/** Forgets what was new at the last instant; of an update nobody asks once its bar is not new. */
export function settle({ lanes }: Track): void {
  for (let i = 0; i < lanes.length; i++) lanes[i]!.freshSeq = 0;
}

/** When a lane's next window that holds a bar ends; Infinity if none does. */
export function endOf({ closing, window }: Lane): MarketTime {
  const { end } = closing;
  if (end !== Number.POSITIVE_INFINITY) return end;
  return window?.holds ? window.end : end;
}

/** A lane's windows are made anew, as of the clock. */
export function forgetAhead(lane: Lane): void {
  lane.closing.clear();
  lane.done = 0;
}
