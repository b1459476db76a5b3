/** Session indicators: registered anew every session, each on one series that runs through all of them. */
import { BarColumns } from '../domain/bars.ts';
import { spansSessions } from '../domain/derivation.ts';
import type { TradingDate } from '../domain/time.ts';
import { isBuiltIn } from '../indicators/registry.ts';
import type { Engine } from './engine.ts';
import { derivedDays, fillLongWindow } from './historyLoading.ts';
import { historySource, storedIntervals } from './historyNeeds.ts';
import type { IndicatorPlan } from './plans.ts';
import type { Runner } from './runner.ts';
import { createLane, type Lane, type Track } from './track.ts';

const BY = 'session/loading';

export function registerIndicators(engine: Engine, symbols: readonly string[]): void {
  for (const symbol of symbols) {
    const track = engine.known.get(symbol)!;
    if (!track.begun) beginSeries(engine, track, engine.plansOf(symbol));
    for (const plan of engine.plansOf(symbol)) {
      const lane = track.lane(plan.settings.interval);
      const runner = lane?.runners.find(({ key }) => key === plan.key);
      if (lane !== undefined && runner !== undefined)
        registerIndicator(engine, track, { lane, plan, runner });
    }
    engine.recorder.commit();
  }
}

/** Puts an indicator on the record, with the value its series has come to. */
export function registerIndicator(
  engine: Engine,
  { symbol }: Track,
  { lane, plan, runner }: { lane: Lane; plan: IndicatorPlan; runner: Runner },
  cause = engine.cause,
): void {
  const { key, definition, settings } = plan;
  beginToday(engine, lane, runner);
  const fields = {
    symbol,
    key,
    name: definition.name,
    interval: settings.interval,
    period: settings.period,
    params: { ...settings.params },
    outputs: [...definition.outputs],
    warmup: definition.warmup(settings),
  };
  const registered = engine.record('IndicatorRegistered', BY, fields, cause);
  engine.processor.announce(runner, registered);
}

/** Opens the session for an indicator, with the bars of today that are there already. */
export function beginToday(engine: Engine, { interval, bars }: Lane, runner: Runner): void {
  const { indicator } = runner;
  if (interval.intraday) indicator.startSession?.(engine.session);
  for (let i = 0; i < bars.length; i++) indicator.update(bars.at(i));
}

/**
 * Makes the symbol's indicators and brings them up to today: first the history before the run, then the run's
 * own earlier sessions. A symbol added on the third day so continues the series it would have had.
 *
 * @param since the day each indicator's series began with, by key, where it is made once more: history that came
 *   later for others is not of it
 */
export function beginSeries(
  engine: Engine,
  track: Track,
  plans: readonly IndicatorPlan[],
  since: ReadonlyMap<string, TradingDate> = new Map(),
): void {
  for (const plan of plans) {
    const lane = track.lane(plan.settings.interval);
    lane?.runners.push(createRunner(engine, track.symbol, plan));
  }
  for (const lane of track.lanes) {
    if (lane.runners.length > 0) warm(engine, track.symbol, lane, since);
    relive(engine, track, lane);
  }
  track.begun = true;
}

/**
 * Makes one more indicator on a lane of a symbol whose series are under way, brought up to the end of yesterday.
 *
 * @param isNew true for a lane that holds nothing yet: its windows are brought up with it
 */
export function joinSeries(
  engine: Engine,
  track: Track,
  lane: Lane,
  { plan, isNew }: { plan: IndicatorPlan; isNew: boolean },
): Runner {
  const runner = createRunner(engine, track.symbol, plan);
  // Windows that are open stay as they are: beside them others go the same way.
  const alone = isNew ? lane : createLane(lane.interval, lane.series, lane.window !== null);
  alone.runners.push(runner);
  warm(engine, track.symbol, alone, new Map());
  fillLongWindow(engine, track, alone);
  relive(engine, track, alone);
  if (!isNew) lane.runners.push(runner);
  track.ready = 0;
  track.due = track.earliestEnd();
  return runner;
}

function createRunner(engine: Engine, symbol: string, plan: IndicatorPlan): Runner {
  const { key, definition, settings } = plan;
  const outputs = definition.outputs;
  return {
    key,
    indicator: definition.create(settings),
    series: engine.recorder.seriesId({ symbol, name: key, outputs }),
    isAhead: isBuiltIn(definition),
    since: engine.firstSession.date,
    done: 0,
  };
}

/** Runs a lane's new indicators over the history before the run, each from a day on: the beginning of their series. */
function warm(
  engine: Engine,
  symbol: string,
  { interval, runners }: Lane,
  since: ReadonlyMap<string, TradingDate>,
): void {
  const source = historySource(interval.text, storedIntervals(engine, symbol));
  if (source === undefined) return;
  const need = { interval: interval.text, source, from: '', to: engine.firstSession.date };
  for (const { session, bars } of derivedDays(engine, symbol, need)) {
    for (const runner of runners) {
      if (session.date < (since.get(runner.key) ?? '')) continue;
      if (session.date < runner.since) runner.since = session.date;
      if (interval.intraday) runner.indicator.startSession?.(session);
      for (let i = 0; i < bars.length; i++) runner.indicator.update(bars.at(i));
    }
  }
}

/** Does for one lane what the run's earlier sessions would have done, had the symbol been there. */
function relive(engine: Engine, track: Track, lane: Lane): void {
  const { data, time, firstSession, base, processor } = engine;
  const history = data.historyOf(track.symbol, base.text);
  const long = lane.window !== null && spansSessions(lane.interval);
  if (!long && lane.runners.length === 0) return;
  for (const day of history?.days ?? []) {
    if (day.date < firstSession.date) continue;
    const session = time.session(day.date)!;
    const bars = new BarColumns(0);
    if (lane.window === null) bars.append(history!.columns, day.start, day.end);
    else {
      for (let i = day.start; i < day.end; i++) {
        const bar = history!.columns.at(i);
        if (lane.window.holds && lane.window.end <= bar.opened) processor.close(lane, bars);
        processor.fill(track, lane, session, bar);
      }
      if (lane.window.holds && lane.window.end <= session.close) processor.close(lane, bars);
    }
    for (const { indicator } of lane.runners) {
      if (lane.interval.intraday) indicator.startSession?.(session);
      for (let i = 0; i < bars.length; i++) indicator.update(bars.at(i));
    }
  }
  track.due = Number.POSITIVE_INFINITY;
}
