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
import { SessionView } from '../domain/sessionView.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import { tradingDaysFrom } from '../domain/tradingDays.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import type { JournalEntry } from '../store/journal.ts';
import { FrameLoop } from './frameLoop.ts';
import { HandmadeBars } from './handmade.ts';
import type { HistoricalPlans } from './historicalPlans.ts';
import { Inbox, type SymbolRequest, type SymbolWish } from './inbox.ts';
import type { LoadedSymbol } from './loadedSymbol.ts';
import type { MarketData } from './marketData.ts';
import type { Metrics } from './metrics.ts';
import { Overruns } from './overruns.ts';
import { Pace } from './pace.ts';
import type { IndicatorPlan, TrailingDays } from './plans.ts';
import { Processor } from './processor.ts';
import { Quality } from './quality.ts';
import type { Recorder } from './recorder.ts';
import type { Replay } from './replay.ts';
import { type NamedScanner, Scanners } from './scanners.ts';
import { type Around, Strategies } from './strategies.ts';
import type { NamedStrategy, Successor } from './strategy.ts';
import { Subscriptions } from './subscriptions.ts';
import type { Totals, Track } from './track.ts';
import { Verbs } from './verbs.ts';

export interface EngineParts {
  readonly config: Config;
  readonly time: TimeManager;
  readonly market: MarketData;
  readonly recorder: Recorder;
  readonly view: SessionView;
  readonly indicators: readonly IndicatorPlan[];
  readonly historical: HistoricalPlans;
  /** The plan of an indicator that is asked for later. @throws {UsageError} if it is none */
  readonly plan: (spec: IndicatorSpec) => IndicatorPlan;
  readonly strategies: readonly NamedStrategy[];
  /** Strategies that take over from others in the course of the run. */
  readonly successors?: readonly Successor[];
  readonly scanners: readonly NamedScanner[];
  /** Where relative paths of the config start. */
  readonly folder: string;
  readonly metrics: Metrics;
  /** Notes what depends on the host, beside the log. */
  readonly journal: (entry: JournalEntry) => void;
  /** Config and data as RunStarted has them; asked once the data was looked at. */
  readonly started: () => Fields<'RunStarted'>;
  /** What is executed again, if a recorded run is. */
  readonly replay?: Replay | null;
  /** Looks on while strategies and scanners are called back. */
  readonly around?: Around | null;
  /** Tells how far long work has come; never part of the log. */
  readonly onProgress?: (progress: { what: string; done: number; total: number }) => void;
}

export class Engine {
  readonly config: Config;
  readonly time: TimeManager;
  readonly market: MarketData;
  readonly recorder: Recorder;
  readonly view: SessionView;
  readonly indicators: readonly IndicatorPlan[];
  /** Calculated before every session. */
  readonly historical: HistoricalPlans;
  readonly metrics: Metrics;
  /** What was noted beside the log so far. */
  readonly notes: JournalEntry[] = [];
  readonly plan: EngineParts['plan'];
  readonly strategies: Strategies;
  readonly scanners: Scanners;
  readonly folder: string;
  readonly named: readonly NamedStrategy[];
  readonly overruns: Overruns;
  /** Null if the run is data-driven. */
  readonly pace: Pace | null;
  readonly subscriptions: Subscriptions;
  readonly onProgress: NonNullable<EngineParts['onProgress']>;
  /** Null for a run that is new from its first fact on. */
  readonly replay: Replay | null;
  /** Called once the data was looked at: the run can be recorded from here on. */
  onStarted: () => void = () => {};
  /** Every session of the window, ascending. */
  readonly sessions: readonly Session[];
  readonly days: TradingDays;

