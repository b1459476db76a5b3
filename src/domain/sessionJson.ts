/**
 * SessionData as the JSON that `openbell export` prints: snake_case keys, times in the exchange's zone.
 *
 * Pure: the same data and context give the same JSON. A large export is better taken as text, one symbol at
 * a time.
 */
import type { Calendar } from './calendar/calendar.ts';
import { isoInZone } from './calendar/display.ts';
import { type Interval, parseInterval } from './interval.ts';
import type { Gap, SessionData, SymbolData } from './sessionData.ts';
import { type BarsView, type QualityView, SessionView, type SymbolView } from './sessionView.ts';
import type { Tally } from './tally.ts';
import type { MarketTime } from './time.ts';

/** What an export says besides the data itself. */
export interface ExportContext {
  /** Every time bears the offset of its zone. */
  readonly calendar: Calendar;
  /** As in `RunStarted`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Of the same facts that `data` holds. */
  readonly tally: Tally;
  /** Versions of what made the export. */
  readonly system: Readonly<Record<string, string>>;
}

/** An export with everything in it; the shape of `session_data` is that of the specification. */
export interface SessionJson {
  readonly session_data: Readonly<Record<string, Json>>;
  readonly performance_metrics: Json;
  readonly time_manager: Json;
  readonly actors: Readonly<Record<string, Json>>;
  readonly system: Json;
  readonly session_config: Json;
  readonly _metadata: ExportMetadata;
}

