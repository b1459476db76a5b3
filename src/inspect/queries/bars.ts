/** The price chart at a cursor: bars in buckets, indicators, gaps and signals, nothing newer than the cursor. */

import { countIndicesWhile } from '../../domain/bisect.ts';
import { windowIn } from '../../domain/derivation.ts';
import { UsageError } from '../../domain/errors.ts';
import { tryParseInterval } from '../../domain/interval.ts';
import type { BarsAnswer } from '../protocol/market.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { overlays } from './overlays.ts';
import type { IndexedSession } from './runIndex.ts';
import type { BarColumn, BarTrack, SymbolTrack, ValueTrack } from './symbolTracks.ts';

export interface BarsWanted {
  readonly symbol: string;
  readonly interval: string;
  readonly at: number;
  readonly from?: number | undefined;
  readonly px: number;
  readonly indicators: string;
}

/** Rows of a track that stand at the cursor, in the order of time. */
type Rows = ArrayLike<number>;

export async function barsAt(run: InspectedRun, wanted: BarsWanted): Promise<BarsAnswer> {
  const { symbol, interval, px } = wanted;
  const at = run.check(wanted.at);
  await run.grow();
  const known = run.index.symbols.get(symbol);
  if (known === undefined || known.since > at || !known.intervals.has(interval)) {
    throw new UsageError(`there are no ${interval} bars of "${symbol}" up to fact ${at}`);
  }
  const track = await run.tracks.of(symbol);
  const sessions = run.index.sessions.filter(({ seq }) => seq <= at);
  const from = wanted.from ?? sessions.at(-1)?.open ?? 0;
  const bars = track.bars.get(interval);
  const { data } = run.state(at);
  const owner = data.symbols.get(symbol);
  const rows = bars === undefined ? [] : standing(bars, at, from);
  const view = run.viewOf(data).symbol(symbol);
  return {
    symbol,
    interval,
    derived: interval !== known.base,
    at,
    time: data.now,
    ...bucketed(bars, rows, px),
    unfinished: owner === undefined ? null : unfinished(run, track, wanted, at),
    gaps: gapsAt(track, at, from),
    quality: view === undefined ? null : { ...view.quality },
    indicators: indicatorsAt(run, track, { ...wanted, at, from }),
    signals: signalsAt(track, known.base, at, from),
    sessions: sessions
      .filter(({ close }) => close > from)
      .map((session) => sessionAt(session, data.now)),
  };
}

function sessionAt({ date, open, close }: IndexedSession, now: number) {
  return { date, open, close: close <= now ? close : null };
}

/** Each bar as it stands at the cursor: of several rows of one window the last one counts. */
function standing(bars: BarTrack, at: number, from: number): Rows {
  const end = bars.upTo(at);
  const isPlain = bars.late.length === 0 || bars.late[0]! >= end;
  if (isPlain) {
    const first = countIndicesWhile(end, (i) => bars.at(i, 'opened') < from);
    return Array.from({ length: end - first }, (_, i) => first + i);
  }
  const byTime = new Map<number, number>();
  for (let row = 0; row < end; row++) {
    const opened = bars.at(row, 'opened');
    if (opened >= from) byTime.set(opened, row);
  }
  return [...byTime].sort(([a], [b]) => a - b).map(([, row]) => row);
}

function bucketed(bars: BarTrack | undefined, rows: Rows, px: number) {
  const perBucket = Math.max(1, Math.ceil(rows.length / px));
  const names = ['opened', 'open', 'high', 'low', 'close', 'volume', 'count', 'expected', 'seq'];
  const out = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    BarColumn,
    number[]
  >;
  const adjusted: number[] = [];
  const late = new Set(bars?.late ?? []);
  for (let first = 0; bars !== undefined && first < rows.length; first += perBucket) {
    const end = Math.min(rows.length, first + perBucket);
    const sum = (name: BarColumn) => fold(bars, rows, first, end, name, (a, b) => a + b);
    out.opened.push(bars.at(rows[first]!, 'opened'));
    out.open.push(bars.at(rows[first]!, 'open'));
    out.high.push(fold(bars, rows, first, end, 'high', Math.max));
    out.low.push(fold(bars, rows, first, end, 'low', Math.min));
    out.close.push(bars.at(rows[end - 1]!, 'close'));
    out.volume.push(sum('volume'));
    out.count.push(sum('count'));
    out.expected.push(sum('expected'));
    const seq = bars.at(rows[end - 1]!, 'seq');
    out.seq.push(seq);
    for (let i = first; i < end; i++) {
      if (late.has(rows[i]!) && adjusted.at(-1) !== seq) adjusted.push(seq);
    }
  }
  return { total: rows.length, perBucket, ...out, adjusted };
}

function fold(
  bars: BarTrack,
  rows: Rows,
  first: number,
  end: number,
  name: BarColumn,
  join: (a: number, b: number) => number,
): number {
  let value = bars.at(rows[first]!, name);
  for (let i = first + 1; i < end; i++) value = join(value, bars.at(rows[i]!, name));
  return value;
}

