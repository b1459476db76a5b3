/**
 * What a log holds, where: found by going through it once, and on from there as it grows.
 *
 * Facts that follow one another with the same time, type and actor are one run of them. That is enough to count
 * and to step without decoding anything. What is rare is kept whole: transitions, phases, days, symbols.
 */

import { countIndicesWhile } from '../../domain/bisect.ts';
import type { ControlFact } from '../../domain/facts.ts';
import { Column, type Frame } from '../../domain/frame.ts';
import { compareIntervals } from '../../domain/interval.ts';
import type { MarketTime, TradingDate } from '../../domain/time.ts';
import { Names } from './names.ts';

export interface IndexedTransition {
  readonly seq: number;
  readonly actor: string;
  readonly message: string;
  readonly from: string | null;
  readonly to: string;
}

export interface IndexedPhase {
  readonly seq: number;
  readonly at: MarketTime;
  readonly phase: number;
  readonly name: string;
  readonly date: TradingDate | null;
}

export interface IndexedSession {
  readonly seq: number;
  readonly date: TradingDate;
  readonly open: MarketTime;
  readonly close: MarketTime;
}

export interface IndexedIndicator {
  readonly key: string;
  readonly name: string;
  readonly interval: string;
  readonly since: number;
  readonly outputs: readonly string[];
}

export interface IndexedSymbol {
  readonly symbol: string;
  readonly since: number;
  base: string;
  readonly intervals: Set<string>;
  readonly indicators: Map<string, IndexedIndicator>;
}

/** Types of facts that say what the market did; all others are rare. */
const MARKET: ReadonlySet<string> = new Set(['BarAppended', 'BarDerived', 'IndicatorUpdated']);

export class RunIndex {
  /** The last fact it knows of. */
  position = 0;
  firstAt: MarketTime = 0;
  lastAt: MarketTime = 0;
  readonly types = new Names();
  readonly actors = new Names();
  readonly transitions: IndexedTransition[] = [];
  /** Positions in `transitions`, ascending, by actor. */
  readonly transitionsOf = new Map<string, number[]>();
  readonly phases: IndexedPhase[] = [];
  readonly sessions: IndexedSession[] = [];
  readonly symbols = new Map<string, IndexedSymbol>();
  config: Readonly<Record<string, unknown>> | null = null;

  /** One row a run: first seq, time, number of its type and of its actor. */
  readonly seqs = new Column(1024);
  readonly times = new Column(1024);
  readonly typeOf = new Column(1024);
  readonly actorOf = new Column(1024);
  /** Facts by number of type, and by number of actor. */
  readonly typeCounts: number[] = [];
  readonly actorCounts: number[] = [];
  /** First fact by number of actor. */
  readonly actorSince: number[] = [];

  get runs(): number {
    return this.seqs.length;
  }

  /** Takes in the next frame. O(blocks + control facts). */
  add({ at, firstSeq, count, sections }: Frame): void {
    if (this.position === 0) this.firstAt = at;
    for (const section of sections) {
      if (section.kind === 'block') {
        this.#run(section.firstSeq, section.facts, { at, type: section.type, by: section.by });
        continue;
      }
      for (const fact of section.facts) {
        this.#run(fact.seq, 1, fact);
        this.#note(fact);
      }
    }
    this.position = firstSeq + count - 1;
    this.lastAt = at;
  }

  /** Number of the run that holds fact `seq`, which is there. O(log runs). */
  runOf(seq: number): number {
    return countIndicesWhile(this.seqs.length, (i) => this.seqs.data[i]! <= seq) - 1;
  }

  /** The fact after the last one of run `i`. */
  endOf(i: number): number {
    return i + 1 < this.seqs.length ? this.seqs.data[i + 1]! : this.position + 1;
  }

  timeOf(seq: number): MarketTime {
    if (this.runs === 0) return 0;
    return this.times.data[Math.max(0, this.runOf(seq))]!;
  }

