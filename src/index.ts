/** The public API of Openbell: everything an embedding program may import. Re-exports only. */

export { NotResumable } from './actors/bringBack.ts';
export type { SessionStatus } from './actors/conductor.ts';
export type { GoalOptions } from './actors/demand.ts';
export type { Divergence, HostReading } from './actors/divergence.ts';
export type { ExportOptions } from './actors/exports.ts';
export { type ForkOptions, forkSession } from './actors/forkSession.ts';
export type { ActorHealth } from './actors/health.ts';
export type { AddResult, AdhocBar } from './actors/inbox.ts';
export type { InspectingOptions } from './actors/inspecting.ts';
export type { HitRate, MetricsReport, ReportKind } from './actors/metricsReport.ts';
export type { ScannerFactory, StrategyFactory } from './actors/modules.ts';
export { openSession, type SessionOptions } from './actors/openSession.ts';
export type { SliceSize } from './actors/pump.ts';
export { ConfigInvalid } from './actors/readConfig.ts';
export type { CommittedFrame } from './actors/recorder.ts';
export type { BarResult, RegisterResult, RemoveResult } from './actors/requests.ts';
export { type ResumeOptions, resumeSession } from './actors/resumeSession.ts';
export type {
  Scanner,
  ScannerContext,
  ScannerNeeds,
  ScannerOpening,
  ScanResult,
} from './actors/scanner.ts';
export { RunFailedError, type Session } from './actors/session.ts';
export type {
  IndicatorUpdate,
  Signal,
  Strategy,
  StrategyBar,
  StrategyContext,
  Subscription,
} from './actors/strategy.ts';
export type { FrameConsumer, StreamSubscription } from './actors/streamSubscription.ts';
export type { RunSummary, SymbolSummary } from './actors/summary.ts';
export type { TimingJson } from './actors/timing.ts';
export type { BarOptions } from './actors/verbs.ts';
export { type VerifyOptions, type VerifyReport, verifyLog } from './actors/verifyLog.ts';
export { type Bar, BarColumns, type Bars } from './domain/bars.ts';
export type { Calendar, Session as TradingSession } from './domain/calendar/calendar.ts';
export { calendarNames, findCalendar } from './domain/calendar/calendars.ts';
export { type MarketRules, marketCalendar } from './domain/calendar/marketCalendar.ts';
export type { Problem } from './domain/config/problem.ts';
export type { Config, ConfigInput } from './domain/config/schema.ts';
export { FeedError, InvariantViolated, LogCorrupted, UsageError } from './domain/errors.ts';
export type {
  BarFact,
  ControlFact,
  Fact,
  FactOf,
  FactType,
  HistoryFact,
  IndicatorFact,
} from './domain/facts.ts';
export { foldFrame } from './domain/fold.ts';
export { type Frame, factsOf } from './domain/frame.ts';
export { HistoricalIndicatorView, type HistoricalValue } from './domain/historicalIndicator.ts';
export type { Interval } from './domain/interval.ts';
export type { QuoteView } from './domain/quote.ts';
export type { SeriesEntry, SeriesTable } from './domain/series.ts';
export { type ActiveSession, type Gap, SessionData } from './domain/sessionData.ts';
export { applyDelta, type SessionDelta } from './domain/sessionDelta.ts';
export {
  type ExportContext,
  type ExportMetadata,
  type SessionJson,
  sessionJson,
} from './domain/sessionJson.ts';
export {
  BarsView,
  ColumnView,
  HistoryView,
  type IndicatorView,
  type MetricsView,
  type QualityView,
  SessionView,
  SymbolView,
} from './domain/sessionView.ts';
export type { MarketTime, TradingDate } from './domain/time.ts';
export { TimeManager } from './domain/timeManager.ts';
export type { Availability, Feed, FeedBars } from './feeds/feed.ts';
export type { FeedSource, SourceInput } from './feeds/sources.ts';
export type {
  Indicator,
  IndicatorDefinition,
  IndicatorSession,
  IndicatorSettings,
  ParamRule,
} from './indicators/indicator.ts';
export type { IndicatorSpec } from './indicators/resolution.ts';
export { type CauseRole, type Explained, type ExplainOptions, explain } from './inspect/causes.ts';
export { type Condition, conditionOf } from './inspect/condition.ts';
export type { EngineControl } from './inspect/control.ts';
export { type Effect, effectsOf } from './inspect/effects.ts';
export { FactFilter, type FactQuery, factAt } from './inspect/factFilter.ts';
export { type FactJson, factJson } from './inspect/factJson.ts';
export type { FeedLines } from './inspect/feedLines.ts';
export type { FieldDifference } from './inspect/fieldDiff.ts';
export { Inspection, type InspectionOptions } from './inspect/inspection.ts';
export {
  type DiffOptions,
  diffLogs,
  type FactDifference,
  type LogDiff,
} from './inspect/logDiff.ts';
export { type DayStats, type LogStats, statsOf, type TypeStats } from './inspect/logStats.ts';
export {
  exportParquet,
  type ParquetFile,
  type ParquetOptions,
} from './inspect/parquetExport.ts';
export type { AnswerOf, EndpointName, QuestionOf } from './inspect/protocol.ts';
export { type Silence, type SymbolReading, silenceOf } from './inspect/readings.ts';
export { type InspectorServer, type ServerOptions, serveInspector } from './inspect/server.ts';
export { type Found, findTarget, type Target } from './inspect/target.ts';
export type { ChainLink, ChainPoint } from './store/chain.ts';
export type { Compressor } from './store/compressor.ts';
export type { Disk, OpenFlags, Piece } from './store/disk.ts';
export type { LogReader, LogWriter, Place, ReadRange, StateAt } from './store/eventLog.ts';
export { FileLog, type FileLogOptions } from './store/fileLog.ts';
export { type Indexed, indexLog } from './store/indexLog.ts';
export type { JournalEntry } from './store/journal.ts';
export { MemoryLog } from './store/memoryLog.ts';
export type { ReadCounters } from './store/readCounters.ts';
export { type Salvage, salvageLog } from './store/salvage.ts';
export { sealLog } from './store/sealLog.ts';