/** The derived window that the clock is in, of the base bars it has so far. */
function unfinished(
  run: InspectedRun,
  track: SymbolTrack,
  { symbol, interval: text }: BarsWanted,
  at: number,
): BarsAnswer['unfinished'] {
  const { data } = run.state(at);
  const { session } = data;
  const known = run.index.symbols.get(symbol)!;
  const interval = tryParseInterval(text);
  const base = tryParseInterval(known.base);
  const bars = track.bars.get(known.base);
  if (session === null || interval === null || base === null || bars === undefined) return null;
  const isLong = !interval.intraday && interval.text !== '1d';
  if (text === known.base || isLong || !base.intraday) return null;
  const last = lastBar(bars, at, session.open);
  if (last === null) return null;
  const { start, end, expected } = windowIn(session, interval, base, last);
  // What the clock has passed is closed, and on the record.
  if (end <= data.now) return null;
  const rows = standing(bars, at, start);
  const { open, high, low, close, volume, count, seq } = bucketed(bars, rows, 1);
  if (rows.length === 0) return null;
  return {
    opened: start,
    open: open[0]!,
    high: high[0]!,
    low: low[0]!,
    close: close[0]!,
    volume: volume[0]!,
    count: count[0]!,
    expected,
    seq: seq[0]!,
  };
}

function lastBar(bars: BarTrack, at: number, from: number): number | null {
  const rows = standing(bars, at, from);
  return rows.length === 0 ? null : bars.at(rows[rows.length - 1]!, 'opened');
}

function gapsAt({ gaps }: SymbolTrack, at: number, from: number): BarsAnswer['gaps'] {
  let open: BarsAnswer['gaps'] = [];
  for (const gap of gaps) {
    if (gap.seq > at) break;
    const { seq, start, end } = gap;
    if (gap.type === 'GapDetected') {
      open.push({ start, end, missing: gap.missing, seq });
      continue;
    }
    const step = (end - start) / gap.filled;
    open = open.flatMap((hole) => {
      if (end <= hole.start || start >= hole.end) return [hole];
      return [
        { ...hole, end: start },
        { ...hole, start: end },
      ]
        .filter((part) => part.end > part.start)
        .map((part) => ({ ...part, missing: Math.round((part.end - part.start) / step) }));
    });
  }
  return open.filter(({ end }) => end > from).sort((a, b) => a.start - b.start);
}

function signalsAt(track: SymbolTrack, base: string, at: number, from: number) {
  const bars = track.bars.get(base);
  return track.signals
    .filter((signal) => signal.seq <= at && signal.at > from)
    .map(({ seq, at: time, strategy, side, strength, reason }) => {
      const row = bars === undefined ? -1 : bars.upTo(seq) - 1;
      const opened = row >= 0 ? bars!.at(row, 'opened') : time;
      return { seq, at: time, opened, strategy, side, strength, reason };
    })
    .slice(-2000);
}

interface ValuesWanted extends BarsWanted {
  readonly from: number;
}

function indicatorsAt(run: InspectedRun, track: SymbolTrack, wanted: ValuesWanted) {
  const asked = wanted.indicators.split(',').filter((key) => key !== '');
  const all = asked.includes('*');
  const known = run.index.symbols.get(wanted.symbol)!.indicators;
  return [...track.values].flatMap(([key, values]) => {
    const info = known.get(key);
    if (info === undefined || info.since > wanted.at) return [];
    if (!(all ? values.interval === wanted.interval : asked.includes(key))) return [];
    return valuesAt(track, key, values, { ...wanted, name: info.name });
  });
}

function valuesAt(
  track: SymbolTrack,
  key: string,
  values: ValueTrack,
  { at, from, px, name }: ValuesWanted & { readonly name: string },
): BarsAnswer['indicators'] {
  const bars = track.bars.get(values.interval);
  const points = new Map<number, number>();
  const end = values.upTo(at);
  for (let row = 0; row < end; row++) {
    const opened = openedOf(bars, values, row);
    if (opened >= from) points.set(opened, row);
  }
  const rows = [...points].sort(([a], [b]) => a - b);
  const perBucket = Math.max(1, Math.ceil(rows.length / px));
  const shown = rows.filter((_, i) => (i + 1) % perBucket === 0 || i === rows.length - 1);
  const outputs = values.outputs.length === 0 ? [null] : values.outputs;
  return outputs.map((output, cell) => ({
    key,
    output,
    overlay: overlays(name, output),
    opened: shown.map(([opened]) => opened),
    value: shown.map(([, row]) => {
      const value = values.values.data[row * values.arity + cell]!;
      return Number.isNaN(value) ? null : value;
    }),
    seq: shown.map(([, row]) => values.seq.data[row]!),
  }));
}

/** Start of the bar that the value was calculated at: the one that led to it, else the last one before. */
function openedOf(bars: BarTrack | undefined, values: ValueTrack, row: number): number {
  if (bars === undefined) return values.time.data[row]!;
  const cause = values.cause.data[row]!;
  const at = bars.upTo(cause) - 1;
  if (at >= 0 && bars.at(at, 'seq') === cause) return bars.at(at, 'opened');
  const before = bars.upTo(values.seq.data[row]!) - 1;
  return before >= 0 ? bars.at(before, 'opened') : values.time.data[row]!;
}
