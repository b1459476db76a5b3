/**
 * SessionData as plain values and columns, and back: what a snapshot holds of it.
 *
 * Left out is what is no state: memory kept for later sessions, and short cuts that are found again. Days of
 * history are only named here, with the snapshot that holds their rows, since they are the same day after day.
 */
import { BAR_FIELDS, BarColumns } from '../domain/bars.ts';
import type { Fields } from '../domain/facts.ts';
import { History } from '../domain/history.ts';
import { SessionBars } from '../domain/sessionBars.ts';
import {
  type BarSeries,
  type Gap,
  type IndicatorCells,
  IndicatorSlot,
  SessionData,
  SessionMetrics,
  type SymbolData,
} from '../domain/sessionData.ts';
import { Malformed } from './bytes.ts';

/** Takes columns in order, or gives them back in the same order. */
export interface ColumnSink {
  put(data: Float64Array, rows: number): void;
}
export interface ColumnSource {
  /** @throws {Malformed} if there is none of that length, or it would be too big */
  get(rows: number): Float64Array;
  /** An empty one of that length. @throws {Malformed} if it would be too big */
  room(rows: number): Float64Array;
}

type Quality = NonNullable<SymbolData['quality']>;

interface SavedSeries extends Pick<BarSeries, 'interval' | 'derived' | 'firstSeq' | 'updated'> {
  readonly gaps: readonly Gap[];
  readonly rows: number;
}

interface SavedSlot extends Pick<IndicatorSlot, 'registered' | 'valid' | 'updated' | 'seq'> {
  readonly cells: number;
}

interface SavedSymbol
  extends Pick<SymbolData, 'symbol' | 'registered' | 'addedAt' | 'base' | 'quality' | 'lagging'> {
  readonly bars: readonly SavedSeries[];
  readonly indicators: readonly SavedSlot[];
  readonly measured: number;
  readonly locks: readonly string[];
  readonly historicalQuality: readonly (readonly [string, Quality])[];
  readonly historical: readonly (readonly [string, Fields<'HistoricalIndicatorCalculated'>])[];
}

/** A day of history: where its rows are, and how many. */
export interface SavedDay {
  readonly date: string;
  readonly seq: number;
  readonly rows: number;
  /** Seq of the snapshot that holds them. */
  readonly place: number;
}

interface SavedHistory
  extends Pick<History, 'interval' | 'visibleFrom' | 'takesSessions' | 'told' | 'askedIn'> {
  readonly symbol: string;
  readonly days: readonly SavedDay[];
}

type Scalars = Pick<
  SessionData,
  'seq' | 'now' | 'phase' | 'session' | 'active' | 'sessions' | 'signals' | 'status' | 'streams'
>;

export interface SavedState {
  readonly scalars: Scalars;
  readonly refused: readonly (readonly [string, string])[];
  readonly symbols: readonly SavedSymbol[];
  readonly history: readonly SavedHistory[];
  /** Symbols that were given a place for history, in order, whether or not they have any. */
  readonly historySymbols: readonly string[];
}

/** What a day is known by: the bars of one symbol, interval and date that one fact brought. */
export function dayKey(
  { symbol, interval }: { symbol: string; interval: string },
  { date, seq }: { date: string; seq: number },
): string {
  return `${symbol} ${interval} ${date} ${seq}`;
}

/** @param placeOf the snapshot that holds the rows of a day */
export function saveState(
  data: SessionData,
  columns: ColumnSink,
  placeOf: (key: string) => number,
): SavedState {
  const { seq, now, phase, session, active, sessions, signals, status, streams } = data;
  return {
    scalars: { seq, now, phase, session, active, sessions, signals, status, streams },
    refused: [...data.refused],
    symbols: [...data.symbols.values()].map((symbol) => saveSymbol(symbol, columns)),
    history: [...data.history].flatMap(([symbol, byInterval]) =>
      [...byInterval.values()].map((history) => saveHistory(symbol, history, placeOf)),
    ),
    historySymbols: [...data.history.keys()],
  };
}

const MEASURES = ['open', 'high', 'low', 'last', 'volume', 'turnover', 'bars'] as const;

