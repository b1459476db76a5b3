/**
 * What the log has of one symbol, as columns in the order of the log: its bars by interval, its indicators by
 * key, gaps and signals. Read once, and on from there as the log grows; questions cut it at their cursor.
 */

import { countIndicesWhile } from '../../domain/bisect.ts';
import type { Fact, FactOf } from '../../domain/facts.ts';
import { Column } from '../../domain/frame.ts';
import type { LogReader } from '../../store/eventLog.ts';
import { FactFilter } from '../factFilter.ts';
import { Turns } from './turns.ts';

/** Symbols whose tracks are kept. */
const KEPT = 8;
const TYPES = [
  ...['BarAppended', 'BarDerived', 'BarCorrected', 'IndicatorUpdated'],
  ...['GapDetected', 'GapFilled', 'SignalEmitted', 'SymbolRemoved', 'IndicatorRegistered'],
];

const BAR_COLUMNS = [
  ...(['opened', 'open', 'high', 'low', 'close', 'volume', 'count', 'expected'] as const),
  'seq',
] as const;
export type BarColumn = (typeof BAR_COLUMNS)[number];

/** Bars of one interval, one row a fact; a row may replace an earlier one. */
export class BarTrack {
  readonly columns = Object.fromEntries(
    BAR_COLUMNS.map((name) => [name, new Column(256)]),
  ) as Readonly<Record<BarColumn, Column>>;
  /** Rows that are not behind all before them: late bars, corrections, bars caught up with again. */
  readonly late: number[] = [];
  #last = Number.NEGATIVE_INFINITY;

  get length(): number {
    return this.columns.seq.length;
  }

  add(bar: FactOf<'BarAppended' | 'BarDerived' | 'BarCorrected'>): void {
    const { length } = this;
    if (length > 0 && bar.opened <= this.#last) this.late.push(length);
    else this.#last = bar.opened;
    for (const name of BAR_COLUMNS) this.columns[name].push(bar[name]);
  }

  /** Rows up to fact `seq`. */
  upTo(seq: number): number {
    const { data } = this.columns.seq;
    return countIndicesWhile(this.length, (i) => data[i]! <= seq);
  }

  at(row: number, name: BarColumn): number {
    return this.columns[name].data[row]!;
  }
}

/** Values of one indicator, one row an update. */
export class ValueTrack {
  readonly interval: string;
  readonly outputs: readonly string[];
  readonly seq = new Column(256);
  /** Market time of the update, and the fact that led to it. */
  readonly time = new Column(256);
  readonly cause = new Column(256);
  /** A row's outputs one after another; NaN: not ready. */
  readonly values = new Column(256);
  /** Updates that stand for another one. */
  readonly corrections: number[] = [];

  constructor({ interval, outputs }: FactOf<'IndicatorRegistered'>) {
    this.interval = interval;
    this.outputs = outputs;
  }

  get arity(): number {
    return Math.max(1, this.outputs.length);
  }

  add({ seq, at, cause, value, corrects }: FactOf<'IndicatorUpdated'>): void {
    if (corrects !== undefined) this.corrections.push(this.seq.length);
    this.seq.push(seq);
    this.time.push(at);
    this.cause.push(cause ?? 0);
    if (this.outputs.length === 0) this.values.push(typeof value === 'number' ? value : Number.NaN);
    const cells = typeof value === 'object' && value !== null ? value : {};
    for (const output of this.outputs) this.values.push(cells[output] ?? Number.NaN);
  }

  upTo(seq: number): number {
    return countIndicesWhile(this.seq.length, (i) => this.seq.data[i]! <= seq);
  }
}

export class SymbolTrack {
  readonly bars = new Map<string, BarTrack>();
  readonly values = new Map<string, ValueTrack>();
  readonly gaps: FactOf<'GapDetected' | 'GapFilled'>[] = [];
  readonly signals: FactOf<'SignalEmitted'>[] = [];
  /** The last fact that was looked at. */
  read = 0;
  reading: Promise<void> | null = null;

  add(fact: Fact): void {
    switch (fact.type) {
      case 'BarAppended':
      case 'BarDerived':
      case 'BarCorrected': {
        const track = this.bars.get(fact.interval) ?? new BarTrack();
        this.bars.set(fact.interval, track);
        track.add(fact);
        break;
      }
      case 'IndicatorRegistered':
        if (!this.#fits(fact)) this.values.set(fact.key, new ValueTrack(fact));
        break;
      case 'IndicatorUpdated':
        this.values.get(fact.key)?.add(fact);
        break;
      case 'GapDetected':
      case 'GapFilled':
        this.gaps.push(fact);
        break;
      case 'SignalEmitted':
        this.signals.push(fact);
        break;
      default:
    }
  }

  /** A key may be given out anew for another shape. */
  #fits({ key, outputs }: FactOf<'IndicatorRegistered'>): boolean {
    return this.values.get(key)?.outputs.join() === outputs.join();
  }
}

export class SymbolTracks {
  readonly #log: LogReader;
  readonly #tracks = new Map<string, SymbolTrack>();

  constructor(log: LogReader) {
    this.#log = log;
  }

  /** What the log has of a symbol up to its present end. */
  async of(symbol: string): Promise<SymbolTrack> {
    const track = this.#tracks.get(symbol) ?? new SymbolTrack();
    this.#tracks.delete(symbol);
    this.#tracks.set(symbol, track);
    const [oldest] = this.#tracks.keys();
    if (this.#tracks.size > KEPT) this.#tracks.delete(oldest!);
    if (track.read < this.#log.position) {
      track.reading ??= this.#read(symbol, track).finally(() => {
        track.reading = null;
      });
      await track.reading;
    }
    return track;
  }

  async #read(symbol: string, track: SymbolTrack): Promise<void> {
    const log = this.#log;
    const to = log.position;
    const turns = new Turns();
    const filter = new FactFilter({ types: TYPES, symbols: [escaped(symbol)] });
    const range = { from: track.read + 1, to, reuse: true, types: filter.types };
    for (const frame of log.read(range)) {
      for (const fact of filter.within(frame, log)) {
        if (fact.seq > track.read && fact.seq <= to) track.add(fact);
      }
      track.read = Math.max(track.read, Math.min(to, frame.firstSeq + frame.count - 1));
      if (turns.due()) await turns.next();
    }
    track.read = to;
  }
}

/** The name as a glob of nothing but itself. */
function escaped(symbol: string): string {
  return symbol.replaceAll(/[*!?]/g, '?');
}
