/**
 * Which lines of the feed bars come from. The n-th bar that a session fed of a symbol is the n-th bar of its
 * `QueueLoaded`, whose provenance names file, fingerprint and the first line of every unbroken run of lines.
 */
import type { FactOf, ProvenanceRecord } from '../domain/facts.ts';
import type { MarketTime } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FactFilter, lastOf } from './factFilter.ts';

/** An unbroken run of lines of one source. */
export interface FeedLines {
  readonly source: string;
  /** File name; null for a source without files. */
  readonly file: string | null;
  /** SHA-256 of the file, hex. */
  readonly fingerprint: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** A bar with the load that read it and the line it was read from; null for one that was added by hand. */
export interface SourcedBar {
  readonly bar: FactOf<'BarAppended'>;
  readonly queue: FactOf<'QueueLoaded'> | null;
  readonly line: FeedLines | null;
}

/** Which base bars. */
export interface BarRange {
  readonly symbol: string;
  /** Of the first one at the earliest. */
  readonly opened: MarketTime;
  /** All of them opened before it. */
  readonly end: MarketTime;
  /** Seq of the last one at the latest. */
  readonly to: number;
}

/**
 * Base bars of a symbol, each as it was when fact `to` was recorded: a bar put in the place of another counts
 * for it. Decodes the frames with bars from the loading of their session on.
 *
 * @param queue the load with which to begin, at the latest that of the first bar
 */
export function barsFrom(
  log: LogReader,
  queue: FactOf<'QueueLoaded'> | undefined,
  { symbol, opened, end, to }: BarRange,
): SourcedBar[] {
  const found = new Map<MarketTime, SourcedBar>();
  const types = ['BarAppended', 'QueueLoaded'];
  const filter = new FactFilter({ from: queue?.seq ?? 1, to, types, symbols: [symbol] });
  let loaded = queue;
  let fed = 0;
  for (const fact of filter.facts(log)) {
    if (fact.type === 'QueueLoaded') {
      loaded = fact;
      fed = 0;
    } else if (fact.type === 'BarAppended') {
      const queue = fact.adhoc ? null : (loaded ?? null);
      const line = queue && lineAt(queue.provenance, fed);
      if (!fact.adhoc) fed += 1;
      if (fact.opened >= opened && fact.opened < end) {
        found.set(fact.opened, { bar: fact, queue, line });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.bar.opened - b.bar.opened);
}

/** A bar with where it comes from. */
export function sourced(log: LogReader, bar: FactOf<'BarAppended'>): SourcedBar {
  const { symbol, opened, seq } = bar;
  const none = { bar, queue: null, line: null };
  if (bar.adhoc) return none;
  const queue = lastOf(log, 'QueueLoaded', { to: seq, symbol });
  return barsFrom(log, queue, { symbol, opened, end: opened + 1, to: seq })[0] ?? none;
}

/** The line of bar `row`, counted from 0. */
function lineAt(provenance: readonly ProvenanceRecord[], row: number): FeedLines | null {
  return linesAt(provenance, { row, bars: 1 })[0] ?? null;
}

/** The lines of so many bars from bar `row` on, counted from 0. */
export function linesAt(
  provenance: readonly ProvenanceRecord[],
  { row, bars }: { readonly row: number; readonly bars: number },
): FeedLines[] {
  let before = 0;
  return provenance.flatMap((run) => {
    const from = Math.max(row, before) - before;
    const to = Math.min(row + bars, before + run.bars) - before;
    before += run.bars;
    if (to <= from) return [];
    return linesOf([{ ...run, first_line: run.first_line + from, bars: to - from }]);
  });
}

/** The lines of a provenance. */
export function linesOf(provenance: readonly ProvenanceRecord[]): FeedLines[] {
  return provenance.map(({ source, file, fingerprint, first_line, bars }) => {
    const lastLine = first_line + bars - 1;
    return { source, file, fingerprint, firstLine: first_line, lastLine };
  });
}

/** The same lines, those that follow on each other as one run. */
export function joined(lines: Iterable<FeedLines>): FeedLines[] {
  const runs: FeedLines[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    const goesOn =
      last !== undefined &&
      last.file === line.file &&
      last.fingerprint === line.fingerprint &&
      last.lastLine + 1 === line.firstLine;
    if (goesOn) runs[runs.length - 1] = { ...last, lastLine: line.lastLine };
    else runs.push(line);
  }
  return runs;
}
