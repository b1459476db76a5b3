/**
 * What strategies could read of a symbol at some fact of a run, and why they may have kept silent: the answer to
 * "why is there no signal?".
 */
import type { Bar } from '../domain/bars.ts';
import type { Fact, FactOf } from '../domain/facts.ts';
import type { HistoricalValue } from '../domain/historicalIndicator.ts';
import type { SessionData } from '../domain/sessionData.ts';
import {
  type IndicatorView,
  type MetricsView,
  type QualityView,
  SessionView,
} from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FactFilter } from './factFilter.ts';
import { startOf, stateAt } from './stateAt.ts';
import { absence, lastChangeOf } from './target.ts';

/** A symbol as it could be read. */
export interface SymbolReading {
  readonly symbol: string;
  /** Hidden from strategies until it has caught up. */
  readonly lagging: boolean;
  readonly bars: readonly {
    readonly interval: string;
    readonly count: number;
    readonly last: Bar | null;
  }[];
  readonly indicators: readonly (IndicatorView & { readonly warmup: number })[];
  readonly historicalIndicators: readonly {
    readonly key: string;
    readonly value: HistoricalValue;
  }[];
  readonly quality: QualityView;
  /** Gaps of today. */
  readonly gaps: number;
  readonly metrics: MetricsView;
}

/** What a symbol of the session holds; null if it is not in it. */
export function readingOf(
  data: SessionData,
  symbol: string,
  { qualityEnabled = true }: { qualityEnabled?: boolean } = {},
): SymbolReading | null {
  const view = new SessionView(data, { qualityEnabled }).symbol(symbol);
  const slots = data.symbols.get(symbol)?.indicators;
  if (view === undefined) return null;
  return {
    symbol,
    lagging: view.lagging,
    bars: view.intervals.map((interval) => {
      const bars = view.bars(interval)!;
      return { interval, count: bars.length, last: bars.at(-1) ?? null };
    }),
    indicators: view.indicators.map((indicator) => ({
      ...indicator,
      warmup: slots!.get(indicator.key)!.registered.warmup,
    })),
    historicalIndicators: view.historicalIndicators.map(({ key, value }) => ({ key, value })),
    quality: view.quality,
    gaps: view.gaps().length,
    metrics: view.metrics,
  };
}

export interface Silence {
  /** The fact up to which everything was known. */
  readonly seq: number;
  readonly at: MarketTime;
  readonly phase: string | null;
  readonly symbol: string;
  /** Null if the symbol is not in the session. */
  readonly reading: SymbolReading | null;
  /** What strategies could be called for at that instant, if they subscribe to it. */
  readonly news: readonly Fact[];
  /** Modules of the config that are enabled. */
  readonly strategies: readonly string[];
  /** The last signals for the symbol, and the last one for any. */
  readonly signals: readonly FactOf<'SignalEmitted'>[];
  readonly lastSignal: FactOf<'SignalEmitted'> | null;
  /** In words, what keeps strategies from deciding. */
  readonly reasons: readonly string[];
}

const SIGNALS_SHOWN = 5;

/**
 * What strategies could read of `symbol` when fact `seq` had been recorded, and what they made of it so far.
 *
 * @throws {UsageError} for a symbol of which the log never had anything
 */
export function silenceOf(log: LogReader, symbol: string, seq: number): Silence {
  const change = lastChangeOf(log, symbol, seq);
  const { data } = stateAt(log, seq);
  const { strategies, qualityEnabled } = settingsOf(log);
  const reading = readingOf(data, symbol, { qualityEnabled });
  const news = newsAt(log, { symbol, at: data.now, to: seq });
  const types = ['SignalEmitted'];
  const signals = new FactFilter({ to: seq, types, symbols: [symbol] }).last(log, SIGNALS_SHOWN);
  const [lastSignal = null] = new FactFilter({ to: seq, types }).last(log, 1);
  const reasons =
    reading === null
      ? [absence(symbol, change)]
      : [...runReasons(data, strategies), ...symbolReasons(reading, news)];
  return {
    seq,
    at: data.now,
    phase: data.phase?.name ?? null,
    symbol,
    reading,
    news,
    strategies,
    signals: signals as FactOf<'SignalEmitted'>[],
    lastSignal: lastSignal as FactOf<'SignalEmitted'> | null,
    reasons,
  };
}

function settingsOf(log: LogReader) {
  const session = startOf(log)?.config.session_data_config as Settings | undefined;
  const strategies = (session?.strategies ?? [])
    .filter(({ enabled }) => enabled !== false)
    .map(({ module }) => String(module));
  const qualityEnabled = session?.gap_filler?.enable_session_quality !== false;
  return { strategies, qualityEnabled };
}

interface Settings {
  readonly strategies?: readonly { readonly module: unknown; readonly enabled?: boolean }[];
  readonly gap_filler?: { readonly enable_session_quality?: boolean };
}

/** Bars and values of the instant that strategies hear of: not what is caught up with, nor what is registered. */
function newsAt(
  log: LogReader,
  { symbol, at, to }: { symbol: string; at: MarketTime; to: number },
): Fact[] {
  const registered = new Set<number | null>();
  const news: Fact[] = [];
  const from = log.seek(at - 1) + 1;
  for (const fact of new FactFilter({ from, to, types: NEWS, symbols: [symbol] }).facts(log)) {
    if (fact.type === 'IndicatorRegistered') registered.add(fact.seq);
    else if (!('catchup' in fact) && !registered.has(fact.cause)) news.push(fact);
  }
  return news;
}

const NEWS = ['IndicatorRegistered', 'BarAppended', 'BarDerived', 'IndicatorUpdated'];

function runReasons(data: SessionData, strategies: readonly string[]): string[] {
  const reasons: string[] = [];
  if (strategies.length === 0) reasons.push('the config has no strategy that is enabled');
  if (!data.active) {
    reasons.push(
      `the market is not open: the run is in phase ${data.phase?.number ?? 0} ${data.phase?.name ?? ''}`.trimEnd(),
    );
  }
  return reasons;
}

function symbolReasons(reading: SymbolReading, news: readonly Fact[]): string[] {
  const { symbol, lagging, indicators } = reading;
  const reasons: string[] = [];
  if (lagging) {
    reasons.push(
      `${symbol} lags behind the clock: strategies do not see it until it has caught up`,
    );
  }
  if (news.length === 0) {
    reasons.push(
      `nothing new of ${symbol} came at that instant: strategies are called for bars and values only`,
    );
  }
  for (const { key, valid, interval, warmup } of indicators) {
    if (!valid) reasons.push(`${key} is not valid yet: it needs ${warmup} bars of ${interval}`);
  }
  return reasons;
}
