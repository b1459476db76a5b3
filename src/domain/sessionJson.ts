/**
 * SessionData as the JSON that `openbell export` prints: snake_case keys, times in the exchange's zone.
 *
 * Pure: the same data and context give the same JSON. A large export is better taken as text, one symbol at
 * a time.
 */
import { isoInZone } from './calendar/display.ts';
import { type Interval, parseInterval } from './interval.ts';
import type { Gap, SessionData, SymbolData } from './sessionData.ts';
import { type BarsView, type QualityView, SessionView, type SymbolView } from './sessionView.ts';
import type { Tally } from './tally.ts';
import type { MarketTime } from './time.ts';

/** What an export says besides the data itself. */
export interface ExportContext {
  /** Name of the calendar, and its IANA zone: every time bears its offset. */
  readonly exchange: string;
  readonly zone: string;
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
  readonly _metadata: Json;
}

type Json = Readonly<Record<string, unknown>>;
type TimeText = (time: MarketTime) => string;

/** Raised when a key changes its meaning. */
const EXPORT_VERSION = 1;

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
  for (const [symbol, json] of symbolsOf(data, context)) symbols[symbol] = json;
  return { session_data: symbols, ...aroundData(data, context) };
}

/** The same export as JSON text, in pieces: each symbol is one line, made when it is asked for. */
export function* sessionJsonText(data: SessionData, context: ExportContext): Generator<string> {
  yield '{"session_data":{';
  let separator = '\n';
  for (const [symbol, json] of symbolsOf(data, context)) {
    yield `${separator}${JSON.stringify(symbol)}:${JSON.stringify(json)}`;
    separator = ',\n';
  }
  yield '}';
  for (const [key, json] of Object.entries(aroundData(data, context))) {
    yield `,\n${JSON.stringify(key)}:${JSON.stringify(json)}`;
  }
  yield '}\n';
}

function* symbolsOf(data: SessionData, context: ExportContext): Generator<[string, Json]> {
  const view = new SessionView(data, { qualityEnabled: measuresQuality(context.config) });
  const text: TimeText = (time) => isoInZone(time, context.zone);
  for (const [symbol, owner] of data.symbols) {
    yield [symbol, symbolJson(owner, view.symbol(symbol)!, text)];
  }
}

function aroundData(data: SessionData, context: ExportContext): Omit<SessionJson, 'session_data'> {
  const { exchange, zone, config, tally, system } = context;
  const text: TimeText = (time) => isoInZone(time, zone);
  const { session, phase } = data;
  return {
    performance_metrics: performanceJson(data, tally),
    time_manager: {
      exchange,
      timezone: zone,
      current_time: text(data.now),
      session: session && {
        date: session.date,
        open: text(session.open),
        close: text(session.close),
      },
    },
    actors: Object.fromEntries(
      [...tally.actors].map(([path, { state, setUp, tornDown }]) => [
        path,
        { state, set_up: setUp, torn_down: tornDown },
      ]),
    ),
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

/** A backtest quotes the last visible bar; before the first there is no quote. */
function quoteJson(view: SymbolView, text: TimeText): Json | null {
  const { last, updated } = view.metrics;
  if (last === null || updated === null) return null;
  return {
    timestamp: text(updated),
    bid: last,
    ask: last,
    bid_size: 0,
    ask_size: 0,
    source: 'bar',
  };
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

function measuresQuality(config: Readonly<Record<string, unknown>>): boolean {
  const session = config.session_data_config as
    | { gap_filler?: { enable_session_quality?: boolean } }
    | undefined;
  return session?.gap_filler?.enable_session_quality ?? true;
}
