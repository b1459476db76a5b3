/** Candles, volume, indicators, gaps and signals of one symbol, drawn by lightweight-charts. */
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { BarsAnswer } from '../../../src/inspect/protocol.ts';
import { candlesOf, gapsOf, pointsOf, type Shift, volumesOf } from './chartData.ts';
import { faded, type Palette } from './palette.ts';

export interface ChartPoint {
  /** Row of the columns of the answer; its length for the unfinished bar. */
  readonly row: number;
  readonly seq: number;
}

/** Most pixels of one candle: a day that has just opened is no wall of paint. */
const CANDLE_MAX = 14;
/** Of the width, left of the first candle. */
const LEFT_ROOM = 0.03;

export class PriceChart {
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #gaps: ISeriesApi<'Histogram'>;
  readonly #markers: ISeriesMarkersPluginApi<Time>;
  #lines: ISeriesApi<'Line'>[] = [];
  #lineNames = '';
  #palette: Palette;
  #points = new Map<number, ChartPoint>();
  /** Columns of bars that are missing. */
  #holes = 0;
  #answer: BarsAnswer | null = null;
  /** True once the reader has moved the chart: it stays where they left it. */
  #moved = false;

  constructor(
    element: HTMLElement,
    palette: Palette,
    on: {
      readonly pick: (point: ChartPoint) => void;
      readonly hover: (point: ChartPoint | null) => void;
    },
  ) {
    this.#palette = palette;
    this.#chart = createChart(element, {
      autoSize: true,
      layout: { attributionLogo: false },
      timeScale: { timeVisible: true, fixRightEdge: true, rightOffset: 0, minBarSpacing: 0.2 },
    });
    this.#gaps = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'gaps',
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { priceLineVisible: false });
    this.#chart.priceScale('gaps').applyOptions({ scaleMargins: { top: 0, bottom: 0 } });
    this.#chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.2 } });
    this.#markers = createSeriesMarkers(this.#candles, [], { autoScale: false });
    this.paint(palette);
    const pointAt = (time: Time | undefined) => this.#points.get(Number(time)) ?? null;
    this.#chart.subscribeClick(({ time }) => {
      const point = pointAt(time);
      if (point !== null) on.pick(point);
    });
    this.#chart.subscribeCrosshairMove(({ time }) => on.hover(pointAt(time)));
    for (const kind of ['wheel', 'pointerdown'] as const) {
      element.addEventListener(kind, () => {
        this.#moved = true;
      });
    }
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    const grid = { color: faded(palette.line, 0.5) };
    this.#chart.applyOptions({
      layout: {
        background: { color: palette.ground },
        textColor: palette.muted,
        fontFamily: palette.font,
        fontSize: 11,
        panes: { separatorColor: palette.line },
      },
      grid: { vertLines: grid, horzLines: grid },
      rightPriceScale: { borderColor: palette.line },
      timeScale: { borderColor: palette.line },
      crosshair: { mode: 0 },
    });
    this.#candles.applyOptions({
      upColor: palette.up,
      downColor: palette.down,
      borderUpColor: palette.up,
      borderDownColor: palette.down,
      wickUpColor: palette.up,
      wickDownColor: palette.down,
    });
    if (this.#answer !== null) this.#draw(this.#answer);
  }

  show(answer: BarsAnswer, shift: Shift): void {
    const other =
      this.#answer?.symbol !== answer.symbol || this.#answer.interval !== answer.interval;
    this.#answer = answer;
    this.#shift = shift;
    if (other) this.#moved = false;
    this.#draw(answer);
    if (!this.#moved) this.fit();
  }

  #shift: Shift = () => 0;

  /** All bars; few of them stay slim, and stand at the right, where the cursor is. */
  fit(): void {
    this.#moved = false;
    const scale = this.#chart.timeScale();
    const slots = scale.width() / CANDLE_MAX;
    const candles = this.#points.size + this.#holes;
    // The first label of the axis has room to be read.
    const from = Math.min(candles - slots, -candles * LEFT_ROOM);
    scale.setVisibleLogicalRange({ from: from - 0.5, to: candles - 0.5 });
  }

  #draw(answer: BarsAnswer): void {
    const shift = this.#shift;
    const palette = this.#palette;
    this.#candles.setData(candlesOf(answer, shift, palette));
    this.#volumes.setData(volumesOf(answer, shift, palette));
    const gaps = gapsOf(answer, shift, palette);
    this.#gaps.setData(gaps);
    this.#holes = gaps.length;
    this.#drawLines(answer, shift);
    this.#markers.setMarkers(this.#markersOf(answer, shift));
    this.#points = new Map(
      answer.opened.map((opened, row) => [seconds(opened, shift), { row, seq: answer.seq[row]! }]),
    );
    const { unfinished } = answer;
    if (unfinished !== null) {
      const row = answer.opened.length;
      this.#points.set(seconds(unfinished.opened, shift), { row, seq: unfinished.seq });
    }
  }

  /** Lines are made anew only where others are to be shown: what is there is moved. */
  #drawLines(answer: BarsAnswer, shift: Shift): void {
    const names = answer.indicators.map(({ key, output }) => `${key} ${output}`).join();
    if (names !== this.#lineNames) {
      for (const line of this.#lines) this.#chart.removeSeries(line);
      let pane = 0;
      const panes = new Map<string, number>();
      this.#lines = answer.indicators.map(({ key, overlay }) => {
        if (!overlay && !panes.has(key)) panes.set(key, ++pane);
        const options = { lineWidth: 1, priceLineVisible: false, lastValueVisible: false } as const;
        return this.#chart.addSeries(LineSeries, options, overlay ? 0 : panes.get(key)!);
      });
      this.#lineNames = names;
    }
    for (const [i, line] of this.#lines.entries()) {
      line.applyOptions({ color: this.#palette.series[i % this.#palette.series.length]! });
      line.setData(pointsOf(answer.indicators[i]!, shift));
    }
  }

  #markersOf({ signals, opened }: BarsAnswer, shift: Shift): SeriesMarker<Time>[] {
    if (opened.length === 0) return [];
    return signals
      .filter((signal) => signal.opened >= opened[0]!)
      .map((signal) => {
        const buys = signal.side === 'buy';
        return {
          time: seconds(signal.opened, shift),
          position: buys ? 'belowBar' : 'aboveBar',
          shape: buys ? 'arrowUp' : 'arrowDown',
          color: buys ? this.#palette.up : this.#palette.down,
          size: 0.7,
        };
      });
  }

  /** Where bars stand, in pixels from the left of the chart; for tests. */
  xOf(row: number): number | null {
    const opened = this.#answer?.opened[row] ?? this.#answer?.unfinished?.opened;
    if (opened === undefined) return null;
    return this.#chart.timeScale().timeToCoordinate(seconds(opened, this.#shift));
  }

  yOf(price: number): number | null {
    return this.#candles.priceToCoordinate(price);
  }

  get width(): number {
    return this.#chart.timeScale().width();
  }

  close(): void {
    this.#chart.remove();
  }
}

function seconds(time: number, shift: Shift): UTCTimestamp {
  return Math.floor((time + shift(time)) / 1000) as UTCTimestamp;
}
