/**
 * A base bar that is added by hand to a symbol of the session, also where its window has closed: what follows
 * from it is corrected by new facts, and what was seen before stays as it was seen.
 */
import { isoInZone } from '../domain/calendar/display.ts';
import type { Engine } from './engine.ts';
import type { ChangeWish } from './inbox.ts';
import { beginToday } from './indicatorSeries.ts';
import { loadPast } from './lateIndicator.ts';
import { type Rebuilt, rebuild } from './rebuilding.ts';
import type { Track } from './track.ts';

type BarWish = Extract<ChangeWish, { kind: 'bar' }>;

/** @returns why it is not added; empty if it is */
export async function addAdhocBar(
  engine: Engine,
  track: Track,
  wish: BarWish,
  received: number,
): Promise<string> {
  const refusal = refusalOf(engine, track, wish);
  if (refusal !== '') return refusal;
  const { symbol, bar, replace } = wish;
  const unread = await loadPast(engine, symbol, null, received);
  if (unread !== '') return unread;
  const { bars } = track.base;
  const row = bars.lowerBound(bar.opened);
  const isLast = row === bars.length;
  const isNew = !bars.isAt(row, bar.opened);
  const whole = { ...bar, count: 1, expected: 1 };
  const seq = engine.processor.appendAdhoc(track.base, whole, received);
  engine.handmade.keep(symbol, engine.session.date, bar, replace || engine.isLoaded(symbol));
  if (isLast) track.lastSeq = seq;
  if (isNew && engine.loop !== null) engine.loop.bars += 1;
  if (isNew) engine.quality.takeLate(track, engine.session, { opened: bar.opened, seq });
  const derived = rebuild(engine, track, seq);
  updateIndicators(engine, track, [
    { lane: track.base, changed: seq, appended: isLast },
    ...derived,
  ]);
  return '';
}

function refusalOf(engine: Engine, track: Track, { interval, bar, replace }: BarWish): string {
  const { base, session, recorder, time } = engine;
  if (interval !== base.text) {
    return `it is a bar of ${interval}: only base bars, here ${base.text}, can be added`;
  }
  const { opened } = bar;
  const text = (at: number) => isoInZone(at, time.calendar.zone);
  const within = opened >= session.open && opened < session.close;
  const onGrid = base.intraday ? (opened - session.open) % base.ms === 0 : opened === session.open;
  if (!within || !onGrid) {
    return `no ${base.text} bar of the session of ${session.date} opens at ${text(opened)}`;
  }
  const end = base.intraday ? Math.min(opened + base.ms, session.close) : session.close;
  if (end > recorder.at) return `it ends at ${text(end)}, after the clock at ${text(recorder.at)}`;
  const { bars } = track.base;
  if (bars.isAt(bars.lowerBound(opened), opened) && !replace) {
    return `a bar opened at ${text(opened)} is there: use replace to overwrite it`;
  }
  return '';
}

/** One update with the present value for each indicator whose bars have changed. */
function updateIndicators(engine: Engine, track: Track, rebuilt: readonly Rebuilt[]): void {
  const { indicators } = engine.data.symbols.get(track.symbol)!;
  for (const { lane, changed, appended } of rebuilt) {
    for (const runner of lane.runners) {
      beginToday(engine, lane, runner);
      if (changed === 0) continue;
      const before = indicators.get(runner.key)?.seq ?? 0;
      const extra = appended ? null : { corrects: before };
      engine.processor.announce(runner, changed, extra);
    }
  }
}