/** What an export is: the state after fact `seq`, or what changed since the one after fact `from_seq`. */
export interface ExportMetadata {
  readonly version: number;
  readonly mode: 'complete' | 'delta';
  readonly seq: number;
  readonly from_seq: number;
  /** Of a delta: every place that differs, spelled as `jsonPath.ts` says. */
  readonly changed_paths: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
type TimeText = (time: MarketTime) => string;

/** Raised when a key changes its meaning. */
export const EXPORT_VERSION = 1;

const BAR_COLUMNS = [
  'timestamp',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'count',
  'expected',
] as const;

/** The complete export as one object. */
export function sessionJson(data: SessionData, context: ExportContext): SessionJson {
  const symbols: Record<string, Json> = {};
  for (const [symbol, json] of symbolsInExport(data, context)) symbols[symbol] = json();
  return { session_data: symbols, ...exportAround(data, context) };
}

/** The same export as JSON text, in pieces: each symbol is one line, made when it is asked for. */
export function* sessionJsonText(data: SessionData, context: ExportContext): Generator<string> {
  yield '{"session_data":{';
  let separator = '\n';
  for (const [symbol, json] of symbolsInExport(data, context)) {
    yield `${separator}${JSON.stringify(symbol)}:${JSON.stringify(json())}`;
    separator = ',\n';
  }
  yield '}';
  for (const [key, json] of Object.entries(exportAround(data, context))) {
    yield `,\n${JSON.stringify(key)}:${JSON.stringify(json)}`;
  }
  yield '}\n';
}

/** Each symbol with what makes its part of `session_data`. */
export function* symbolsInExport(
  data: SessionData,
  context: ExportContext,
): Generator<[symbol: string, json: () => Json]> {
  const view = new SessionView(data, { qualityEnabled: measuresQuality(context.config) });
  const text: TimeText = (time) => isoInZone(time, context.calendar.zone);
  for (const [symbol, owner] of data.symbols) {
    yield [symbol, () => symbolJson(owner, view.symbol(symbol)!, text)];
  }
}

/** What an export holds beside `session_data`. */
export function exportAround(
  data: SessionData,
  context: ExportContext,
): Omit<SessionJson, 'session_data'> {
  const { calendar, config, tally, system } = context;
  const text: TimeText = (time) => isoInZone(time, calendar.zone);
  const { phase } = data;
  return {
    performance_metrics: performanceJson(data, tally),
    time_manager: timeJson(data, calendar, text),
    actors: actorsJson(tally),
    system: { ...system, status: data.status, phase: phase && { ...phase } },
    session_config: config,
    _metadata: {
      version: EXPORT_VERSION,
      mode: 'complete',
      seq: data.seq,
      from_seq: 0,
      changed_paths: [],
    },
  };
}

function timeJson({ now, session }: SessionData, calendar: Calendar, text: TimeText): Json {
  return {
    exchange: calendar.name,
    timezone: calendar.zone,
    current_time: text(now),
    session: session && {
      date: session.date,
      open: text(session.open),
      close: text(session.close),
      is_early_close: calendar.session(session.date)?.earlyClose ?? false,
    },
  };
}

function actorsJson({ actors }: Tally): Record<string, Json> {
  const byPath: Record<string, Json> = {};
  for (const [path, { state, setUp, tornDown, allocated, lastError }] of actors) {
    const counts = { set_up: setUp, torn_down: tornDown };
    byPath[path] = { state, ...counts, allocated, last_error: lastError };
  }
  return byPath;
}

function performanceJson(data: SessionData, { facts, frames }: Tally): Json {
  return {
    sessions_ended: data.sessions,
    bars_processed: facts.get('BarAppended') ?? 0,
    bars_derived: facts.get('BarDerived') ?? 0,
    indicator_updates: facts.get('IndicatorUpdated') ?? 0,
    signals: data.signals,
    frames,
    events: data.seq,
    events_by_type: Object.fromEntries([...facts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function symbolJson(owner: SymbolData, view: SymbolView, text: TimeText): Json {
  const { value: quality } = view.quality;
  const bars: Record<Interval, Json> = {};
  for (const [interval, { derived, gaps }] of owner.bars) {
    bars[interval] = {
      derived,
      base: derived ? owner.base : null,
      quality,
      ...rowsJson(view.bars(interval)!, text),
      gaps: gapsJson(gaps, text),
    };
  }
  return {
    bars,
    indicators: { session: indicatorsJson(owner, view, text) },
    historical: { indicators: historicalJson(owner), bars: historyJson(view, text) },
    metrics: metricsJson(view, text),
    quotes: quoteJson(view, text),
    metadata: metadataJson(owner, text),
  };
}

function rowsJson(bars: BarsView, text: TimeText): Json {
  return { count: bars.length, columns: BAR_COLUMNS, data: rowsOf(bars, text) };
}

function rowsOf(bars: BarsView, text: TimeText): unknown[][] {
  return Array.from(bars, ({ opened, open, high, low, close, volume, count, expected }) => [
    text(opened),
    open,
    high,
    low,
    close,
    volume,
    count,
    expected,
  ]);
}

function gapsJson(gaps: readonly Gap[], text: TimeText): Json {
  return {
    gap_count: gaps.length,
    missing_bars: gaps.reduce((sum, { missing }) => sum + missing, 0),
    ranges: gaps.map(({ start, end, missing }) => ({
      start_time: text(start),
      end_time: text(end),
      bar_count: missing,
    })),
  };
}

function indicatorsJson(owner: SymbolData, view: SymbolView, text: TimeText): Json {
  const byKey: Record<string, Json> = {};
  for (const [key, { registered }] of owner.indicators) {
    const { value, valid, updated } = view.indicator(key)!;
    const { name, period, interval, params } = registered;
    byKey[key] = {
      current_value: value,
      valid,
      last_updated: updated === null ? null : text(updated),
      config: { name, period, interval, params },
    };
  }
  return byKey;
}

function historicalJson({ historicalIndicators }: SymbolData): Json {
  const byKey: Record<string, Json> = {};
  for (const [key, { value, from, to, days, config }] of historicalIndicators) {
    byKey[key] = { value, from, to, days, config };
  }
  return byKey;
}

function historyJson(view: SymbolView, text: TimeText): Json {
  const byInterval: Record<Interval, Json> = {};
  const ascending = [...view.historyIntervals].sort(
    (a, b) => parseInterval(a).ms - parseInterval(b).ms,
  );
  for (const interval of ascending) {
    const history = view.history(interval)!;
    const { dates } = history;
    const scored = view.historicalQuality(interval);
    byInterval[interval] = {
      ...historicalQualityJson(scored),
      date_range: {
        start_date: dates[0] ?? null,
        end_date: dates.at(-1) ?? null,
        days: dates.length,
      },
      count: history.bars().length,
      columns: BAR_COLUMNS,
      data: Object.fromEntries(dates.map((date) => [date, rowsOf(history.bars(date), text)])),
    };
  }
  return byInterval;
}

function historicalQualityJson(scored: QualityView | undefined): Json {
  if (scored === undefined) return { quality: null, missing_bars: null };
  const { value, present, expected } = scored;
  return { quality: value, missing_bars: Math.max(0, expected - present) };
}

function metricsJson(view: SymbolView, text: TimeText): Json {
  const { bars, updated, ...figures } = view.metrics;
  return { ...figures, bar_count: bars, last_update: updated === null ? null : text(updated) };
}

/** Null before the first bar. */
function quoteJson({ quote }: SymbolView, text: TimeText): Json | null {
  return quote === undefined ? null : { ...quote, timestamp: text(quote.timestamp) };
}

function metadataJson({ registered, addedAt }: SymbolData, text: TimeText): Json {
  const { added_by, auto_provisioned, upgraded_from_adhoc, meets_session_config_requirements } =
    registered;
  return {
    added_by,
    added_at: text(addedAt),
    auto_provisioned,
    upgraded_from_adhoc,
    meets_session_config_requirements,
  };
}

/** True unless the config, as in `RunStarted`, has quality assigned. */
export function measuresQuality(config: Readonly<Record<string, unknown>>): boolean {
  const session = config.session_data_config as
    | { gap_filler?: { enable_session_quality?: boolean } }
    | undefined;
  return session?.gap_filler?.enable_session_quality ?? true;
}
