/** The way in for programs: one call from a config and data to a session that is ready to run. */
import { basename, resolve } from 'node:path';
import { isObservable, type Observable } from 'rxjs';
import type { ActorOptions, AnyActorLogic } from 'xstate';
import type { Calendar } from '../domain/calendar/calendar.ts';
import { findCalendar } from '../domain/calendar/calendars.ts';
import { withoutPaths } from '../domain/config/canonical.ts';
import { Name } from '../domain/config/leaves.ts';
import type { Config } from '../domain/config/schema.ts';
import { DataNotGiven, UsageError } from '../domain/errors.ts';
import { SessionData } from '../domain/sessionData.ts';
import { SessionView } from '../domain/sessionView.ts';
import { TimeManager } from '../domain/timeManager.ts';
import type { Feed } from '../feeds/feed.ts';
import type { KnownData } from '../feeds/knownData.ts';
import type { ObservedBar } from '../feeds/observable.ts';
import { openFeed, type SourceInput } from '../feeds/sources.ts';
import type { IndicatorDefinition } from '../indicators/indicator.ts';
import { createRegistry, type IndicatorRegistry } from '../indicators/registry.ts';
import { type IndicatorSpec, resolveIndicator, settingsFor } from '../indicators/resolution.ts';
import type { LogWriter } from '../store/eventLog.ts';
import { FileLog, type FileLogOptions } from '../store/fileLog.ts';
import type { JournalEntry } from '../store/journal.ts';
import { noteKnownData } from '../store/knownDataFile.ts';
import type { NewManifest } from '../store/manifest.ts';
import { MemoryLog } from '../store/memoryLog.ts';
import { Demand } from './demand.ts';
import { Engine } from './engine.ts';
import { marketShape, planHistorical } from './historicalPlans.ts';
import { unwatched } from './hostReadings.ts';
import { MarketData } from './marketData.ts';
import { Metrics } from './metrics.ts';
import { countsOf } from './metricsReport.ts';
import type { IndicatorPlan } from './plans.ts';
import type { SliceSize } from './pump.ts';
import { type ConfigOptions, type ReadConfig, readConfig } from './readConfig.ts';
import { Recorder } from './recorder.ts';
import type { Replay } from './replay.ts';
import { Session } from './session.ts';
import type { Around } from './strategies.ts';
import type { Successor } from './strategy.ts';
import { VERSIONS } from './versions.ts';

export interface SessionOptions extends ConfigOptions {
  /**
   * Market data, in place of the config's `data`: bars by symbol, an Observable of bars, a feed, a source
   * as in a config, or a list of feeds and sources.
   */
  readonly data?: SourceInput | Observable<ObservedBar>;
  /** Folder of the run, made here; without it the log is kept in memory. */
  readonly log?: string;
  /** How the log is written: the size of its segments, and to what in place of the computer's disk. */
  readonly logOptions?: FileLogOptions;
  /** Indicators of one's own, beside the built-in ones. */
  readonly indicators?: readonly IndicatorDefinition[];
  /** Any XState v5 inspector. */
  readonly inspect?: ActorOptions<AnyActorLogic>['inspect'];
  /** Market frames in one slice; never changes what is recorded. Default `auto`: about 8 ms of work. */
  readonly slice?: SliceSize;
  /** How long an actor may take to answer setup or teardown, in host time. Default 30 000 ms. */
  readonly handshakeTimeoutMs?: number;
  /** Told how far long work has come, such as the indexing of files. */
  readonly onProgress?: (progress: { what: string; done: number; total: number }) => void;
}

/**
 * Checks the config, finds its modules and data, opens the log. Nothing runs before it is asked for.
 *
 * @throws {ConfigInvalid} with every mistake of the config
 * @throws {UsageError} for a module, data source or log folder that cannot be used
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const prepared = await prepare(options);
  const run = options.log === undefined ? 'memory' : basename(resolve(options.log));
  if (options.log === undefined) {
    const log = new MemoryLog();
    return sessionOn(prepared, { run, log, close: () => log.close() }).session;
  }
  const log = await createLog(options.log, options, {
    run,
    seed: seedOf(prepared.config, options),
    modules: prepared.modules,
  });
  return sessionOn(prepared, {
    run,
    log,
    journal: (entry) => log.journal(entry),
    started: (data) => log.noteData(data),
    indexed: (known) => noteKnownData(log.folder, known, options.logOptions?.disk),
    close: (status) => log.close(status),
  }).session;
}

/** A config that was checked, with everything it names found. */
export interface Prepared extends ReadConfig {
  readonly options: SessionOptions;
  readonly registry: IndicatorRegistry;
  /** Where relative paths of the config start. */
  readonly folder: string;
  readonly calendar: Calendar;
  readonly feed: Feed;
}

/** What keeps a run: its log, and what is written beside it. */
export interface Keeping {
  /** Name of the run. */
  readonly run: string;
  readonly log: LogWriter;
  /** Takes what depends on the host. */
  journal?(entry: JournalEntry): void;
  /** Told the fingerprints of the data, once it was looked at. */
  started?(data: Readonly<Record<string, string>>): void;
  /** Told what there is of symbols whose data was looked at. */
  indexed?(known: readonly KnownData[]): void;
  /** Called when the run is over. */
  close(status: 'completed' | 'failed' | 'stopped'): Promise<void>;
  /** What is executed again, if a recorded run is. */
  readonly replay?: Replay;
  /** Strategies that take over from others in the course of the run. */
  readonly successors?: readonly Successor[];
  /** Looks on while strategies and scanners are called back. */
  readonly around?: Around;
}