  /** Index of the present session. */
  day = 0;
  /** Seq of the fact that what is now being done follows from. */
  cause: number | null = null;
  /** The same of the load that is on its way. */
  loadCause: number | null = null;
  /** What it was begun for, by symbol. */
  wishes: ReadonlyMap<string, SymbolWish | undefined> = new Map();
  /** The symbols it brings in, ascending. */
  loading: readonly string[] = [];
  /** Intervals that each symbol needs; known once Phase 0 has gathered them. */
  readonly required = new Map<string, readonly Interval[]>();
  /** Symbols in the session, ascending by code unit. */
  tracks: Track[] = [];
  /** Every track the run has had: series go on from session to session. */
  readonly known = new Map<string, Track>();
  /** What is asked of the session, until it is answered. */
  readonly inbox = new Inbox();
  /** Symbols that are there because they were asked for: who asked, and what for. */
  readonly requests = new Map<string, SymbolRequest>();
  /** Symbols of the config that were removed: they do not come back by themselves. */
  readonly excluded = new Set<string>();
  /** Indicators that were asked for of single symbols. */
  readonly extras = new Map<string, IndicatorPlan[]>();
  /** Bars that were added by hand. */
  readonly handmade = new HandmadeBars();
  loads = new Map<string, LoadedSymbol>();
  /** What the run has had of each symbol, also of those that have left. */
  readonly totals = new Map<string, Totals>();
  loop: FrameLoop | null = null;
  /** True while frames follow one another: nothing else comes between two of them. */
  streams = false;
  /** Set when a message has come in: the slice ends after the present frame. */
  interrupted = false;
  /** True once the last fact of the run is decided: nothing can be asked for any more. */
  over = false;
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
    this.replay = parts.replay ?? null;
    this.view = parts.view;
    this.indicators = parts.indicators;
    this.historical = parts.historical;
    this.plan = parts.plan;
    this.metrics = parts.metrics;
    this.named = parts.strategies;
    this.folder = parts.folder;
    this.#keep = parts.journal;
    const { recorder } = parts;
    const { enable_session_quality: qualityEnabled } = parts.config.session_data_config.gap_filler;
    const seen = new SessionView(this.data, { qualityEnabled, hidesLagging: true });
    this.strategies = new Strategies(
      {
        recorder,
        view: seen,
        named: parts.strategies,
        successors: parts.successors ?? [],
        around: parts.around ?? null,
        keyOf: (spec) => parts.plan(spec).key,
      },
      (origin) => {
        const deliver = (asked: Asked) => {
          this.inbox.put(asked, recorder.at);
          this.interrupted = true;
        };
        return new Verbs(this, { addedBy: 'strategy', origin, deliver });
      },
    );
    this.scanners = new Scanners(this, parts.scanners, parts.around ?? null);
    const journal = (entry: JournalEntry) => this.journal(entry);
    this.overruns = new Overruns(journal, () => this.metrics.overrun());
    const { speed_multiplier: speed } = parts.config.backtest_config;
    this.pace = speed > 0 ? new Pace(speed, this.overruns) : null;
    const overruns = this.pace && this.overruns;
    this.subscriptions = new Subscriptions({ recorder, overruns, journal });
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
    const totals: Totals = { bars: 0, expected: 0, derived: 0, left: null };
    this.totals.set(symbol, totals);
    return totals;
  }

  isOfConfig(symbol: string): boolean {
    return this.config.session_data_config.symbols.includes(symbol);
  }

  /** True for a symbol in the session with everything the config asks for; a light one is not. */
  isLoaded(symbol: string): boolean {
    const found = this.data.symbols.get(symbol);
    return found !== undefined && !found.registered.auto_provisioned;
  }

  /** True for a symbol that the session has, or will have when it opens. */
  isExpected(symbol: string): boolean {
    if (this.data.symbols.has(symbol) || this.requests.has(symbol)) return true;
    return this.isOfConfig(symbol) && !this.excluded.has(symbol);
  }

  /** The indicators of a symbol, in the order of registration; a light symbol has only its own. */
  plansOf(
    symbol: string,
    light = this.requests.get(symbol)?.light === true,
  ): readonly IndicatorPlan[] {
    const own = this.extras.get(symbol) ?? [];
    if (light) return own;
    if (own.length === 0) return this.indicators;
    // What a light symbol was asked for may be in the config as well.
    const keys = new Set(this.indicators.map(({ key }) => key));
    return [...this.indicators, ...own.filter(({ key }) => !keys.has(key))];
  }

  /** The trailing days of a symbol that config and scanners ask for. */
  trailingOf(symbol: string): readonly TrailingDays[] {
    const { data } = this.config.session_data_config.historical;
    const asked = data.filter(({ apply_to }) => apply_to === 'all' || apply_to.includes(symbol));
    return [...asked, ...this.scanners.history];
  }

  /** Puts on the record that what is asked for and not served will not be, and tells those who asked. */
  refuseTheRest(state: string, reason: string): void {
    const { inbox } = this;
    // A stop may have come in the very turn in which something was settled: the record tells.
    const world = this.replay?.world;
    const wasLeft = (what: string, received: number) => world?.wasLeft(what, received) ?? true;
    for (const symbol of inbox.wished) {
      for (let wish = inbox.firstWish(symbol); wish; wish = inbox.firstWish(symbol)) {
        const { received, request, undo, result } = wish;
        // Half of a load is no symbol of the session.
        const begun = undo !== null && result === null && this.data.symbols.has(symbol);
        if (begun && wasLeft('SymbolRemoved', received)) {
          this.record('SymbolRemoved', 'session', { symbol, reason }, received);
        }
        // A light symbol is not what was asked for: the answer is that to the change it was for.
        const refused = { message: 'symbol.add', state, reason };
        if (!request.light && wasLeft('symbol.add', received)) {
          this.record('MessageRefused', 'session', refused, received);
        }
        inbox.answer(symbol, { added: false, symbol, loaded: false, reason });
      }
    }
    for (const number of inbox.unmade) {
      const { message, received } = inbox.change(number)!;
      if (wasLeft(message, received)) {
        this.record('MessageRefused', 'session', { message, state, reason }, received);
      }
      inbox.answerChange(number, reason);
    }
  }

  /** Lets go of everything that is kept of a symbol beside SessionData, and of what it has had today. */
  forget(symbol: string): void {
    this.dropTrack(symbol);
    this.required.delete(symbol);
    this.requests.delete(symbol);
    this.loads.delete(symbol);
    this.extras.delete(symbol);
    this.handmade.forget(symbol);
    this.market.forget(symbol);
  }

  /** Takes a symbol out of the session's tracks; what it has had today does not count for the run. */
  dropTrack(symbol: string): void {
    const track = this.known.get(symbol);
    if (track === undefined) return;
    this.known.delete(symbol);
    const i = this.tracks.indexOf(track);
    if (i === -1) return;
    Object.assign(track.totals, track.totalsBefore);
    this.tracks.splice(i, 1);
  }

  /** Begins the frame loop of the present session over the tracks loaded. */
  startLoop(): FrameLoop {
    const { recorder, processor, quality, strategies, scanners, base, metrics } = this;
    const { streaming } = this.config.session_data_config;
    const lag = {
      thresholdMs: streaming.catchup_threshold_seconds * 1000,
      everyBars: streaming.catchup_check_interval,
    };
    this.loop = new FrameLoop(
      { recorder, processor, quality, strategies, scanners, base, lag, metrics },
      this.session,
      this.tracks,
    );
    this.pace?.set(this.session.open);
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
