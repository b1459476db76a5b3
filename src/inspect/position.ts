/** Which fact of a log is meant: by seq, by market time or by the exchange's clock. */
import type { Calendar } from '../domain/calendar/calendar.ts';
import { isoInZone, parseClock, parseInstant } from '../domain/calendar/display.ts';
import { UsageError } from '../domain/errors.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';

/**
 * The seq of the last fact at or before `at`.
 *
 * @param at a seq, an ISO time (without offset: exchange time), or `HH:MM[:SS]` of the run's last session
 * @throws {UsageError} if `at` is none of these, or nothing of the log is that early
 */
export function seqAt(log: LogReader, at: string, calendar: Calendar): number {
  if (isSeq(at)) return seqWithin(log, Number(at));
  const seq = log.seek(timeAt(log, at, calendar));
  if (seq === 0) {
    const first = isoInZone(firstTime(log), calendar.zone);
    throw new UsageError(`"${at}" is before the run: choose a time from "${first}" on`);
  }
  return seq;
}

/** A stretch of a log; bounds are inclusive, and may lie beyond the log. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Last market time, where the end was given as a time. */
  readonly until: MarketTime;
}

/**
 * The stretch between two places, each as in `seqAt`: from the first fact at or after `from` to the last one at
 * or before `to`.
 *
 * @throws {UsageError} if one is no place, or the first is after the second
 */
export function stretchOf(
  log: LogReader,
  { from, to }: { from?: string | undefined; to?: string | undefined },
  calendar: Calendar,
): Stretch {
  const first = boundOf(log, from ?? '1', calendar);
  const last = boundOf(log, to, calendar);
  if (last.seq === 0) throw new UsageError('--to 0 is before the first fact: facts count from 1');
  if (first.seq > last.seq || first.time > last.time) {
    throw new UsageError(`--from ${from} is after --to ${to}: swap the two`);
  }
  return {
    from: Number.isNaN(first.seq) ? log.seek(first.time - 1) + 1 : first.seq,
    to: Number.isNaN(last.seq) ? Number.POSITIVE_INFINITY : last.seq,
    until: Number.isNaN(last.time) ? Number.POSITIVE_INFINITY : last.time,
  };
}

/** A seq or a time; NaN, which is after nothing, for what was not given. */
function boundOf(log: LogReader, text: string | undefined, calendar: Calendar) {
  const seq = text !== undefined && isSeq(text) ? Number(text) : Number.NaN;
  const isTime = text !== undefined && !isSeq(text);
  return { seq, time: isTime ? timeAt(log, text, calendar) : Number.NaN };
}

/** True for a number of a fact, in words. */
export function isSeq(text: string): boolean {
  return /^\d+$/.test(text);
}

function timeAt(log: LogReader, text: string, calendar: Calendar): MarketTime {
  return /^\d{1,2}:/.test(text)
    ? parseClock(text, lastSession(log, calendar), calendar.zone)
    : instantIn(text, calendar);
}

/** @throws {UsageError} if the log does not hold it */
export function seqWithin(log: LogReader, seq: number): number {
  if (seq >= 1 && seq <= log.position) return seq;
  throw new UsageError(`the log has no fact ${seq}: choose one from 1 to ${log.position}`);
}

/** @throws {UsageError} if `at` is no ISO time */
export function instantIn(at: string, calendar: Calendar): MarketTime {
  try {
    return parseInstant(at, calendar.zone);
  } catch {
    throw new UsageError(
      `"${at}" is no place in a run: write a seq such as 1200, a time such as ` +
        `2024-01-02T09:45, or a clock time of its last session such as 09:45`,
    );
  }
}

function firstTime(log: LogReader): MarketTime {
  for (const { at } of log.read({ to: 1 })) return at;
  return 0;
}

/** The session the log ends in. @throws {UsageError} if its calendar has none there */
function lastSession(log: LogReader, calendar: Calendar) {
  const date = lastDate(log, calendar);
  const session = calendar.session(date);
  if (session !== null) return session;
  throw new UsageError(
    `the log ends on "${date}", which has no session: give a seq or an ISO time`,
  );
}

/** A run that ended says so in its last facts; of one that was cut off, the last instant tells. */
function lastDate(log: LogReader, calendar: Calendar): TradingDate {
  let date: TradingDate | null = null;
  let time: MarketTime = 0;
  for (const { at, sections } of log.read({ from: Math.max(1, log.position - 64) })) {
    time = at;
    for (const section of sections) {
      if (section.kind === 'block') continue;
      for (const fact of section.facts) {
        if (fact.type === 'PhaseEntered' || fact.type === 'PhaseLeft') date = fact.date ?? date;
      }
    }
  }
  // A close may be the very start of the next trading day.
  return date ?? calendar.dateOf(time - 1);
}
