/**
 * What one run is made of, shared by the steps of all its phases: the plan, the data, the recorder and the
 * tracks of today's symbols. Plain state; when anything happens is the charts' business.
 */
import type { Session } from '../domain/calendar/calendar.ts';
import type { Config } from '../domain/config/schema.ts';
import type { TradingDays } from '../domain/derivation.ts';
import type { ControlType, Fields } from '../domain/facts.ts';
import { type Interval, type ParsedInterval, parseInterval } from '../domain/interval.ts';
import type { SessionData } from '../domain/sessionData.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import { tradingDaysFrom } from '../domain/tradingDays.ts';
import type { IndicatorDefinition, IndicatorSettings } from '../indicators/indicator.ts';
import { FrameLoop } from './frameLoop.ts';
import type { DayBars, MarketData } from './marketData.ts';
import type { Metrics } from './metrics.ts';
import { Processor } from './processor.ts';
import { Quality } from './quality.ts';
import type { Origin, Recorder } from './recorder.ts';
import { type NamedStrategy, Strategies } from './strategy.ts';
import type { Totals, Track } from './track.ts';

/** What depends on the host and never changes the market: pauses, retries, refused pauses. */
export type JournalEntry = { readonly type: string } & Readonly<Record<string, unknown>>;

/** One configured session indicator, checked and with its defaults. */
export interface IndicatorPlan {
  readonly key: string;
  readonly definition: IndicatorDefinition;
  readonly settings: IndicatorSettings;
}

export interface EngineParts {
  readonly config: Config;
  readonly time: TimeManager;
  readonly market: MarketData;
  readonly recorder: Recorder;
  readonly view: SessionView;
  readonly indicators: readonly IndicatorPlan[];
  readonly strategies: readonly NamedStrategy[];
  readonly metrics: Metrics;
  /** Notes what depends on the host, beside the log. */
  readonly journal: (entry: JournalEntry) => void;
  /** Config and data as RunStarted has them; asked once the data was looked at. */
  readonly started: () => Fields<'RunStarted'>;
  /** Tells how far long work has come; never part of the log. */
  readonly onProgress?: (progress: { what: string; done: number; total: number }) => void;
}

/** What the load of one symbol has read and not yet recorded. */
export interface LoadedSymbol {
  readonly symbol: string;
  readonly queue: DayBars;
  readonly history: readonly LoadedHistory[];
}

/** Bars of one interval before today; days the log already holds are not read again. */
export interface LoadedHistory {
  readonly interval: Interval;
  readonly days: readonly DayBars[];
}

/** A symbol added while the run goes on. */
export interface SymbolRequest {
  readonly addedBy: 'strategy' | 'scanner' | 'adhoc';
  /** Intervals beside those of the config. */
  readonly streams: readonly Interval[];
}

/** What became of a wish for a symbol. */
export type AddResult =
  | { readonly added: true; readonly symbol: string }
  /** `loaded`: it was there already, which is no failure. */
  | {
      readonly added: false;
      readonly symbol: string;
      readonly loaded: boolean;
      readonly reason: string;
    };

export class Engine {
  readonly config: Config;
  readonly time: TimeManager;
  readonly market: MarketData;
  readonly recorder: Recorder;
  readonly view: SessionView;
  readonly indicators: readonly IndicatorPlan[];
  readonly metrics: Metrics;
  /** What was noted beside the log so far. */
  readonly notes: JournalEntry[] = [];
  readonly strategies: Strategies;
  readonly named: readonly NamedStrategy[];
  readonly onProgress: NonNullable<EngineParts['onProgress']>;
  /** Called once the data was looked at: the run can be recorded from here on. */
  onStarted: () => void = () => {};
  /** Every session of the window, ascending. */
  readonly sessions: readonly Session[];
  readonly days: TradingDays;

  /** Index of the present session. */
  day = 0;
  /** Seq of the fact that what is now being done follows from. */
  cause: number | null = null;
  /** Intervals that each symbol needs; known once Phase 0 has gathered them. */
  readonly required = new Map<string, readonly Interval[]>();
  /** Symbols in the session, ascending by code unit. */
  tracks: Track[] = [];
  /** Every track the run has had: series go on from session to session. */
  readonly known = new Map<string, Track>();
  /** Who asked for a symbol that is not in the config, and what for. */
  readonly requests = new Map<string, SymbolRequest>();
  readonly loads = new Map<string, LoadedSymbol>();
  /** What the run has had of each symbol, also of those that have left. */
  readonly totals = new Map<string, Totals>();
  loop: FrameLoop | null = null;
  /** Symbols that strategies have asked for, not yet told to the chart. */
  readonly wishes: string[] = [];
  /** Who waits to hear what became of a symbol. */
  readonly #waiting = new Map<string, ((result: AddResult) => void)[]>();
  /** Set when a message has come in: the slice ends after the present frame. */
  interrupted = false;
  /** Base bars of the sessions that are over. */
  bars = 0;
  /** Sessions that had at least one symbol. */
  sessionsWithSymbols = 0;

  readonly #started: EngineParts['started'];
  readonly #keep: EngineParts['journal'];
  #base: ParsedInterval | null = null;
  #processor: Processor | null = null;
  #quality: Quality | null = null;

