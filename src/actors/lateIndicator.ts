/**
 * An indicator that is asked for while the session runs, on one symbol that is there: from then on it is as if it
 * had been in the config from the start.
 */
import { chooseBase } from '../domain/config/requirements.ts';
import { sentenceOf } from '../domain/errors.ts';
import { compareIntervals, parseInterval } from '../domain/interval.ts';
import { ATTEMPTS } from '../machines/loading.machine.ts';
import type { Engine } from './engine.ts';
import { loadMissingOf } from './historyLoading.ts';
import { needsToBegin } from './historyNeeds.ts';
import { joinSeries, registerIndicator } from './indicatorSeries.ts';
import { readStored } from './loading.ts';
import type { IndicatorPlan } from './plans.ts';
import { bringUp } from './rebuilding.ts';
import { createLane, type Lane, type Track } from './track.ts';

const BY = 'session/loading';

/** @returns why it is not registered; empty if it is */
export async function registerLate(
  engine: Engine,
  track: Track,
  plan: IndicatorPlan,
  received: number,
): Promise<string> {
  const { symbol } = track;
  const { key, settings } = plan;
  if (engine.plansOf(symbol).some((known) => known.key === key)) {
    return `"${key}" is registered on "${symbol}" already`;
  }
  const base = engine.base.text;
  const chosen = chooseBase([base, settings.interval], [base]);
  if (!chosen.ok) return chosen.reasons.join('; ');
  const unread = await loadPast(engine, symbol, plan, received);
  if (unread !== '') return unread;
  engine.extras.set(symbol, [...(engine.extras.get(symbol) ?? []), plan]);
  const known = track.lane(settings.interval);
  const lane = known ?? addLane(engine, track, plan, received);
  const runner = joinSeries(engine, track, lane, { plan, isNew: known === undefined });
  if (known === undefined) {
    bringUp(engine, track, lane, received);
    track.due = track.earliestEnd();
  }
  registerIndicator(engine, track, { lane, plan, runner }, received);
  return '';
}

/**
 * Reads what a symbol's series need of earlier days, with one more indicator if `plan` is given, as far as the
 * session does not hold it.
 *
 * @returns why it cannot be read; empty if it is there
 */
export async function loadPast(
  engine: Engine,
  symbol: string,
  plan: IndicatorPlan | null,
  received: number,
): Promise<string> {
  const needs = needsToBegin(engine, symbol, plan);
  try {
    await engine.replay?.turn('session');
    const told = engine.replay?.world?.refusalOf(received);
    if (told !== undefined) throw new Error(told);
    const read = await insisting(engine, () => readStored(engine, symbol, needs));
    if (engine.over) return 'the run is over';
    engine.cause = received;
    loadMissingOf(engine, symbol, needs, read);
    return '';
  } catch (error) {
    return sentenceOf(error);
  }
}

/** What could be read when it was recorded is tried again where it is executed again, as often as a load is. */
async function insisting<T>({ replay }: Engine, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const isPast = replay !== null && replay.world !== null;
      if (!isPast || attempt === ATTEMPTS) throw error;
    }
  }
}

/** A further derived interval of a symbol in the session; its bars so far follow. */
function addLane(engine: Engine, track: Track, plan: IndicatorPlan, received: number): Lane {
  const { symbol } = track;
  const { interval } = plan.settings;
  engine.record('IntervalAdded', BY, { symbol, interval }, received);
  engine.required.set(symbol, [...(engine.required.get(symbol) ?? []), interval]);
  const { recorder, data } = engine;
  const lane = createLane(
    parseInterval(interval),
    recorder.seriesId({ symbol, name: interval }),
    true,
  );
  lane.bars = data.symbols.get(symbol)!.bars.get(interval)!.bars;
  const [base, ...derived] = [...track.lanes, lane];
  derived.sort((a, b) => compareIntervals(a.interval.text, b.interval.text));
  track.lanes.splice(0, track.lanes.length, base!, ...derived);
  return lane;
}
