/** The state of a run for people: where it is, and a line for each symbol. */
import { isoInZone } from '../domain/calendar/display.ts';
import type { SessionData } from '../domain/sessionData.ts';
import type { IndicatorView, SessionView, SymbolView } from '../domain/sessionView.ts';
import type { Tally } from '../domain/tally.ts';
import type { MarketTime } from '../domain/time.ts';
import { aligned, counted, plural } from './table.ts';

interface Shown {
  readonly data: SessionData;
  readonly view: SessionView;
  readonly tally: Tally;
  /** Seq of the last fact of the log. */
  readonly last: number;
}

export function stateText({ data, view, tally, last }: Shown, zone: string): string {
  const clock = (time: MarketTime) => isoInZone(time, zone);
  const { phase, session } = data;
  const rows = [
    ['fact', `${counted(data.seq)} of ${counted(last)}`],
    ['market time', clock(data.now)],
    ['phase', phase === null ? 'none yet' : `${phase.number} ${phase.name} ${phase.date ?? ''}`],
    ['session', session === null ? 'none' : `${clock(session.open)} to ${clock(session.close)}`],
    ['run', `${data.status}, ${plural(data.sessions, 'session')} ended`],
    ['signals', counted(data.signals)],
    ['frames', counted(tally.frames)],
  ];
  const refused = [...data.refused].map(([symbol, reason]) => [symbol, `refused: ${reason}`]);
  const parts = [aligned(rows, 'll'), symbolsText(view), aligned(refused, 'll')];
  return parts.filter((part) => part !== '').join('\n\n');
}

function symbolsText(view: SessionView): string {
  const symbols = view.symbols.map((name) => view.symbol(name)!);
  if (symbols.length === 0) return '';
  const head = ['symbol', 'last', 'volume', 'bars', 'gaps', 'quality', 'indicators'];
  return aligned([head, ...symbols.map(symbolRow)], 'lrrlrrl');
}

function symbolRow(symbol: SymbolView): string[] {
  const { metrics, quality, indicators } = symbol;
  const bars = symbol.intervals.map((interval) => `${symbol.bars(interval)!.length}×${interval}`);
  return [
    symbol.symbol,
    metrics.last === null ? '' : String(metrics.last),
    counted(metrics.volume),
    bars.join(' '),
    counted(symbol.gaps().length),
    `${quality.value.toFixed(2)} %`,
    indicators.map(indicatorText).join(' '),
  ];
}

function indicatorText({ key, value, valid }: IndicatorView): string {
  const text = typeof value === 'number' ? value.toFixed(4) : value === null ? '–' : '{…}';
  return `${key}=${text}${valid ? '' : '?'}`;
}
