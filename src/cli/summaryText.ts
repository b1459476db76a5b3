/** What came out of a run, for people. */
import type { RunSummary } from '../actors/summary.ts';
import type { ResolvedWindow } from '../domain/timeManager.ts';
import { argument, spelled } from './invocation.ts';
import { aligned, counted, plural } from './table.ts';

/** What facts add up to. */
export interface SummaryCounts {
  readonly signalsBySide: ReadonlyMap<string, number>;
  readonly barsLeftOut: number;
  readonly rowsSkipped: number;
}

/** What the summary of a run does not hold itself. */
export interface SummaryDetails extends SummaryCounts {
  readonly window: ResolvedWindow;
  /** Times real time; 0 if data-driven. */
  readonly speed: number;
  readonly overruns: number;
}

/** Longer tables push what matters off the screen. */
const SYMBOLS_SHOWN = 20;

export function summaryText(summary: RunSummary, details: SummaryDetails): string {
  const { run, status, sessions, facts, chain_hash, log } = summary;
  const { window, speed, overruns } = details;
  const { start, end, sessions: days } = window;
  const all = Object.values(facts).reduce((sum, count) => sum + count, 0);
  const rate = `${counted(summary.bars_per_second)} bars/s`;
  const rows = [
    ['sessions', `${counted(sessions)} of ${counted(days)}, ${start} to ${end}`],
    ['indicator updates', counted(facts.IndicatorUpdated ?? 0)],
    ...dataRows(details),
    ...scansRow(facts),
    ['signals', signalsText(summary.signals, details.signalsBySide)],
    ['facts', counted(all)],
    ['time', `${summary.seconds.toFixed(2)} s, ${rate}`],
    ...(speed > 0
      ? [['speed', `${counted(speed)}× real time, ${plural(overruns, 'overrun')}`]]
      : []),
    ['chain hash', chain_hash],
    ['log', log === null ? 'in memory' : argument(log)],
  ];
  return [`${run}: ${status}`, symbolsText(summary), aligned(rows, 'll')].join('\n\n');
}

/** The commands that most users want next. @param parent folder of the run that this one was forked from */
export function nextCommands({ log, signals, run }: RunSummary, parent?: string): string {
  if (log === null) return '';
  const folder = argument(log);
  const filter = signals > 0 ? '--type SignalEmitted' : '--limit 20';
  const commands =
    parent === undefined
      ? [
          `inspect ${folder}`,
          `log ${folder} ${filter}`,
          `export ${folder} --out ${argument(`${run}.json`)}`,
        ]
      : ['diff', 'inspect'].map((command) => `${command} ${argument(parent)} ${folder}`);
  return `Next:\n${commands.map((command) => `  ${spelled(command)}`).join('\n')}`;
}

/** Data that was not used: most often the times of a file are not what its source says. */
function dataRows({ barsLeftOut, rowsSkipped }: SummaryCounts): string[][] {
  const rows: string[][] = [];
  if (barsLeftOut > 0) {
    const bars = `${plural(barsLeftOut, 'bar')} outside of the sessions`;
    rows.push(['left out', `${bars}: see BarsLeftOut in the log`]);
  }
  if (rowsSkipped > 0) {
    rows.push(['skipped', `${plural(rowsSkipped, 'bad row')}: see RowsSkipped in the log`]);
  }
  return rows;
}

/** A scanner that failed does not stop a run: here it is seen. */
function scansRow({ ScanStarted = 0, ScanFailed = 0 }: RunSummary['facts']): string[][] {
  if (ScanStarted + ScanFailed === 0) return [];
  const failed =
    ScanFailed === 0 ? '' : `, ${counted(ScanFailed)} failed: see ScanFailed in the log`;
  return [['scans', `${counted(ScanStarted)}${failed}`]];
}

function symbolsText({ symbols }: RunSummary): string {
  const entries = Object.entries(symbols);
  const rows = entries
    .slice(0, SYMBOLS_SHOWN)
    .map(([symbol, { bars, derived, quality }]) => [
      symbol,
      counted(bars),
      counted(derived),
      `${quality.toFixed(2)} %`,
    ]);
  const sum = (of: 'bars' | 'derived') =>
    counted(entries.reduce((total, [, symbol]) => total + symbol[of], 0));
  const head = ['symbol', 'base bars', 'derived', 'quality'];
  const total = [plural(entries.length, 'symbol'), sum('bars'), sum('derived'), ''];
  const hidden = entries.length - rows.length;
  const rest = hidden > 0 ? [[`(${counted(hidden)} more: --json shows all)`]] : [];
  const table = [head, ...rows, ...(entries.length > 1 ? [total] : [])];
  return aligned([...table, ...rest], 'lrrr');
}

function signalsText(signals: number, bySide: ReadonlyMap<string, number>): string {
  const sides = [...bySide].map(([side, count]) => `${side} ${counted(count)}`);
  return sides.length === 0 ? counted(signals) : `${counted(signals)} (${sides.join(', ')})`;
}
