/** A metrics report as text in columns. */
import type { HitRate, MetricsReport } from './metricsReport.ts';
import type { TimingJson } from './timing.ts';

const LABEL = 26;
const CELL = 12;

/** Pure: everything in it is in the report. */
export function metricsText(report: MetricsReport): string {
  return [titleOf(report), countsText(report), timesText(report)].join('\n\n');
}

function titleOf({ kind, run, status, start_date, end_date }: MetricsReport): string {
  const days = start_date === end_date ? start_date : `${start_date} to ${end_date}`;
  return `${kind} report of ${run}: ${status}, ${days}`;
}

function countsText(report: MetricsReport): string {
  const { calendar, read_ahead } = report.cache;
  return [
    countRow('sessions ended', report.sessions),
    row('elapsed ms', [milliseconds(report.elapsed_ms)]),
    countRow('bars processed', report.bars_processed),
    countRow('bars per second', report.bars_per_second),
    countRow('bars derived', report.bars_derived),
    countRow('indicator updates', report.indicator_updates),
    countRow('signals', report.signals),
    countRow('frames', report.frames),
    countRow('events', report.events),
    countRow('log bytes', report.log_bytes),
    countRow('overruns', report.overruns),
    rateRow('calendar cache hits', calendar),
    rateRow('days read ahead', read_ahead),
  ].join('\n');
}

function timesText(report: MetricsReport): string {
  const { phases, data_loading, per_frame, backpressure } = report;
  return [
    row('', ['count', 'total ms', 'mean ms', 'min ms', 'max ms']),
    ...Object.entries(phases).map(([name, timing]) => timingRow(name.replace('_', ' '), timing)),
    timingRow('data loading, initial', data_loading.initial),
    timingRow('data loading, subsequent', data_loading.subsequent),
    timingRow('session duration', report.session_duration),
    timingRow('session gap', report.session_gap),
    timingRow('frame: processor', per_frame.processor),
    timingRow('frame: strategies', per_frame.strategies),
    timingRow('frame: total', per_frame.total),
    timingRow('coordinator → processor', backpressure.coordinator_to_processor),
    timingRow('processor → strategy', backpressure.processor_to_strategy),
    timingRow('waiting for the host', report.waiting_for_host),
  ].join('\n');
}

function timingRow(label: string, timing: TimingJson): string {
  const { count, total_ms, mean_ms, min_ms, max_ms } = timing;
  const times = [total_ms, mean_ms, min_ms, max_ms].map(milliseconds);
  return row(label, [counted(count), ...times]);
}

function countRow(label: string, count: number): string {
  return row(label, [counted(count)]);
}

function rateRow(label: string, { hits, misses, hit_rate }: HitRate): string {
  const rate = hit_rate === null ? '–' : `${hit_rate.toFixed(2)} %`;
  return `${row(label, [rate])}  (${counted(hits)} of ${counted(hits + misses)})`;
}

function row(label: string, cells: readonly string[]): string {
  return label.padEnd(LABEL) + cells.map((cell) => cell.padStart(CELL)).join('');
}

function milliseconds(ms: number | null): string {
  if (ms === null) return '–';
  const digits = ms >= 1 || ms === 0 ? 3 : 6;
  return ms.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function counted(count: number): string {
  return count.toLocaleString('en-US');
}