  byOf(seq: number): string {
    return this.actors.at(this.actorOf.data[this.runOf(seq)]!);
  }

  /** Seq of the last fact with `at <= time`; 0 if there is none. */
  seek(time: MarketTime): number {
    const runs = countIndicesWhile(this.times.length, (i) => this.times.data[i]! <= time);
    return runs === 0 ? 0 : this.endOf(runs - 1) - 1;
  }

  /** The nearest fact of a type after (`step` 1) or before (-1) fact `seq`; null if there is none. */
  nearest(seq: number, type: string, step: 1 | -1): number | null {
    const wanted = this.types.find(type);
    if (wanted === undefined) return null;
    let i = this.runOf(seq);
    if (i >= 0 && this.typeOf.data[i] === wanted) {
      if (step === 1 && seq + 1 < this.endOf(i)) return seq + 1;
      if (step === -1 && seq > this.seqs.data[i]!) return seq - 1;
    }
    for (i += step; i >= 0 && i < this.runs; i += step) {
      if (this.typeOf.data[i] === wanted) {
        return step === 1 ? this.seqs.data[i]! : this.endOf(i) - 1;
      }
    }
    return null;
  }

  /** True for facts that say what the market did. */
  isMarket(run: number): boolean {
    return MARKET.has(this.types.at(this.typeOf.data[run]!));
  }

  #run(seq: number, facts: number, of: { at: number; type: string; by: string }): void {
    const type = this.types.of(of.type);
    const actor = this.actors.of(of.by);
    this.typeCounts[type] = (this.typeCounts[type] ?? 0) + facts;
    this.actorCounts[actor] = (this.actorCounts[actor] ?? 0) + facts;
    this.actorSince[actor] ??= seq;
    const last = this.runs - 1;
    const goesOn =
      last >= 0 &&
      this.times.data[last] === of.at &&
      this.typeOf.data[last] === type &&
      this.actorOf.data[last] === actor;
    if (goesOn) return;
    this.seqs.push(seq);
    this.times.push(of.at);
    this.typeOf.push(type);
    this.actorOf.push(actor);
  }

  #note(fact: ControlFact): void {
    const { seq, at } = fact;
    switch (fact.type) {
      case 'RunStarted':
        this.config = fact.config;
        break;
      case 'TransitionTaken': {
        const { actor, message, from, to } = fact;
        const ofActor = this.transitionsOf.get(actor) ?? [];
        this.transitionsOf.set(actor, ofActor);
        ofActor.push(this.transitions.length);
        this.transitions.push({ seq, actor, message, from, to });
        break;
      }
      case 'PhaseEntered':
        this.phases.push({ seq, at, phase: fact.phase, name: fact.name, date: fact.date });
        break;
      case 'SessionActivated':
        this.sessions.push({ seq, date: fact.date, open: fact.open, close: fact.close });
        break;
      case 'SymbolRegistered': {
        const known = this.symbols.get(fact.symbol);
        const symbol = known ?? newSymbol(fact.symbol, seq);
        this.symbols.set(fact.symbol, symbol);
        symbol.base = fact.base;
        for (const interval of [fact.base, ...fact.intervals]) symbol.intervals.add(interval);
        break;
      }
      case 'IntervalAdded':
        this.symbols.get(fact.symbol)?.intervals.add(fact.interval);
        break;
      case 'IndicatorRegistered': {
        const { key, name, interval, outputs } = fact;
        const keys = this.symbols.get(fact.symbol)?.indicators;
        if (!keys?.has(key)) keys?.set(key, { key, name, interval, outputs, since: seq });
        break;
      }
      default:
    }
  }
}

function newSymbol(symbol: string, since: number): IndexedSymbol {
  return { symbol, since, base: '', intervals: new Set(), indicators: new Map() };
}

/** Intervals of a symbol, shortest first. */
export function intervalsOf({ intervals }: IndexedSymbol): string[] {
  return [...intervals].sort(compareIntervals);
}
