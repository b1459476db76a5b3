/** Calculates what the config asks of earlier days: before every session, for every symbol that is loaded. */
import type { Fields } from '../domain/facts.ts';
import { valueFrom } from '../domain/frame.ts';
import { MINUTE_MS, type TradingDate } from '../domain/time.ts';
import { TrailingValues } from '../domain/trailing.ts';
import type { Engine } from './engine.ts';
import type { TrailingPlan } from './historicalPlans.ts';
import { HistoricalSeries } from './historicalSeries.ts';
import { dayBefore, historySource, storedIntervals } from './historyNeeds.ts';
import type { Track } from './track.ts';

const BY = 'session/processor';

type Calculated = Omit<Fields<'HistoricalIndicatorCalculated'>, 'symbol' | 'open'>;

export function calculateHistorical(engine: Engine, symbols: readonly string[]): void {
  const yesterday = dayBefore(engine) ?? '';
  for (const symbol of symbols) {
    if (engine.requests.get(symbol)?.light) continue;
    for (const plan of engine.historical.trailing) {
      record(engine, symbol, plan.interval, trailing(engine, symbol, plan));
    }
    const track = engine.known.get(symbol)!;
    if (track.historical.length === 0) beginSeries(engine, track);
    for (const series of track.historical) {
      const source = continueSeries(engine, track, series);
      record(engine, symbol, source, calculated(series));
    }
    track.historicalTo = yesterday;
    engine.recorder.commit();
  }
}

/** @param interval of the history it was made of: what brought that is its cause */
function record(engine: Engine, symbol: string, interval: string, fields: Calculated): void {
  const cause = engine.data.historyOf(symbol, interval)?.told?.seq ?? engine.cause;
  const { open } = engine.session;
  engine.record('HistoricalIndicatorCalculated', BY, { symbol, open, ...fields }, cause);
}

function trailing(engine: Engine, symbol: string, plan: TrailingPlan): Calculated {
  const { key, rule, interval } = plan;
  const { session, time } = engine;
  const { dates, holds } = engine.historical.window(plan, session.date, time);
  const daily = rule.granularity === 'daily';
  const slots = daily ? 1 : Math.ceil((session.close - session.open) / MINUTE_MS);
  const values = new TrailingValues(rule.type, slots);
  const history = engine.data.historyOf(symbol, interval);
  let days = 0;
  let bars = 0;
  for (const { date, start, end } of history?.days ?? []) {
    if (!holds.has(date)) continue;
    const { open } = time.session(date)!;
    const { opened, [rule.field]: column } = history!.columns;
    days += 1;
    for (let i = start; i < end; i++) {
      const slot = daily ? 0 : (opened[i]! - open) / MINUTE_MS;
      // The session to come closes early: minutes that it has not are not of it.
      if (slot >= slots) break;
      values.add(slot, column[i]!);
      bars += 1;
    }
  }
  const value = daily ? values.at(0) : Array.from({ length: slots }, (_, i) => values.at(i));
  const range = { from: dates[0] ?? null, to: dates.at(-1) ?? null };
  return { key, config: { ...rule }, value, ...range, days, bars };
}

function beginSeries(engine: Engine, track: Track): void {
  const { incomplete } = engine.config.session_data_config.derivation;
  const stored = storedIntervals(engine, track.symbol);
  track.historical = engine.historical.indicators.map((plan) => {
    const interval = historySource(plan.settings.interval, stored)!;
    return new HistoricalSeries(plan, { interval, incomplete, days: engine.days });
  });
}

/** Feeds the days since it was fed last: all that history has when it begins. @returns their interval */
function continueSeries(engine: Engine, track: Track, series: HistoricalSeries): string {
  const { data, time, session } = engine;
  const after: TradingDate = track.historicalTo;
  const { interval } = series.source;
  const history = data.historyOf(track.symbol, interval);
  for (const day of history?.days ?? []) {
    if (day.date <= after || day.date >= session.date) continue;
    series.addDay(history!.columns, day, time.session(day.date)!);
  }
  series.close(session.open);
  return interval;
}

function calculated({ plan, out, from, to, days, bars }: HistoricalSeries): Calculated {
  const { key, definition, config } = plan;
  const cells = out.map((cell) => (Number.isFinite(cell) ? cell : Number.NaN));
  return { key, config, value: valueFrom(definition.outputs, cells, 0), from, to, days, bars };
}
