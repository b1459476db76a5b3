/** What was measured of a run, as JSON and as text for people. The text says the same as the JSON. */
import type { FactType } from '../domain/facts.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import type { SessionStatus } from './conductor.ts';
import type { Engine } from './engine.ts';
import type { MarketData } from './marketData.ts';
import type { Counts, Figures, Metrics, Phase, WaitKind } from './metrics.ts';
import type { Recorder } from './recorder.ts';
import { rounded, type TimingJson } from './timing.ts';

/** Of the present session (the last one once the run is over), or of the whole run. */
export type ReportKind = 'session' | 'backtest';

/** All durations are of the host; what is counted is counted from the log. */
export interface MetricsReport {
  readonly kind: ReportKind;
  readonly run: string;
  readonly status: SessionStatus;
  /** First and last trading day that it is about. */
  readonly start_date: string;
  readonly end_date: string;
  /** Sessions ended. */
  readonly sessions: number;
  readonly elapsed_ms: number;
  readonly bars_processed: number;
  readonly bars_derived: number;
  readonly indicator_updates: number;
  readonly signals: number;
  readonly frames: number;
  readonly events: number;
  readonly log_bytes: number;
  readonly bars_per_second: number;
  /** By phase; the one under way counts with what it has taken so far. */
  readonly phases: {
    readonly validating: TimingJson;
    readonly initializing: TimingJson;
    readonly active: TimingJson;
    readonly ending: TimingJson;
    readonly tearing_down: TimingJson;
  };
  /** The first load of the run; later ones, of days and of symbols added. */
  readonly data_loading: { readonly initial: TimingJson; readonly subsequent: TimingJson };
  /** Begin of Phase 3 to end of Phase 4. */
  readonly session_duration: TimingJson;
  /** End of Phase 4 to begin of the next Phase 3. */
  readonly session_gap: TimingJson;
  /** Of one frame in 61: derived bars and indicators; strategies; all of it. */
  readonly per_frame: {
    readonly processor: TimingJson;
    readonly strategies: TimingJson;
    readonly total: TimingJson;
  };
  /** Time spent waiting: for the log to be durable, and for asynchronous consumers. */
  readonly backpressure: {
    readonly coordinator_to_processor: TimingJson;
    readonly processor_to_strategy: TimingJson;
  };
  /** Time in which nobody asked the session to go on. */
  readonly waiting_for_host: TimingJson;
  readonly overruns: number;
  /** Look-ups of trading days; days of bars that were read ahead when they were asked for. */
  readonly cache: { readonly calendar: HitRate; readonly read_ahead: HitRate };
}

export interface HitRate {
  readonly hits: number;
  readonly misses: number;
  /** Percent; null before anything was asked. */
  readonly hit_rate: number | null;
}

/** What the log and the calendar's cache have counted so far. */
export function countsOf(
  { tally, data, log }: Recorder,
  time: TimeManager,
  { readAhead }: MarketData,
): Counts {
  const of = (type: FactType) => tally.facts.get(type) ?? 0;
  const calendar = time.cacheStats();
  return {
    sessions: data.sessions,
    bars_processed: of('BarAppended'),
    bars_derived: of('BarDerived'),
    indicator_updates: of('IndicatorUpdated'),
    signals: data.signals,
    frames: tally.frames,
    events: data.seq,
    log_bytes: log.bytes,
    calendar_hits: calendar.hits,
    calendar_misses: calendar.misses,
    read_ahead_hits: readAhead.hits,
    read_ahead_misses: readAhead.misses,
  };
}

export function metricsReport(
  engine: Engine,
  kind: ReportKind,
  host: { readonly run: string; readonly status: SessionStatus },
): MetricsReport {
  const { metrics, session, firstSession } = engine;
  const figures = kind === 'session' ? metrics.session : metrics.run;
  const elapsed = host.status === 'ready' ? 0 : metrics.now - figures.startedAt;
  const { calendar_hits, calendar_misses, read_ahead_hits, read_ahead_misses, ...counts } =
    countsSince(figures, metrics);
  return {
    kind,
    ...host,
    start_date: (kind === 'session' ? session : firstSession).date,
    end_date: session.date,
    elapsed_ms: rounded(elapsed),
    ...counts,
    bars_per_second: elapsed > 0 ? Math.round((counts.bars_processed * 1_000) / elapsed) : 0,
    ...durationsOf(figures, metrics),
    overruns: figures.overruns,
    cache: {
      calendar: hitRate(calendar_hits, calendar_misses),
      read_ahead: hitRate(read_ahead_hits, read_ahead_misses),
    },
  };
}

function durationsOf(figures: Figures, metrics: Metrics) {
  const { phase, phaseMs, sessionMs, gapMs, waitMs } = metrics.underWay;
  const of = (name: Phase) => figures.phases[name].json(name === phase ? phaseMs : null);
  const waited = (kind: WaitKind) => figures.waits[kind].json(waitMs(kind));
  return {
    phases: {
      validating: of('validating'),
      initializing: of('initializing'),
      active: of('active'),
      ending: of('ending'),
      tearing_down: of('tearingDown'),
    },
    data_loading: { initial: figures.initialLoad.json(), subsequent: figures.laterLoads.json() },
    session_duration: figures.session.json(sessionMs),
    session_gap: figures.gap.json(gapMs),
    per_frame: {
      processor: figures.processor.json(),
      strategies: figures.strategy.json(),
      total: figures.frame.json(),
    },
    backpressure: {
      coordinator_to_processor: waited('log'),
      processor_to_strategy: waited('strategy'),
    },
    waiting_for_host: waited('host'),
  };
}

function countsSince({ counts: before }: Figures, { counts: now }: Metrics): Counts {
  if (before === null) return now;
  const names = Object.keys(now) as (keyof Counts)[];
  const since = names.map((name) => [name, now[name] - before[name]]);
  return Object.fromEntries(since) as unknown as Counts;
}

function hitRate(hits: number, misses: number): HitRate {
  const asked = hits + misses;
  return { hits, misses, hit_rate: asked === 0 ? null : rounded((100 * hits) / asked) };
}
