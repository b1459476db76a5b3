/**
 * How each kind of fact changes SessionData: a table, then a door. One entry per fact, nothing else.
 *
 * In place, because copying the symbol table for every bar costs more than everything else together. Facts
 * that only explain (why a chart moved, where bars came from) change nothing here.
 */
import { BarColumns } from './bars.ts';
import { InvariantViolated } from './errors.ts';
import type { ControlFact, ControlFactOf, ControlType, HeldBars } from './facts.ts';
import { BLOCK_COLUMNS, type Block, type Frame, type Section } from './frame.ts';
import { History } from './history.ts';
import type { Interval } from './interval.ts';
import { arityOf, type SeriesTable } from './series.ts';
import { emptyMetrics, emptySeries, type SessionData, type SymbolData } from './sessionData.ts';
import type { MarketTime, TradingDate } from './time.ts';

type Change<F> = (data: SessionData, fact: F) => void;

const explains = (): void => {};

const changes: { readonly [T in ControlType]: Change<ControlFactOf<T>> } = {
  RunStarted: explains,
  StreamsValidated: (data, fact) => {
    data.streams = fact;
  },
  StreamValidationFailed: explains,
  PhaseEntered: (data, { phase, name, date }) => {
    data.phase = { number: phase, name, date };
  },
  PhaseLeft: explains,
  TransitionTaken: explains,
  ClockAdvanced: explains,
  SessionTornDown: (data, { date }) => {
    for (const owner of data.symbols.values()) {
      keepForHistory(data, owner, date);
      data.spares.set(owner.symbol, owner.bars);
    }
    data.symbols.clear();
    data.refused.clear();
    data.barsBySeries.fill(undefined);
    data.indicatorsBySeries.fill(undefined);
    data.session = null;
  },
  QueuesCleared: explains,
  SymbolRegistered: (data, fact) => {
    const { symbol, base, intervals } = fact;
    const spare = data.spares.get(symbol);
    const empty = (interval: Interval, derived: boolean) =>
      [interval, emptySeries(interval, derived, spare?.get(interval)?.columns)] as const;
    data.symbols.set(symbol, {
      symbol,
      registered: fact,
      addedAt: fact.at,
      base,
      bars: new Map([empty(base, false), ...intervals.map((interval) => empty(interval, true))]),
      indicators: new Map(),
      metrics: emptyMetrics(),
      quality: null,
      historicalQuality: new Map(),
      historicalIndicators: new Map(),
    });
  },
  SymbolRefused: (data, { symbol, reason }) => {
    data.refused.set(symbol, reason);
  },
  SymbolRemoved: (data, { symbol }) => {
    data.symbols.delete(symbol);
    data.history.delete(symbol);
    // Rare enough to forget all short cuts; they are found again at first use.
    data.barsBySeries.fill(undefined);
    data.indicatorsBySeries.fill(undefined);
  },
  HistoricalDataAugmented: explains,
  IndicatorRegistered: (data, fact) => {
    const cells = new Float64Array(Math.max(1, fact.outputs.length)).fill(Number.NaN);
    const slot = { registered: fact, cells, valid: false, updated: null, seq: 0 };
    symbolOf(data, fact).indicators.set(fact.key, slot);
  },
  HistoricalIndicatorCalculated: (data, fact) => {
    symbolOf(data, fact).historicalIndicators.set(fact.key, fact);
  },
  HistoricalQualityScored: (data, fact) => {
    const { quality: value, present, expected } = fact;
    symbolOf(data, fact).historicalQuality.set(fact.interval, { value, present, expected });
  },
  QueueLoaded: explains,
  BarsLeftOut: explains,
  RowsSkipped: explains,
  ActorSetUp: explains,
  ActorTornDown: explains,
  SessionActivated: (data, { date, open, close }) => {
    data.session = { date, open, close };
    data.active = true;
    dropUnwanted(data);
  },
  QualityScored: (data, fact) => {
    const { quality: value, present, expected } = fact;
    symbolOf(data, fact).quality = { value, present, expected };
  },
  GapDetected: (data, fact) => {
    const series = symbolOf(data, fact).bars.get(fact.interval);
    if (series === undefined) {
      throw new InvariantViolated(fact.seq, `no series ${fact.symbol}/${fact.interval}`);
    }
    series.gaps.push({ start: fact.start, end: fact.end, missing: fact.missing });
  },
  MessageReceived: explains,
  MessageRefused: explains,
  SignalEmitted: (data) => {
    data.signals += 1;
  },
  StrategyFailed: explains,
  SessionEnded: (data) => {
    data.active = false;
    data.sessions += 1;
  },
  RunCompleted: (data) => {
    data.status = 'completed';
  },
  RunStopped: (data) => {
    data.active = false;
    data.status = 'stopped';
  },
  RunFailed: (data) => {
    data.active = false;
    data.status = 'failed';
  },
};

