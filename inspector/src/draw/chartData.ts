/** An answer about bars as the rows that the chart is fed. */
import type {
  CandlestickData,
  HistogramData,
  LineData,
  UTCTimestamp,
  WhitespaceData,
} from 'lightweight-charts';
import type { BarsAnswer } from '../../../src/inspect/protocol.ts';
import { faded, type Palette } from './palette.ts';

/** What to add to a time so that the axis, which knows UTC only, shows the exchange's. */
export type Shift = (time: number) => number;

type Row<T> = T | WhitespaceData<UTCTimestamp>;

/** Longest run of missing bars that is drawn as a hole, in bars. */
const HOLE_MAX = 400;

const secondsOf = (time: number, shift: Shift) =>
  Math.floor((time + shift(time)) / 1000) as UTCTimestamp;

export function candlesOf(answer: BarsAnswer, shift: Shift, palette: Palette): CandlestickData[] {
  const { opened, open, high, low, close, unfinished } = answer;
  const rows: CandlestickData[] = opened.map((time, i) => ({
    time: secondsOf(time, shift),
    open: open[i]!,
    high: high[i]!,
    low: low[i]!,
    close: close[i]!,
  }));
  if (unfinished !== null) {
    const edge = unfinished.close >= unfinished.open ? palette.up : palette.down;
    rows.push({
      time: secondsOf(unfinished.opened, shift),
      open: unfinished.open,
      high: unfinished.high,
      low: unfinished.low,
      close: unfinished.close,
      color: faded(edge, 0.15),
      borderColor: palette.warn,
      wickColor: palette.warn,
    });
  }
  return rows;
}

export function volumesOf(answer: BarsAnswer, shift: Shift, palette: Palette): HistogramData[] {
  const { opened, open, close, volume, unfinished } = answer;
  const rows: HistogramData[] = opened.map((time, i) => ({
    time: secondsOf(time, shift),
    value: volume[i]!,
    color: faded(close[i]! >= open[i]! ? palette.up : palette.down, 0.35),
  }));
  if (unfinished !== null) {
    rows.push({
      time: secondsOf(unfinished.opened, shift),
      value: unfinished.volume,
      color: faded(palette.warn, 0.35),
    });
  }
  return rows;
}

/** Missing bars as full columns, where single bars are shown. */
export function gapsOf(answer: BarsAnswer, shift: Shift, palette: Palette): HistogramData[] {
  if (answer.perBucket > 1 || answer.derived) return [];
  const first = answer.opened[0];
  const last = answer.opened.at(-1);
  if (first === undefined || last === undefined) return [];
  return answer.gaps.flatMap(({ start, end, missing }) => {
    if (missing > HOLE_MAX || start < first || end > last) return [];
    const width = (end - start) / missing;
    return Array.from({ length: missing }, (_, i) => ({
      time: secondsOf(start + i * width, shift),
      value: 1,
      color: faded(palette.warn, 0.22),
    }));
  });
}

export function pointsOf(
  { opened, value }: BarsAnswer['indicators'][number],
  shift: Shift,
): Row<LineData<UTCTimestamp>>[] {
  return opened.map((time, i) => {
    const point = value[i];
    return point == null
      ? { time: secondsOf(time, shift) }
      : { time: secondsOf(time, shift), value: point };
  });
}