/** @throws as `openSession` */
export async function prepare(options: SessionOptions): Promise<Prepared> {
  const registry = createRegistry();
  for (const definition of options.indicators ?? []) registry.define(definition);
  sliceOf(options);
  const read = await readConfig(options, registry);
  const folder = resolve(options.folder ?? '.');
  const calendar = findCalendar(read.config.exchange_group, options.calendars)!;
  const feed = feedOf(read.config, options, folder);
  return { ...read, options, registry, folder, calendar, feed };
}

const hostTime = () => unwatched(() => performance.now());

/** The session of a prepared config on a log. */
export function sessionOn(prepared: Prepared, keeping: Keeping) {
  const { options, config, registry, folder, calendar, feed } = prepared;
  const { run, log } = keeping;
  const time = timeOf(config, calendar);
  const plan = planner(registry, time);
  const data = new SessionData();
  let open = true;
  const recorder = new Recorder(log, data, time);
  const market = new MarketData(feed, calendar, (known) => keeping.indexed?.(known));
  const metrics = new Metrics(hostTime, () => countsOf(recorder, time, market));
  const qualityEnabled = config.session_data_config.gap_filler.enable_session_quality;
  const engine = new Engine({
    config,
    time,
    market,
    recorder,
    view: new SessionView(data, { qualityEnabled }),
    indicators: config.session_data_config.indicators.session.map(plan),
    historical: planHistorical(config, registry, calendar),
    plan,
    strategies: prepared.strategies,
    scanners: prepared.scanners,
    folder,
    metrics,
    journal: (entry) => {
      if (open) keeping.journal?.(entry);
    },
    started: () => {
      const started = startOf(config, feed);
      keeping.started?.(started.data);
      return started;
    },
    replay: keeping.replay ?? null,
    successors: keeping.successors ?? [],
    around: keeping.around ?? null,
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  const demand = new Demand(metrics);
  const session = new Session({
    run,
    folder: options.log ?? null,
    engine,
    demand,
    slice: sliceOf(options),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 30_000,
    inspect: options.inspect,
    hostTime,
    closeLog: async (status) => {
      engine.overruns.end();
      open = false;
      await feed.close();
      await keeping.close(status);
    },
  });
  return { session, engine, demand };
}

function sliceOf({ slice = 'auto' }: SessionOptions): SliceSize {
  if (slice === 'auto' || (Number.isSafeInteger(slice) && slice >= 1)) return slice;
  throw new UsageError(`slice "${slice}" is no size: give a whole number of frames, or "auto"`);
}

function timeOf(config: Config, calendar: Calendar): TimeManager {
  const { start_date, end_date } = config.backtest_config;
  const window = new TimeManager(calendar).resolveWindow(start_date, end_date);
  return new TimeManager(calendar, { start: calendar.session(window.start)!.open });
}

function createLog(
  folder: string,
  { config, folder: start = '.', logOptions }: SessionOptions,
  known: Pick<NewManifest, 'run' | 'seed' | 'modules'>,
): Promise<FileLog> {
  const given = { ...known, config, folder: resolve(start), versions: VERSIONS };
  return FileLog.create(folder, { ...given, data: {}, parent: null }, logOptions);
}

/** Of the synthetic market, if the run is on one. */
function seedOf(config: Config, { data }: SessionOptions): number | null {
  const sources = data === undefined ? [config.session_data_config.data ?? []].flat() : [];
  return sources.find((source) => source.type === 'synthetic')?.seed ?? null;
}

function feedOf(config: Config, { data: given }: SessionOptions, folder: string): Feed {
  const { data } = config.session_data_config;
  if (given === undefined) {
    if (data !== undefined) return openFeed(data, { folder });
    throw new DataNotGiven(
      'the config names no market data: add session_data_config.data, such as ' +
        '{"type": "csv", "path": "bars/{symbol}.csv", "interval": "1m", "stamp": "open"}, ' +
        'or give data to openSession (on the command line: --data FILE)',
    );
  }
  return openFeed(isObservable(given) ? { type: 'observable', source: given } : given, { folder });
}

/** How an indicator that is asked for becomes one to run. */
function planner(
  registry: IndicatorRegistry,
  time: TimeManager,
): (spec: IndicatorSpec) => IndicatorPlan {
  const market = marketShape(time.calendar, time.calendar.dateOf(time.currentTime));
  return (spec) => {
    if (spec.key !== undefined && !Name.safeParse(spec.key).success) {
      throw new UsageError(`key "${spec.key}" is no name: write one without spaces`);
    }
    const resolved = resolveIndicator(spec, registry);
    if (!resolved.ok) throw new UsageError(resolved.problems.map((p) => p.message).join('; '));
    const { indicator } = resolved;
    const settings = settingsFor(indicator, market);
    return { key: indicator.key, definition: indicator.definition, settings };
  };
}

function startOf(config: Config, feed: Feed) {
  const { symbols } = config.session_data_config;
  return {
    config: withoutPaths(config),
    data: Object.fromEntries(
      symbols.toSorted().map((symbol) => [symbol, feed.fingerprint(symbol)]),
    ),
  };
}