/**
 * Folds one control fact into `data`, in place. Deterministic: reads no clock, no randomness, no I/O.
 *
 * @param data owned by the caller; holds facts `1 … fact.seq - 1`
 * @throws {InvariantViolated} on a gap in `seq` or an unknown symbol; `data` is then spoiled
 */
export function foldControl(data: SessionData, fact: ControlFact): void {
  follow(data, fact.seq, 1);
  data.now = fact.at;
  (changes[fact.type] as Change<ControlFact>)(data, fact);
}

/** Folds a block: the same as folding its facts one by one, without making them. */
export function foldBlock(
  data: SessionData,
  block: Block,
  at: MarketTime,
  table: SeriesTable,
): void {
  follow(data, block.firstSeq, block.facts);
  data.now = at;
  if (block.type === 'IndicatorUpdated') foldValues(data, block, at, table);
  else if (block.type === 'HistoricalBarsLoaded') foldHistory(data, block);
  else foldBars(data, block, at, table);
}

/** Folds every section of a frame, in order. */
export function foldFrame(data: SessionData, frame: Frame, table: SeriesTable): void {
  for (const section of frame.sections) foldSection(data, section, frame.at, table);
}

function foldSection(data: SessionData, section: Section, at: MarketTime, table: SeriesTable) {
  if (section.kind === 'block') foldBlock(data, section, at, table);
  else for (const fact of section.facts) foldControl(data, fact);
}

function follow(data: SessionData, seq: number, facts: number): void {
  if (seq !== data.seq + 1) throw new InvariantViolated(seq, `follows ${data.seq}`);
  data.seq += facts;
}

function symbolOf(data: SessionData, fact: { seq: number; symbol: string }): SymbolData {
  const found = data.symbols.get(fact.symbol);
  if (found === undefined) throw new InvariantViolated(fact.seq, `no symbol ${fact.symbol}`);
  return found;
}

function foldBars(data: SessionData, block: Block, at: MarketTime, table: SeriesTable): void {
  const [ids, , opened, open, high, low, close, volume, count, expected] = block.columns;
  const isBase = block.type === 'BarAppended';
  for (let row = 0; row < block.rows; row++) {
    const id = ids!.data[row]!;
    const { owner, series } = data.barsBySeries[id] ?? findBars(data, id, block, row, table);
    const { columns } = series;
    const i = columns.grow();
    if (i === 0) series.firstSeq = block.firstSeq + row;
    columns.opened[i] = opened!.data[row]!;
    columns.open[i] = open!.data[row]!;
    columns.high[i] = high!.data[row]!;
    columns.low[i] = low!.data[row]!;
    columns.close[i] = close!.data[row]!;
    columns.volume[i] = volume!.data[row]!;
    columns.count[i] = count!.data[row]!;
    columns.expected[i] = expected!.data[row]!;
    series.updated = at;
    if (isBase) foldMetrics(owner, columns, i, at);
  }
}

function foldMetrics(owner: SymbolData, columns: BarColumns, i: number, at: MarketTime): void {
  const { metrics } = owner;
  const high = columns.high[i]!;
  const low = columns.low[i]!;
  const close = columns.close[i]!;
  const volume = columns.volume[i]!;
  if (metrics.bars === 0) {
    metrics.open = columns.open[i]!;
    metrics.high = high;
    metrics.low = low;
  } else {
    if (high > metrics.high) metrics.high = high;
    if (low < metrics.low) metrics.low = low;
  }
  metrics.last = close;
  metrics.volume += volume;
  metrics.turnover += ((high + low + close) / 3) * volume;
  metrics.bars += 1;
  metrics.updated = at;
}

