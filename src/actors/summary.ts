/** What came out of a run, as `openbell run --json` prints it. */
import { expectedBars, qualityOf } from '../domain/sessionView.ts';
import type { Engine } from './engine.ts';

export interface RunSummary {
  readonly run: string;
  readonly chain_hash: string;
  readonly status: 'running' | 'completed' | 'failed' | 'stopped';
  readonly sessions: number;
  /** How many facts of each type, by type. */
  readonly facts: Readonly<Record<string, number>>;
  /** Over the whole run; `quality` in percent of the base bars expected. */
  readonly symbols: Readonly<Record<string, SymbolSummary>>;
  readonly signals: number;
  /** Host time. */
  readonly seconds: number;
  readonly bars_per_second: number;
  /** The run folder; null if the log is in memory. */
  readonly log: string | null;
  /** Why it failed; null if it did not. */
  readonly reason: string | null;
  /** What was probably not meant, a sentence each. */
  readonly warnings: readonly string[];
}

export interface SymbolSummary {
  readonly bars: number;
  readonly derived: number;
  readonly quality: number;
}

export function summaryOf(
  engine: Engine,
  host: Pick<RunSummary, 'run' | 'log' | 'status' | 'seconds' | 'reason'>,
): RunSummary {
  const { recorder, config } = engine;
  const enabled = config.session_data_config.gap_filler.enable_session_quality;
  const symbols: Record<string, SymbolSummary> = {};
  for (const symbol of [...engine.totals.keys()].sort()) {
    const { bars, expected: closed, derived } = engine.totalsOf(symbol);
    const expected = closed + expectedToday(engine, symbol);
    symbols[symbol] = { bars, derived, quality: qualityOf(bars, expected, enabled) };
  }
  const { run, log, status, seconds, reason } = host;
  return {
    run,
    chain_hash: recorder.log.chainHash(),
    status,
    sessions: recorder.data.sessions,
    facts: Object.fromEntries([...recorder.tally.facts].sort(([a], [b]) => (a < b ? -1 : 1))),
    symbols,
    signals: recorder.data.signals,
    seconds,
    bars_per_second: seconds > 0 ? Math.round(engine.barsSoFar / seconds) : 0,
    log,
    reason,
    warnings: engine.strategies.warnings,
  };
}

/** Base bars expected so far of a session that has not closed. */
function expectedToday(engine: Engine, symbol: string): number {
  const { loop, recorder, session, tracks } = engine;
  const track = tracks.find((known) => known.symbol === symbol);
  if (loop === null || loop.closed || !track?.fed) return 0;
  return expectedBars(engine.base.text, session, recorder.at);
}
