/** Explanations as JSON objects: keys in snake_case, times in ISO 8601 UTC. */
import { isoUtc } from '../domain/calendar/display.ts';
import type { Fact } from '../domain/facts.ts';
import type { Explained } from './causes.ts';
import type { Effect } from './effects.ts';
import { factJson } from './factJson.ts';
import type { Silence, SymbolReading } from './readings.ts';

/** A fact, of history without the bars: those are many. */
function briefJson(fact: Fact): Record<string, unknown> {
  const { columns: _, ...json } = factJson(fact);
  return json;
}

export function explainedJson(explained: Explained): Record<string, unknown> {
  const { fact, role, lines, because, omitted } = explained;
  return {
    fact: briefJson(fact),
    role,
    lines: lines.map(({ source, file, fingerprint, firstLine, lastLine }) => {
      return { source, file, fingerprint, first_line: firstLine, last_line: lastLine };
    }),
    because: because.map(explainedJson),
    omitted,
  };
}

export function effectJson({ fact, from, depth }: Effect): Record<string, unknown> {
  return { ...briefJson(fact), effect_of: from, depth };
}

export function readingJson(reading: SymbolReading): Record<string, unknown> {
  const { symbol, lagging, bars, indicators, historicalIndicators, quality, gaps, metrics } =
    reading;
  return {
    symbol,
    lagging,
    bars: bars.map(({ interval, count, last }) => {
      return { interval, count, last: last && { ...last, opened: isoUtc(last.opened) } };
    }),
    indicators: indicators.map(({ updated, ...rest }) => {
      return { ...rest, updated: updated === null ? null : isoUtc(updated) };
    }),
    historical_indicators: historicalIndicators,
    quality,
    gaps,
    metrics: { ...metrics, updated: metrics.updated === null ? null : isoUtc(metrics.updated) },
  };
}

export function silenceJson(silence: Silence): Record<string, unknown> {
  const { seq, at, phase, symbol, reading, news, strategies, signals, lastSignal, reasons } =
    silence;
  return {
    seq,
    at: isoUtc(at),
    phase,
    symbol,
    reading: reading && readingJson(reading),
    news: news.map(factJson),
    strategies,
    signals: signals.map(factJson),
    last_signal: lastSignal && factJson(lastSignal),
    reasons,
  };
}