function findBars(data: SessionData, id: number, block: Block, row: number, table: SeriesTable) {
  const { symbol, name } = table.at(id);
  const owner = data.symbols.get(symbol);
  const series = owner?.bars.get(name);
  if (owner === undefined || series === undefined) {
    throw new InvariantViolated(block.firstSeq + row, `no series ${symbol}/${name}`);
  }
  const found = { owner, series };
  data.barsBySeries[id] = found;
  return found;
}

function foldValues(data: SessionData, block: Block, at: MarketTime, table: SeriesTable): void {
  const [ids, , valid, values] = block.columns;
  let cell = 0;
  for (let row = 0; row < block.rows; row++) {
    const id = ids!.data[row]!;
    const slot = data.indicatorsBySeries[id] ?? findSlot(data, id, block, row, table);
    const { cells } = slot;
    for (let i = 0; i < cells.length; i++) cells[i] = values!.data[cell++]!;
    slot.valid = valid!.data[row] === 1;
    slot.updated = at;
    slot.seq = block.firstSeq + row;
  }
}

function findSlot(data: SessionData, id: number, block: Block, row: number, table: SeriesTable) {
  const entry = table.at(id);
  const slot = data.symbols.get(entry.symbol)?.indicators.get(entry.name);
  if (slot === undefined || slot.cells.length !== arityOf(entry)) {
    throw new InvariantViolated(
      block.firstSeq + row,
      `no indicator ${entry.symbol}/${entry.name} of ${arityOf(entry)} outputs`,
    );
  }
  data.indicatorsBySeries[id] = slot;
  return slot;
}

/** Who records history that was read as it is stored; what is derived is recorded by the processor. */
const STORED = 'session/loading';

/** What the block's one fact says besides its columns. */
interface HistoryFields {
  readonly symbol: string;
  readonly interval: string;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly visible_from: TradingDate | null;
  readonly days: readonly { date: TradingDate; bars: number }[];
  readonly held: readonly HeldBars[];
}

function foldHistory(data: SessionData, block: Block): void {
  const fields = block.extra as unknown as HistoryFields;
  let ofSymbol = data.history.get(fields.symbol);
  if (ofSymbol === undefined) {
    ofSymbol = new Map();
    data.history.set(fields.symbol, ofSymbol);
  }
  let history = ofSymbol.get(fields.interval);
  if (history === undefined) {
    history = new History(fields.interval);
    ofSymbol.set(fields.interval, history);
  }
  history.dropBefore(fields.from);
  history.told = { from: fields.from, to: fields.to, seq: block.firstSeq };
  history.visibleFrom = fields.visible_from;
  history.askedIn = data.sessions;
  // What is stored beside the base may differ from what a session derives: history stays as it is stored.
  history.takesSessions = block.by !== STORED || fields.interval === data.streams?.base;
  const source = columnsOf(block);
  let from = 0;
  for (const { date, bars } of fields.days) {
    history.addDay({ date, seq: block.firstSeq, source, from, to: from + bars });
    from += bars;
  }
}

function columnsOf(block: Block): BarColumns {
  const source = new BarColumns(0);
  BLOCK_COLUMNS.HistoricalBarsLoaded.forEach((field, i) => {
    source[field] = block.columns[i]!.data;
  });
  source.length = block.rows;
  return source;
}

/** A session's bars become history of the series that the run keeps. */
function keepForHistory(data: SessionData, owner: SymbolData, date: TradingDate): void {
  for (const [interval, history] of data.history.get(owner.symbol) ?? []) {
    const series = history.takesSessions ? owner.bars.get(interval) : undefined;
    if (series === undefined || series.columns.length === 0) continue;
    const { columns, firstSeq: seq } = series;
    history.addDay({ date, seq, source: columns, from: 0, to: columns.length });
  }
}

/** History that this session's load did not ask for served an earlier one, such as to warm indicators. */
function dropUnwanted(data: SessionData): void {
  for (const symbol of data.symbols.keys()) {
    const ofSymbol = data.history.get(symbol);
    for (const [interval, history] of ofSymbol ?? []) {
      if (history.askedIn !== data.sessions) ofSymbol?.delete(interval);
    }
  }
}
