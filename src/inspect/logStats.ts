/** What a log is made of: facts and bytes by type, facts by actor and by day. */
import type { ControlFact } from '../domain/facts.ts';
import type { Block, Frame } from '../domain/frame.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';
import { SectionSize } from '../store/sectionSize.ts';

export interface TypeStats {
  readonly type: string;
  facts: number;
  /** Encoded, without the headers of records, and before compression. */
  bytes: number;
}

export interface DayStats {
  /** Trading day; null for what came before the first one. */
  readonly date: TradingDate | null;
  frames: number;
  facts: number;
  bytes: number;
  /** Registered, however late. */
  symbols: number;
  /** Base bars. */
  bars: number;
  derived: number;
  /** Of indicators. */
  values: number;
  gaps: number;
  signals: number;
}

export interface LogStats {
  readonly facts: number;
  readonly frames: number;
  readonly firstAt: MarketTime | null;
  readonly lastAt: MarketTime | null;
  /** Sessions that came to their end. */
  readonly sessions: number;
  /** Different symbols that were registered. */
  readonly symbols: number;
  /** Most facts first. */
  readonly types: readonly Readonly<TypeStats>[];
  /** Most facts first. */
  readonly actors: readonly { readonly actor: string; readonly facts: number }[];
  readonly days: readonly Readonly<DayStats>[];
}

/** Reads the whole log once; memory is that of one frame. */
export function statsOf(log: LogReader): LogStats {
  const count = new Count();
  for (const frame of log.read({ reuse: true })) count.add(frame);
  return count.stats();
}

class Count {
  readonly #size = new SectionSize();
  readonly #types = new Map<string, TypeStats>();
  readonly #actors = new Map<string, number>();
  readonly #symbols = new Set<string>();
  readonly #days: DayStats[] = [];
  /** Symbols registered in the last of them. */
  readonly #today = new Set<string>();
  #facts = 0;
  #frames = 0;
  #sessions = 0;
  #firstAt: MarketTime | null = null;
  #lastAt: MarketTime | null = null;

  add(frame: Frame): void {
    const { at, count, sections } = frame;
    this.#firstAt ??= at;
    this.#lastAt = at;
    this.#facts += count;
    this.#frames += 1;
    for (const section of sections) {
      if (section.kind === 'block') this.#block(section, at);
      else for (const fact of section.facts) this.#fact(fact);
    }
    // Of two days, a frame belongs to the one that it enters.
    this.#day.frames += 1;
  }

  stats(): LogStats {
    const byFacts = (a: { facts: number }, b: { facts: number }) => b.facts - a.facts;
    const actors = Array.from(this.#actors, ([actor, facts]) => ({ actor, facts }));
    return {
      facts: this.#facts,
      frames: this.#frames,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      sessions: this.#sessions,
      symbols: this.#symbols.size,
      types: [...this.#types.values()].sort(byFacts),
      actors: actors.sort(byFacts),
      days: this.#days,
    };
  }

  #block(block: Block, at: MarketTime): void {
    const { type, by, facts } = block;
    this.#count({ type, by }, facts, this.#size.ofBlock(block, at));
    const day = this.#day;
    if (type === 'BarAppended') day.bars += facts;
    else if (type === 'BarDerived') day.derived += facts;
    else if (type === 'IndicatorUpdated') day.values += facts;
  }

  #fact(fact: ControlFact): void {
    if (fact.type === 'PhaseEntered') this.#enter(fact.date);
    this.#count(fact, 1, this.#size.ofFact(fact));
    const day = this.#day;
    if (fact.type === 'SymbolRegistered') {
      this.#symbols.add(fact.symbol);
      day.symbols = this.#today.add(fact.symbol).size;
    } else if (fact.type === 'GapDetected') day.gaps += 1;
    else if (fact.type === 'SignalEmitted') day.signals += 1;
    else if (fact.type === 'SessionEnded') this.#sessions += 1;
  }

  #count({ type, by }: { type: string; by: string }, facts: number, bytes: number): void {
    let ofType = this.#types.get(type);
    if (ofType === undefined) {
      ofType = { type, facts: 0, bytes: 0 };
      this.#types.set(type, ofType);
    }
    ofType.facts += facts;
    ofType.bytes += bytes;
    this.#actors.set(by, (this.#actors.get(by) ?? 0) + facts);
    const day = this.#day;
    day.facts += facts;
    day.bytes += bytes;
  }

  #enter(date: TradingDate | null): void {
    if (date === null || date === this.#days.at(-1)?.date) return;
    this.#days.push(emptyDay(date));
    this.#today.clear();
  }

  get #day(): DayStats {
    if (this.#days.length === 0) this.#days.push(emptyDay(null));
    return this.#days.at(-1)!;
  }
}

function emptyDay(date: TradingDate | null): DayStats {
  return {
    date,
    frames: 0,
    facts: 0,
    bytes: 0,
    symbols: 0,
    bars: 0,
    derived: 0,
    values: 0,
    gaps: 0,
    signals: 0,
  };
}
