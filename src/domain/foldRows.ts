/**
 * How blocks of bars, values and history change SessionData: the columnar half of the fold, row by row and
 * without making facts.
 */
import { BarColumns } from './bars.ts';
import { InvariantViolated } from './errors.ts';
import type { HeldBars } from './facts.ts';
import { BLOCK_COLUMNS, type Block } from './frame.ts';
import { History } from './history.ts';
import { arityOf, type SeriesTable } from './series.ts';
import { ROW, type SessionBars } from './sessionBars.ts';
import {
  OwnedSeries,
  type SessionData,
  SessionMetrics,
  SLOT,
  type SymbolData,
} from './sessionData.ts';
import type { MarketTime, TradingDate } from './time.ts';

/** Folds the rows of a block; its seqs are already counted. */
export function foldRows(
  data: SessionData,
  block: Block,
  at: MarketTime,
  table: SeriesTable,
): void {
  if (block.type === 'IndicatorUpdated') foldValues(data, block, at, table);
  else if (block.type === 'HistoricalBarsLoaded') foldHistory(data, block);
  else foldBars(data, block, at, table);
}

function foldBars(data: SessionData, block: Block, at: MarketTime, table: SeriesTable): void {
  const { columns: from, rows, firstSeq } = block;
  const ids = from[0]!.data;
  const opened = from[2]!.data;
  const open = from[3]!.data;
  const high = from[4]!.data;
  const low = from[5]!.data;
  const close = from[6]!.data;
  const volume = from[7]!.data;
  const count = from[8]!.data;
  const expected = from[9]!.data;
  const isBase = block.type === 'BarAppended';
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    const found = data.barsBySeries[id] ?? findBars(data, id, block, row, table);
    const { series } = found;
    const { bars } = series;
    const time = opened[row]!;
    const { length } = bars;
    // A bar added by hand may belong before those that are there, or in the place of one.
    const late = length > 0 && time <= bars.cells[(length - 1) * ROW]!;
    const i = late ? bars.place(time) : bars.grow();
    if (i === 0 && !late) series.firstSeq = firstSeq + row;
    const { cells } = bars;
    const to = i * ROW;
    cells[to] = time;
    cells[to + 1] = open[row]!;
    cells[to + 2] = high[row]!;
    cells[to + 3] = low[row]!;
    cells[to + 4] = close[row]!;
    cells[to + 5] = volume[row]!;
    cells[to + 6] = count[row]!;
    cells[to + 7] = expected[row]!;
    series.updated = at;
    if (!isBase) continue;
    if (late) measureAnew(found.owner, bars, at);
    else foldMetrics(found.owner, bars, i, at);
  }
}

function foldMetrics(
  { metrics }: SymbolData,
  { cells }: SessionBars,
  i: number,
  at: MarketTime,
): void {
  const from = i * ROW;
  const high = cells[from + 2]!;
  const low = cells[from + 3]!;
  const close = cells[from + 4]!;
  const volume = cells[from + 5]!;
  if (metrics.bars === 0) {
    metrics.open = cells[from + 1]!;
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

function measureAnew(owner: SymbolData, bars: SessionBars, at: MarketTime): void {
  Object.assign(owner.metrics, new SessionMetrics());
  for (let i = 0; i < bars.length; i++) foldMetrics(owner, bars, i, at);
}

function findBars(data: SessionData, id: number, block: Block, row: number, table: SeriesTable) {
  const { symbol, name } = table.at(id);
  const owner = data.symbols.get(symbol);
  const series = owner?.bars.get(name);
  if (owner === undefined || series === undefined) {
    throw new InvariantViolated(block.firstSeq + row, `no series ${symbol}/${name}`);
  }
  const found = new OwnedSeries(owner, series);
  data.barsBySeries[id] = found;
  return found;
}

function foldValues(data: SessionData, block: Block, at: MarketTime, table: SeriesTable): void {
  const { columns, rows, firstSeq } = block;
  const { slotsBySeries } = data;
  const cells = data.indicatorCells.data;
  const ids = columns[0]!.data;
  const valid = columns[2]!.data;
  const values = columns[3]!.data;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    const slot = slotsBySeries[id] ?? findSlot(data, id, block, row, table);
    cells[slot + SLOT.valid] = valid[row] === 1 ? 1 : 0;
    cells[slot + SLOT.updated] = at;
    cells[slot + SLOT.seq] = firstSeq + row;
    const to = slot + SLOT.values + cells[slot + SLOT.outputs]!;
    for (let i = slot + SLOT.values; i < to; i++) cells[i] = values[from++]!;
  }
  if (from <= values!.length) return;
  throw new InvariantViolated(block.firstSeq, `${values!.length} values for ${from} outputs`);
}

function findSlot(data: SessionData, id: number, block: Block, row: number, table: SeriesTable) {
  const entry = table.at(id);
  const slot = data.symbols.get(entry.symbol)?.indicators.get(entry.name);
  if (slot?.memory.data[slot.at + SLOT.outputs] !== arityOf(entry)) {
    throw new InvariantViolated(
      block.firstSeq + row,
      `no indicator ${entry.symbol}/${entry.name} of ${arityOf(entry)} outputs`,
    );
  }
  data.slotsBySeries[id] = slot.at;
  return slot.at;
}

/** What the block's one fact says besides its columns. */
interface HistoryFields {
  readonly symbol: string;
  readonly interval: string;
  readonly source: string;
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
  // What is stored beside the base may differ from what a session derives: history keeps to its source.
  history.takesSessions = fields.source === data.streams?.base;
  const source = columnsOf(block);
  const told = fields.days.reduce((bars, day) => bars + day.bars, 0);
  if (told !== block.rows) {
    throw new InvariantViolated(block.firstSeq, `${block.rows} bars on days of ${told}`);
  }
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
