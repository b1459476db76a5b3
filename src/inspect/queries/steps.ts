/** Where the cursor goes: the next bar, transition, phase or day; a time; a breakpoint. */

import { countIndicesWhile } from '../../domain/bisect.ts';
import { parseClock } from '../../domain/calendar/display.ts';
import { UsageError } from '../../domain/errors.ts';
import { instantIn, isSeq } from '../position.ts';
import type { Direction } from '../protocol/basics.ts';
import type { AtTimeAnswer, StepAnswer, StepUnit } from '../protocol/log.ts';
import { findFact } from './events.ts';
import type { InspectedRun } from './inspectedRun.ts';

export interface Step {
  readonly from: number;
  readonly unit: StepUnit;
  readonly dir: Direction;
  readonly symbol?: string | undefined;
}

export async function stepFrom(run: InspectedRun, step: Step): Promise<StepAnswer> {
  const seq = await targetOf(run, step);
  return { seq, at: seq === null ? null : run.index.timeOf(seq) };
}

async function targetOf(run: InspectedRun, step: Step): Promise<number | null> {
  const { from, unit, dir, symbol } = step;
  const { index } = run;
  const sign = dir === 'next' ? 1 : -1;
  switch (unit) {
    case 'event': {
      const seq = from + sign;
      return seq >= 1 && seq <= run.log.position ? seq : null;
    }
    case 'bar': {
      if (symbol === undefined) return index.nearest(from, 'BarAppended', sign);
      const q = `type:BarAppended symbol:${JSON.stringify(symbol)}`;
      return (await findFact(run, { from, dir, q })).seq;
    }
    case 'transition':
      return index.nearest(from, 'TransitionTaken', sign);
    case 'phase':
      return index.nearest(from, 'PhaseEntered', sign);
    case 'day':
      return nearestOf(daysOf(run), from, sign);
  }
}

function nearestOf(
  days: readonly { readonly first: number }[],
  from: number,
  sign: 1 | -1,
): number | null {
  const upTo = countIndicesWhile(days.length, (i) => days[i]!.first <= from);
  if (sign === 1) return days[upTo]?.first ?? null;
  const before = countIndicesWhile(days.length, (i) => days[i]!.first < from);
  return days[before - 1]?.first ?? null;
}

export interface IndexedDay {
  readonly date: string;
  readonly first: number;
  readonly last: number;
}

/** The trading days so far: each from the first phase that bears its date. */
export function daysOf({ index }: InspectedRun): IndexedDay[] {
  const starts: { date: string; first: number }[] = [];
  for (const { date, seq } of index.phases) {
    if (date !== null && date !== starts.at(-1)?.date) starts.push({ date, first: seq });
  }
  return starts.map(({ date, first }, i) => {
    return { date, first, last: (starts[i + 1]?.first ?? index.position + 1) - 1 };
  });
}

/** The last fact at or before a time in words; the first one, if the time is earlier. */
export function atTime(run: InspectedRun, time: string, from: number | undefined): AtTimeAnswer {
  const { index } = run;
  const { position } = run.log;
  if (isSeq(time)) {
    const seq = Math.min(Math.max(Number(time), Math.min(1, position)), position);
    return { seq, at: index.timeOf(seq) };
  }
  const seq = Math.max(Math.min(1, position), index.seek(instantOf(run, time, from)));
  return { seq, at: index.timeOf(seq) };
}

function instantOf(run: InspectedRun, time: string, from: number | undefined): number {
  const { calendar } = run.source;
  const epoch = /^@(\d+)$/.exec(time);
  if (epoch !== null) return Number(epoch[1]);
  if (!/^\d{1,2}:/.test(time)) return instantIn(time, calendar);
  const days = daysOf(run);
  const at = from ?? run.log.position;
  const day = days.findLast(({ first }) => first <= at) ?? days[0];
  const session = day === undefined ? null : calendar.session(day.date);
  if (session === null) {
    throw new UsageError(`"${time}" needs a session and the run has none there: give a full time`);
  }
  return parseClock(time, session, calendar.zone);
}
