/** What the frame loop keeps of one symbol: its queue, its series and the indicators on them. */
import { type Bar, BarColumns } from '../domain/bars.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import { Window } from '../domain/derivation.ts';
import { Column } from '../domain/frame.ts';
import type { Interval, ParsedInterval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { HistoricalSeries } from './historicalSeries.ts';

/** An indicator at work on one lane. Lives for the whole run: sessions carry its series on. */
export interface Runner {
  readonly key: string;
  readonly indicator: Indicator;
  readonly series: number;
  /** First day of the history its series began with; the run's first if there was none. */
  since: TradingDate;
  /** Seq of its update in the last frame that brought its lane a bar; 0 if it had none. */
  freshSeq: number;
}

/** One bar series of a symbol. */
export interface Lane {
  readonly interval: ParsedInterval;
  readonly series: number;
  /** Today's bars in SessionData. */
  columns: BarColumns;
  /** The open window; `null` for the base. */
  readonly window: Window | null;
  readonly runners: Runner[];
  /** Seq of its bar in the current frame; 0 if it had none. */
  freshSeq: number;
  /** Seq of the last base bar that went into the open window. */
  lastSeq: number;
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
const TAPED = 6;

export class Track {
  readonly symbol: string;
  /** Base first, then derived, ascending by interval. */
  readonly lanes: Lane[];
  /** How many base bars there are today; the clock has not reached them from row `cursor` on. */
  queued = 0;
  cursor = 0;
  /** They themselves row by row, times and prices and volume: one place to look for a bar instead of six. */
  #tape = new Float64Array(0);
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
  }

  /** Takes a copy of the bars of a day. */
  fill({ length, opened, open, high, low, close, volume }: BarColumns): void {
    this.queued = length;
    this.cursor = 0;
    if (this.#tape.length < length * TAPED) this.#tape = new Float64Array(length * TAPED);
    const tape = this.#tape;
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

  /** Writes the next bar of the queue, which must have one, into `bar` and returns it. */
  next(bar: Bar): Bar {
    const tape = this.#tape;
    const cell = this.cursor * TAPED;
    bar.opened = tape[cell]!;
    bar.open = tape[cell + 1]!;
    bar.high = tape[cell + 2]!;
    bar.low = tape[cell + 3]!;
    bar.close = tape[cell + 4]!;
    bar.volume = tape[cell + 5]!;
    bar.count = 1;
    bar.expected = 1;
    return bar;
  }

  /** Works out when the next queued bar ends; of a daily one that is the close. */
  schedule(base: ParsedInterval, session: Session): void {
    const { cursor } = this;
    if (cursor >= this.queued) this.nextEnd = Number.POSITIVE_INFINITY;
    else this.nextEnd = base.intraday ? this.#tape[cursor * TAPED]! + base.ms : session.close;
  }

  lane(interval: Interval): Lane | undefined {
    return this.lanes.find((lane) => lane.interval.text === interval);
  }

  get base(): Lane {
    return this.lanes[0]!;
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
    columns: new BarColumns(0),
    window: derived ? new Window() : null,
    runners: [],
    freshSeq: 0,
    lastSeq: 0,
    seqs: new Column(0),
  };
}

/** Forgets what was new at the last instant; of an update nobody asks once its bar is not new. */
export function settle({ lanes }: Track): void {
  for (let i = 0; i < lanes.length; i++) lanes[i]!.freshSeq = 0;
}

/** When the first of the track's windows that hold a bar ends; Infinity if none does. */
export function earliestEnd({ lanes }: Track): MarketTime {
  let due = Number.POSITIVE_INFINITY;
  for (const { window } of lanes) if (window?.holds) due = Math.min(due, window.end);
  return due;
}
