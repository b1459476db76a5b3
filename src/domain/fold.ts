/**
 * How each kind of fact changes SessionData: a table, then a door. One entry per fact, nothing else.
 *
 * In place, because copying the symbol table for every bar costs more than everything else together. Facts
 * that only explain (why a chart moved, where bars came from) change nothing here.
 */
import { InvariantViolated } from './errors.ts';
import type { ControlFact, ControlFactOf, ControlType } from './facts.ts';
import { foldRows } from './foldRows.ts';
import type { Block, Frame, Section } from './frame.ts';
import { compareIntervals, type Interval } from './interval.ts';
import type { SeriesTable } from './series.ts';
import {
  type BarSeries,
  emptySeries,
  IndicatorCells,
  IndicatorSlot,
  type SessionData,
  SymbolData,
} from './sessionData.ts';
import type { MarketTime, TradingDate } from './time.ts';

type Change<F> = (data: SessionData, fact: F) => void;

const explains = (): void => {};

const NO_SPARES: ReadonlyMap<Interval, BarSeries> = new Map();

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
    data.symbols = new Map();
    data.refused.clear();
    data.barsBySeries.fill(undefined);
    data.slotsBySeries.fill(undefined);
    data.indicatorCells = new IndicatorCells();
    data.session = null;
  },
  QueuesCleared: explains,
  SymbolRegistered: (data, fact) => {
    const { symbol, base, intervals } = fact;
    data.refused.delete(symbol);
    const spare = data.spares.get(symbol);
    data.spares.set(symbol, NO_SPARES);
    const bars = new Map<Interval, BarSeries>();
    const add = (interval: Interval, derived: boolean) =>
      bars.set(interval, emptySeries(interval, derived, spare?.get(interval)?.bars));
    add(base, false);
    for (const interval of intervals) add(interval, true);
    data.symbols.set(symbol, new SymbolData(fact, bars));
  },
  SymbolRefused: (data, { symbol, reason }) => {
    data.refused.set(symbol, reason);
  },
  SymbolRemoved: (data, { symbol }) => {
    data.history.delete(symbol);
    data.spares.delete(symbol);
    dropSymbol(data, symbol);
  },
  SymbolUpgraded: (data, { symbol }) => dropSymbol(data, symbol),
  IntervalAdded: (data, fact) => {
    const { bars } = symbolOf(data, fact);
    const all = [...bars, [fact.interval, emptySeries(fact.interval, true)] as const];
    const [base, ...derived] = all;
    derived.sort(([a], [b]) => compareIntervals(a, b));
    bars.clear();
    for (const [interval, series] of [base!, ...derived]) bars.set(interval, series);
  },
  SymbolLocked: (data, fact) => {
    symbolOf(data, fact).locks.add(fact.holder);
  },
  SymbolUnlocked: (data, fact) => {
    symbolOf(data, fact).locks.delete(fact.holder);
  },
  SymbolLagging: (data, fact) => {
    symbolOf(data, fact).lagging = true;
  },
  SymbolCaughtUp: (data, fact) => {
    symbolOf(data, fact).lagging = false;
  },
  HistoricalDataAugmented: explains,
  IndicatorRegistered: (data, fact) => {
    // What only looks like a list may have any length.
    const outputs = Array.isArray(fact.outputs) ? fact.outputs.length : 0;
    const slot = new IndicatorSlot(fact, Math.max(1, outputs), data.indicatorCells);
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
  GapFilled: (data, fact) => {
    const series = symbolOf(data, fact).bars.get(fact.interval);
    if (series !== undefined) fillGap(series, fact);
  },
  BarCorrected: (data, fact) => {
    const series = symbolOf(data, fact).bars.get(fact.interval);
    const row = series?.bars.lowerBound(fact.opened) ?? 0;
    if (series === undefined || !series.bars.isAt(row, fact.opened)) {
      const bar = `${fact.symbol}/${fact.interval} at ${fact.opened}`;
      throw new InvariantViolated(fact.seq, `no bar ${bar} to correct`);
    }
    series.bars.write(row, fact);
    series.updated = fact.at;
  },
  UniverseRead: explains,
  ScanStarted: explains,
  ScanCompleted: explains,
  ScanFailed: explains,
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
  if (!Object.hasOwn(changes, fact.type)) {
    throw new InvariantViolated(fact.seq, `no fact is called "${fact.type}"`);
  }
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
  foldRows(data, block, at, table);
}

/** Folds every section of a frame, in order. */
export function foldFrame(data: SessionData, frame: Frame, table: SeriesTable): void {
  for (const section of frame.sections) foldSection(data, section, frame.at, table);
}

function foldSection(data: SessionData, section: Section, at: MarketTime, table: SeriesTable) {
  if (section.kind === 'block') foldBlock(data, section, at, table);
  else for (const fact of section.facts) foldControl(data, fact);
}

/** Rare enough to forget all short cuts; they are found again at first use. */
function dropSymbol(data: SessionData, symbol: string): void {
  data.symbols.delete(symbol);
  data.barsBySeries.fill(undefined);
  data.slotsBySeries.fill(undefined);
}

/** Takes `[start, end)` out of the gap it lies in; what is left on either side stays a gap. */
function fillGap({ gaps }: BarSeries, { start, end, filled }: FilledGap): void {
  const at = gaps.findIndex((gap) => gap.start <= start && end <= gap.end);
  const gap = gaps[at];
  if (gap === undefined) return;
  const step = (end - start) / filled;
  const left = [
    { start: gap.start, end: start },
    { start: end, end: gap.end },
  ].filter((part) => part.end > part.start);
  const parts = left.map((part) => ({
    ...part,
    missing: Math.round((part.end - part.start) / step),
  }));
  gaps.splice(at, 1, ...parts);
}

interface FilledGap {
  readonly start: MarketTime;
  readonly end: MarketTime;
  readonly filled: number;
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

/** A session's bars become history of the series that the run keeps. */
function keepForHistory(data: SessionData, owner: SymbolData, date: TradingDate): void {
  for (const [interval, history] of data.history.get(owner.symbol) ?? []) {
    const series = history.takesSessions ? owner.bars.get(interval) : undefined;
    if (series === undefined || series.bars.length === 0) continue;
    const { bars, firstSeq: seq } = series;
    history.addDay({ date, seq, source: bars, from: 0, to: bars.length });
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
