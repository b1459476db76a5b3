/** Symbols, bars and indicators as tables. They show what the view shows: nothing after the clock. */
import type { Bar, IndicatorView, SymbolView } from '../../index.ts';
import { valueText } from '../../inspect/factText.ts';
import { aligned, counted, plural } from '../table.ts';
import type { Shell } from './shell.ts';

/** One line a symbol, ascending. */
export function symbolsTable({ session: { view } }: Shell): string {
  const rows = view.symbols.toSorted().map((name) => {
    const symbol = view.symbol(name)!;
    const { open, high, low, last, volume, vwap, bars } = symbol.metrics;
    const prices = [last, open, high, low, vwap].map(price);
    const { indicators } = symbol;
    const valid = indicators.filter((indicator) => indicator.valid).length;
    return [
      ...[name, ...prices, counted(volume), counted(bars), percent(symbol.quality.value)],
      `${valid} of ${indicators.length}`,
      symbol.addedBy,
    ];
  });
  const prices = ['last', 'open', 'high', 'low', 'vwap'];
  const head = ['symbol', ...prices, 'volume', 'bars', 'quality', 'valid', 'added by'];
  return aligned([head, ...rows], 'lrrrrrrrrrl');
}

/** How many bars of each interval the symbol's page shows. */
const BARS_SHOWN = 5;

/** Everything of one symbol, the last bars of its base among it. */
export function symbolText(symbol: SymbolView, shell: Shell): string {
  const { base, quality, metrics } = symbol;
  const { open, high, low, last, volume, vwap } = metrics;
  const { present, expected, value } = quality;
  const about = [
    ['added', `by ${symbol.addedBy} at ${shell.clock(symbol.addedAt)}`],
    ['last', `${price(last)}, open ${price(open)}, high ${price(high)}, low ${price(low)}`],
    ['volume', `${counted(volume)}, vwap ${price(vwap)}`],
    ['quality', `${percent(value)}, ${counted(present)} of ${counted(expected)} ${base} bars`],
    ['gaps', gapsText(symbol, shell)],
  ];
  const parts = [
    `${symbol.symbol}\n${aligned(about, 'll')}`,
    intervalsTable(symbol, shell),
    barsTable(symbol, { interval: base, count: BARS_SHOWN }, shell),
    indicatorsTable(symbol.indicators, shell),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The last bars of an interval. */
export function barsTable(
  symbol: SymbolView,
  { interval, count }: { interval: string; count: number },
  shell: Shell,
): string {
  const bars = symbol.bars(interval)!;
  const shown = Math.min(count, bars.length);
  if (shown === 0) return `no ${interval} bar of ${symbol.symbol} yet`;
  const rows = Array.from({ length: shown }, (_, i) => barRow(bars.at(i - shown)!, shell));
  const head = [interval, 'open', 'high', 'low', 'close', 'volume', 'base bars'];
  return aligned([head, ...rows], 'lrrrrrr');
}

/** Keys and values; empty if there are none. */
export function indicatorsTable(indicators: readonly IndicatorView[], shell: Shell): string {
  if (indicators.length === 0) return '';
  const rows = indicators.map(({ key, value, valid, updated }) => [
    key,
    updated === null ? '' : shell.clock(updated),
    valid ? 'valid' : 'warming up',
    valueText(value),
  ]);
  return aligned([['indicator', 'updated', '', 'value'], ...rows], 'llll');
}

/** The bars of earlier days, one line an interval; empty if there are none. */
export function historyTable(symbol: SymbolView): string {
  const rows = symbol.historyIntervals.map((interval) => {
    const history = symbol.history(interval)!;
    const { dates } = history;
    const quality = symbol.historicalQuality(interval);
    return [
      interval,
      dates[0] ?? '',
      dates.at(-1) ?? '',
      counted(dates.length),
      counted(history.bars().length),
      quality === undefined ? '' : percent(quality.value),
    ];
  });
  if (rows.length === 0) return '';
  return aligned([['history', 'from', 'to', 'days', 'bars', 'quality'], ...rows], 'lllrrr');
}

function intervalsTable(symbol: SymbolView, shell: Shell): string {
  const rows = symbol.intervals.map((interval) => {
    const bars = symbol.bars(interval)!;
    const last = bars.at(-1);
    return [
      interval,
      interval === symbol.base ? 'fed' : 'derived',
      counted(bars.length),
      last === undefined ? '' : shell.clock(last.opened),
      last === undefined ? '' : price(last.close),
    ];
  });
  return aligned([['interval', '', 'bars', 'last bar', 'close'], ...rows], 'llrlr');
}

function barRow(bar: Bar, shell: Shell): string[] {
  const { opened, open, high, low, close, volume, count, expected } = bar;
  const prices = [open, high, low, close].map(price);
  return [shell.clock(opened), ...prices, counted(volume), `${count} of ${expected}`];
}

function gapsText(symbol: SymbolView, shell: Shell): string {
  const gaps = symbol.gaps();
  const last = gaps.at(-1);
  if (last === undefined) return 'none';
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const [start, end] = [shell.clock(last.start), shell.clock(last.end)];
  return `${gaps.length}, ${plural(missing, 'bar')} missing, the last from ${start} to ${end}`;
}

function price(value: number | null): string {
  if (value === null) return '-';
  const [whole, decimals = ''] = String(Number(value.toFixed(4))).split('.');
  return `${whole}.${decimals.padEnd(2, '0')}`;
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}
