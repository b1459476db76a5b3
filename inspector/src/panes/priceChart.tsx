/** The market up to the cursor. */
import { signal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { BarsAnswer } from '../../../src/inspect/protocol.ts';
import { jump } from '../commands/moves.ts';
import { available, bars, drawn } from '../data/bars.ts';
import { debug } from '../data/debug.ts';
import { run, shown } from '../data/run.ts';
import { paletteOf } from '../draw/palette.ts';
import { type ChartPoint, PriceChart } from '../draw/priceChart.ts';
import { countOf, dateOf, timeOf, zoneShift } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { theme } from '../state/theme.ts';
import { Empty, Pane, Problem } from '../ui/pane.tsx';

const hovered = signal<ChartPoint | null>(null);

export function Chart() {
  const answer = bars.value.value;
  return (
    <Pane
      id="chart"
      title="Chart"
      hint="The bars that had closed by the cursor. Click a candle to go to the fact that completed it."
      aside={<Choice />}
    >
      <Problem text={bars.problem.value} />
      <Legend answer={answer} />
      {answer === null || (answer.opened.length === 0 && answer.unfinished === null) ? (
        <Empty>
          {shown.value === null
            ? 'No symbol is in the session at this point of the run.'
            : `No bar of ${shown.value.symbol} has closed in this session yet.`}
        </Empty>
      ) : null}
      <Canvas answer={answer} />
    </Pane>
  );
}

function Choice() {
  const symbol = shown.value;
  if (symbol === null) return null;
  const symbols = run.value?.symbols ?? [];
  const pick = (patch: Parameters<typeof go>[0], field: HTMLElement) => {
    go(patch);
    field.blur();
  };
  return (
    <span class="choice">
      <select
        aria-label="Symbol"
        value={symbol.symbol}
        onChange={({ currentTarget }) => pick({ symbol: currentTarget.value }, currentTarget)}
      >
        {symbols.map((each) => (
          <option key={each.symbol} value={each.symbol}>
            {each.symbol}
          </option>
        ))}
      </select>
      <select
        aria-label="Interval"
        value={symbol.shownInterval.interval}
        onChange={({ currentTarget }) => pick({ interval: currentTarget.value }, currentTarget)}
      >
        {symbol.intervals.map(({ interval, derived }) => (
          <option key={interval} value={interval}>
            {interval}
            {derived ? '' : ' (fed)'}
          </option>
        ))}
      </select>
      <Indicators />
    </span>
  );
}

function Indicators() {
  if (available.value.length === 0) return null;
  const toggle = (key: string) => {
    const on = drawn.peek();
    go({ indicators: on.includes(key) ? on.filter((each) => each !== key) : [...on, key] });
  };
  return (
    <span class="indicators" role="group" aria-label="Indicators">
      {available.value.map(({ key }) => (
        <label key={key} class="check">
          <input type="checkbox" checked={drawn.value.includes(key)} onChange={() => toggle(key)} />
          <span>{key}</span>
        </label>
      ))}
    </span>
  );
}

/** The bar under the pointer, or the last one; what is missing; how good the data is. */
function Legend({ answer }: { readonly answer: BarsAnswer | null }) {
  if (answer === null) return <div class="legend" />;
  const { quality, gaps, unfinished } = answer;
  const row = hovered.value?.row ?? answer.opened.length - (unfinished === null ? 1 : 0);
  const bar = barAt(answer, row);
  return (
    <div class="legend">
      {bar !== null && (
        <span class={bar.unfinished ? 'is-unfinished' : ''}>
          <b>{timeOf(bar.opened)}</b> O {bar.open} H {bar.high} L {bar.low} C {bar.close} V{' '}
          {countOf(bar.volume)}{' '}
          {bar.count !== bar.expected && (
            <span class="muted">
              {bar.count} of {bar.expected} bars
            </span>
          )}{' '}
          {bar.unfinished ? 'unfinished' : `#${countOf(bar.seq)}`}
        </span>
      )}
      {quality !== null && (
        <span title="Bars there are, of those that could be there by now">
          quality {quality.value.toFixed(1)} % ({quality.present}/{quality.expected})
        </span>
      )}
      {gaps.length > 0 && (
        <span class="warn" title="Holes in what was fed, shaded in the chart">
          {gaps.length} {gaps.length === 1 ? 'gap' : 'gaps'}
        </span>
      )}
      {answer.perBucket > 1 && <span class="muted">{answer.perBucket} bars a candle</span>}
      {answer.indicators.map((line, i) => (
        <span key={`${line.key}${line.output}`} class={`of-series-${(i % 6) + 1}`}>
          ● {line.key}
          {line.output === null ? '' : `.${line.output}`}{' '}
          {line.value.at(-1)?.toLocaleString('en-US', { maximumFractionDigits: 4 }) ?? 'not ready'}
        </span>
      ))}
      <Attribution />
    </div>
  );
}

/** What the licence of the chart's library asks for. */
function Attribution() {
  return (
    <span class="attribution">
      Charts by{' '}
      <a
        href="https://www.tradingview.com/"
        target="_blank"
        rel="noreferrer"
        title="TradingView Lightweight Charts™, Copyright (c) 2025 TradingView, Inc."
      >
        TradingView Lightweight Charts™
      </a>
    </span>
  );
}

function barAt(answer: BarsAnswer, row: number) {
  const { opened, open, high, low, close, volume, count, expected, seq, unfinished } = answer;
  if (row === opened.length && unfinished !== null) return { ...unfinished, unfinished: true };
  if (row < 0 || row >= opened.length) return null;
  return {
    opened: opened[row]!,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
    count: count[row]!,
    expected: expected[row]!,
    seq: seq[row]!,
    unfinished: false,
  };
}

function Canvas({ answer }: { readonly answer: BarsAnswer | null }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart | null>(null);
  useEffect(() => {
    const drawnIn = element.current!;
    chart.current = new PriceChart(drawnIn, paletteOf(drawnIn), {
      pick: ({ seq }) => jump(seq),
      hover: (point) => {
        hovered.value = point;
      },
    });
    debug.chart = chart.current;
    return () => chart.current?.close();
  }, []);
  useEffect(() => {
    if (answer === null) return;
    chart.current?.show(answer, zoneShift);
    debug.bars = answer;
  }, [answer]);
  useSignalEffect(() => {
    void theme.value;
    // The style sheet follows the theme in the same turn, after this.
    queueMicrotask(() => element.current && chart.current?.paint(paletteOf(element.current)));
  });
  const last = answer?.opened.at(-1);
  const label =
    answer === null || last === undefined
      ? 'No bars'
      : `${answer.opened.length} candles of ${answer.symbol} ${answer.interval}, the last of ${dateOf(last)} ${timeOf(last)} closed at ${answer.close.at(-1)}; cursor at ${timeOf(answer.time)}, fact ${answer.at}`;
  return (
    <div
      class={`canvas${last === undefined && answer?.unfinished == null ? ' is-empty' : ''}`}
      role="img"
      aria-label={label}
      data-wide={place.value.wide}
      ref={element}
    />
  );
}
