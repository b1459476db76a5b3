/** Where a log holds the bars of each day that was read: of a session's queue, or as history. */
import type { ControlFact, ProvenanceRecord } from '../domain/facts.ts';
import type { Interval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { BadRow } from '../feeds/feed.ts';
import type { LogReader } from '../store/eventLog.ts';

/** A day as it was queued: its bars follow one by one as they were fed. */
export interface QueuedDay {
  readonly seq: number;
  readonly bars: number;
  readonly provenance: readonly ProvenanceRecord[];
}

/** A day as rows of a block of history. */
export interface HistoryDay {
  readonly seq: number;
  readonly start: number;
  readonly bars: number;
  readonly provenance: readonly ProvenanceRecord[];
}

export interface RecordedDay {
  /** In order; more than one where a symbol left and came back. */
  readonly queued: QueuedDay[];
  history: HistoryDay | null;
  /** Rows of the day outside its session. */
  leftOut: number;
}

/** Extra of a block of history, as far as it is looked at. */
interface HistoryExtra {
  readonly symbol: string;
  readonly interval: Interval;
  readonly source: Interval;
  readonly days: readonly { readonly date: TradingDate; readonly bars: number }[];
  readonly provenance: readonly ProvenanceRecord[];
}

const LOOKED_AT: ReadonlySet<string> = new Set([
  'QueueLoaded',
  'HistoricalBarsLoaded',
  'BarsLeftOut',
  'RowsSkipped',
]);

type ByDate<T> = Map<TradingDate, T>;

export class RecordedDays {
  readonly #log: LogReader;
  readonly #days = new Map<string, Map<Interval, ByDate<RecordedDay>>>();
  readonly #sorted = new Map<string, readonly (readonly [TradingDate, RecordedDay])[]>();
  readonly #skipped = new Map<string, ByDate<readonly BadRow[]>>();
  /** The first queue of each session, in order. */
  readonly #begins: { readonly date: TradingDate; readonly seq: number }[] = [];

  constructor(log: LogReader) {
    this.#log = log;
    for (const { sections } of log.read({ types: LOOKED_AT, reuse: true })) {
      for (const section of sections) {
        if (section.kind === 'control') for (const fact of section.facts) this.#take(fact);
        else if (section.type === 'HistoricalBarsLoaded') {
          this.#takeHistory(section.firstSeq, section.extra as unknown as HistoryExtra);
        }
      }
    }
  }

  intervals(symbol: string): Interval[] {
    return [...(this.#days.get(symbol)?.keys() ?? [])];
  }

  /** The days of an interval, ascending. */
  of(symbol: string, interval: Interval): readonly (readonly [TradingDate, RecordedDay])[] {
    const key = `${symbol} ${interval}`;
    let sorted = this.#sorted.get(key);
    if (sorted === undefined) {
      const days = this.#days.get(symbol)?.get(interval) ?? [];
      sorted = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
      this.#sorted.set(key, sorted);
    }
    return sorted;
  }

  /** How many bars each date had at least. */
  dates(symbol: string, interval: Interval): ByDate<number> {
    return new Map(
      this.of(symbol, interval).map(([date, { history, queued, leftOut }]) => {
        const bars = Math.max(history?.bars ?? 0, leftOut, ...queued.map((day) => day.bars));
        return [date, bars];
      }),
    );
  }

  skipped(symbol: string, interval: Interval): ReadonlyMap<TradingDate, readonly BadRow[]> {
    return this.#skipped.get(`${symbol} ${interval}`) ?? new Map();
  }

  /** The last session whose queues were filled; empty if none was. */
  get lastDate(): TradingDate {
    return this.#begins.at(-1)?.date ?? '';
  }

  /** The facts between which the bars of a session's queues are. */
  rangeOf(date: TradingDate): { from: number; to: number } {
    const at = this.#begins.findIndex((begin) => begin.date === date);
    const to = (this.#begins[at + 1]?.seq ?? this.#log.position + 1) - 1;
    return { from: this.#begins[at]!.seq, to };
  }

  #day(symbol: string, interval: Interval, date: TradingDate): RecordedDay {
    const ofSymbol = this.#days.get(symbol) ?? new Map<Interval, ByDate<RecordedDay>>();
    this.#days.set(symbol, ofSymbol);
    const days = ofSymbol.get(interval) ?? new Map<TradingDate, RecordedDay>();
    ofSymbol.set(interval, days);
    const day = days.get(date) ?? { queued: [], history: null, leftOut: 0 };
    days.set(date, day);
    return day;
  }

  #take(fact: ControlFact): void {
    if (fact.type === 'QueueLoaded') {
      const { seq, symbol, interval, date, bars, provenance } = fact;
      if (this.#begins.at(-1)?.date !== date) this.#begins.push({ date, seq });
      this.#day(symbol, interval, date).queued.push({ seq, bars, provenance });
    } else if (fact.type === 'BarsLeftOut') {
      this.#day(fact.symbol, fact.interval, fact.date).leftOut = fact.bars;
    } else if (fact.type === 'RowsSkipped') {
      const { symbol, interval, date, rows, lines } = fact;
      const key = `${symbol} ${interval}`;
      const ofInterval = this.#skipped.get(key) ?? new Map();
      // Of many rows the first are told, and the number of all.
      const untold = Array.from({ length: rows - lines.length }, () => lines.at(-1)!);
      ofInterval.set(date, [...lines, ...untold]);
      this.#skipped.set(key, ofInterval);
    }
  }

  #takeHistory(seq: number, extra: HistoryExtra): void {
    const { symbol, interval, source, days, provenance } = extra;
    if (interval !== source) return;
    const pieces = [...provenance];
    let start = 0;
    for (const { date, bars } of days) {
      const own: ProvenanceRecord[] = [];
      for (let rows = 0; rows < bars && pieces.length > 0; ) {
        const piece = pieces.shift()!;
        own.push(piece);
        rows += piece.bars;
      }
      const day = this.#day(symbol, interval, date);
      // What says most of the feed: without bars added by hand.
      if (day.history === null || own.every(isRead)) {
        day.history = { seq, start, bars, provenance: own };
      }
      start += bars;
    }
  }
}

/** True unless it was added by hand. */
export function isRead({ source }: ProvenanceRecord): boolean {
  return source !== 'adhoc';
}