function saveSymbol(owner: SymbolData, columns: ColumnSink): SavedSymbol {
  const { symbol, registered, addedAt, base, quality, lagging, metrics } = owner;
  columns.put(
    Float64Array.from(MEASURES, (name) => metrics[name]),
    MEASURES.length,
  );
  const indicators = [...owner.indicators.values()].map((slot) => {
    const { registered, valid, updated, seq, outputs } = slot;
    columns.put(outputs, outputs.length);
    return { registered, valid, updated, seq, cells: outputs.length };
  });
  const bars = [...owner.bars.values()].map(({ bars: own, ...series }) => {
    for (const field of BAR_FIELDS) columns.put(own.column(field), own.length);
    return { ...series, rows: own.length };
  });
  return {
    symbol,
    registered,
    addedAt,
    base,
    quality,
    lagging,
    bars,
    indicators,
    measured: metrics.updated,
    locks: [...owner.locks],
    historicalQuality: [...owner.historicalQuality],
    historical: [...owner.historicalIndicators],
  };
}

function saveHistory(symbol: string, history: History, placeOf: (key: string) => number) {
  const { interval, visibleFrom, takesSessions, told, askedIn } = history;
  const days = history.days.map(({ date, seq, start, end }) => {
    const place = placeOf(dayKey({ symbol, interval }, { date, seq }));
    return { date, seq, rows: end - start, place };
  });
  return { symbol, interval, visibleFrom, takesSessions, told, askedIn, days };
}

/**
 * The data that `saveState` was given.
 *
 * @param readDay writes the rows of a day into columns that have room for them
 * @throws {Malformed} if it does not hold together
 */
export function restoreState(
  saved: SavedState,
  columns: ColumnSource,
  readDay: (key: string, day: SavedDay, into: BarColumns, start: number) => void,
): SessionData {
  const data = new SessionData();
  Object.assign(data, saved.scalars);
  for (const [symbol, reason] of saved.refused) data.refused.set(symbol, reason);
  for (const symbol of saved.symbols) {
    data.symbols.set(symbol.symbol, restoreSymbol(symbol, columns, data.indicatorCells));
  }
  for (const symbol of saved.historySymbols) data.history.set(symbol, new Map());
  for (const history of saved.history) {
    const ofSymbol = data.history.get(history.symbol);
    if (ofSymbol === undefined) throw new Malformed(`"${history.symbol}" has no place`);
    ofSymbol.set(history.interval, restoreHistory(history, columns, readDay));
  }
  return data;
}

function restoreSymbol(
  saved: SavedSymbol,
  columns: ColumnSource,
  memory: IndicatorCells,
): SymbolData {
  const { bars, indicators, measured, locks, historicalQuality, historical, ...rest } = saved;
  const measures = columns.get(MEASURES.length);
  const metrics = new SessionMetrics();
  MEASURES.forEach((name, i) => {
    metrics[name] = measures[i]!;
  });
  metrics.updated = measured;
  const slots = indicators.map(({ registered, valid, updated, seq, cells }) => {
    const slot = new IndicatorSlot(registered, cells, memory);
    slot.take({ valid, updated, seq }, columns.get(cells));
    return slot;
  });
  const series = bars.map(({ rows, gaps, ...own }) => {
    const filled = new SessionBars(rows);
    for (const field of BAR_FIELDS) filled.fill(field, columns.get(rows));
    return { ...own, gaps: [...gaps], bars: filled };
  });
  return {
    ...rest,
    bars: new Map(series.map((own) => [own.interval, own])),
    indicators: new Map(slots.map((slot) => [slot.registered.key, slot])),
    metrics,
    locks: new Set(locks),
    historicalQuality: new Map(historicalQuality),
    historicalIndicators: new Map(historical),
  };
}

function restoreHistory(
  saved: SavedHistory,
  columns: ColumnSource,
  readDay: (key: string, day: SavedDay, into: BarColumns, start: number) => void,
): History {
  const { days, symbol: _, ...rest } = saved;
  const history = Object.assign(new History(saved.interval), rest);
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  const room = new BarColumns(0);
  for (const field of BAR_FIELDS) room[field] = columns.room(rows);
  history.columns = room;
  let start = 0;
  for (const day of days) {
    readDay(dayKey(saved, day), day, room, start);
    const end = start + day.rows;
    history.days.push({ date: day.date, start, end, seq: day.seq });
    start = end;
  }
  room.length = rows;
  return history;
}