  constructor(parts: EngineParts) {
    this.config = parts.config;
    this.time = parts.time;
    this.market = parts.market;
    this.recorder = parts.recorder;
    this.view = parts.view;
    this.indicators = parts.indicators;
    this.metrics = parts.metrics;
    this.named = parts.strategies;
    this.#keep = parts.journal;
    const wish = (symbol: string, origin: Origin) => this.wish(symbol, origin);
    this.strategies = new Strategies(parts.recorder, parts.view, { named: parts.strategies, wish });
    this.#started = parts.started;
    this.onProgress = parts.onProgress ?? (() => {});
    const { start_date, end_date } = parts.config.backtest_config;
    const { calendar } = parts.time;
    this.sessions = parts.time
      .tradingDatesBetween(start_date, end_date)
      .map((date) => calendar.session(date)!);
    this.days = tradingDaysFrom(parts.time, this.sessions[0]!.date);
  }

  get data(): SessionData {
    return this.recorder.data;
  }

  get session(): Session {
    return this.sessions[this.day]!;
  }

  get firstSession(): Session {
    return this.sessions[0]!;
  }

  /** The base interval; known after Phase 0. */
  get base(): ParsedInterval {
    return this.#base!;
  }

  get processor(): Processor {
    return this.#processor!;
  }

  get quality(): Quality {
    return this.#quality!;
  }

  /** Base bars so far, those of the present session included. */
  get barsSoFar(): number {
    return this.bars + (this.loop?.bars ?? 0);
  }

  /** Where the day begins that a session answers for: what traded since the previous trading day. */
  since(session: Session): number {
    if (session.date === this.firstSession.date) return session.dayStart;
    return this.sessions[this.sessions.indexOf(session) - 1]!.dayEnd;
  }

  /** Takes what Phase 0 has found. */
  settle(base: Interval): void {
    this.#base = parseInterval(base);
    this.#processor = new Processor(this.recorder, {
      base: this.#base,
      incomplete: this.config.session_data_config.derivation.incomplete,
      days: this.days,
      runEnd: this.sessions.at(-1)!.close,
    });
    this.#quality = new Quality(this.recorder, {
      base: this.#base,
      enabled: this.config.session_data_config.gap_filler.enable_session_quality,
    });
  }

  totalsOf(symbol: string): Totals {
    const known = this.totals.get(symbol);
    if (known !== undefined) return known;
    const totals = { bars: 0, expected: 0, derived: 0 };
    this.totals.set(symbol, totals);
    return totals;
  }

  /** Takes a strategy's wish for a symbol, served before the next frame; one on its way is not asked for again. */
  wish(symbol: string, origin: Origin): void {
    if (this.data.symbols.has(symbol) || this.requests.has(symbol)) return;
    this.requests.set(symbol, { addedBy: 'strategy', streams: [] });
    const detail = { symbol, streams: [] };
    this.recorder.append('MessageReceived', origin, { message: 'symbol.add', detail });
    this.wishes.push(symbol);
    this.interrupted = true;
  }

  /** The wishes so far, ascending; they are the caller's now. */
  takeWishes(): string[] {
    return this.wishes.splice(0).sort();
  }

  /** The day is over: what was asked for and not yet served will not come. */
  refuseWishes(): void {
    for (const symbol of this.takeWishes()) {
      this.requests.delete(symbol);
      const reason = 'the session is over';
      this.record('MessageRefused', 'session', { message: 'symbol.add', state: 'ending', reason });
    }
  }

  /** Resolves when it is known what became of a wish for `symbol`. */
  whenSettled(symbol: string): Promise<AddResult> {
    return new Promise((resolve) => {
      this.#waiting.set(symbol, [...(this.#waiting.get(symbol) ?? []), resolve]);
    });
  }

  /** Tells those who wait for `symbol`. */
  answer(symbol: string, result: AddResult): void {
    const waiting = this.#waiting.get(symbol) ?? [];
    this.#waiting.delete(symbol);
    for (const resolve of waiting) resolve(result);
  }

  /** Symbols that someone still waits for. */
  get unanswered(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Lets go of everything that is kept of a symbol beside SessionData. */
  forget(symbol: string): void {
    const track = this.tracks.findIndex((known) => known.symbol === symbol);
    if (track !== -1) this.tracks.splice(track, 1);
    this.known.delete(symbol);
    this.required.delete(symbol);
    this.requests.delete(symbol);
    this.loads.delete(symbol);
  }

  /** Begins the frame loop of the present session over the tracks loaded. */
  startLoop(): FrameLoop {
    const { recorder, processor, quality, strategies, base, metrics } = this;
    this.loop = new FrameLoop(
      { recorder, processor, quality, strategies, base, metrics },
      this.session,
      this.tracks,
    );
    return this.loop;
  }

  /** Notes what depends on the host, beside the log. */
  journal(entry: JournalEntry): void {
    this.notes.push(entry);
    this.#keep(entry);
  }

  /** Records the first fact of the run. */
  recordStart(): void {
    this.recorder.append('RunStarted', { by: 'session', cause: null }, this.#started());
    this.cause = this.recorder.seq;
  }

  /** Records a fact that follows from what is now being done. @returns its seq */
  record<T extends ControlType>(
    type: T,
    by: string,
    fields: Fields<T>,
    cause = this.cause,
  ): number {
    return this.recorder.append(type, { by, cause }, fields);
  }
}
