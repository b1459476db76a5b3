/**
 * Where bars of earlier days came into the log: a `HistoricalBarsLoaded` holds those that were not there yet,
 * and names earlier facts of its kind, or a session's own bars, for the others.
 */
import type { Fact, HistoryFact } from '../domain/facts.ts';
import type { TradingDate } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';
import { factAt, lastOf } from './factFilter.ts';
import { type FeedLines, joined, linesAt, linesOf } from './feedLines.ts';

export interface HistorySource {
  /** A `HistoricalBarsLoaded` with bars of those days, or the first bar of the session that had them. */
  readonly fact: Fact;
  readonly lines: readonly FeedLines[];
}

interface Days {
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** What brought the days that `loaded` speaks of and does not hold itself, one for each fact that has any. */
export function historySources(
  log: LogReader,
  loaded: HistoryFact,
  { from, to }: Days = loaded,
): HistorySource[] {
  const held = loaded.held.filter((days) => days.to >= from && days.from <= to);
  return held.flatMap((days) => {
    const fact = factAt(log, days.seq);
    if (fact.type !== 'HistoricalBarsLoaded') return [{ fact, lines: sessionLines(log, fact) }];
    const part = {
      from: days.from > from ? days.from : from,
      to: days.to < to ? days.to : to,
    };
    const own = ownLines(fact, part);
    const earlier = historySources(log, fact, part);
    return own === null ? earlier : [...earlier, { fact, lines: own }];
  });
}

/** All that the session's load read: history takes its days whole. */
function sessionLines(log: LogReader, fact: Fact): FeedLines[] {
  if (!('symbol' in fact)) return [];
  const queue = lastOf(log, 'QueueLoaded', { to: fact.seq, symbol: fact.symbol });
  return queue === undefined ? [] : linesOf(queue.provenance);
}

/** Lines of the bars of those days that are in the fact's columns; null if none are. */
function ownLines({ days, provenance }: HistoryFact, { from, to }: Days): FeedLines[] | null {
  let row = 0;
  const lines: FeedLines[] = [];
  let found = false;
  for (const { date, bars } of days) {
    if (date >= from && date <= to) {
      found = true;
      lines.push(...linesAt(provenance, { row, bars }));
    }
    row += bars;
  }
  return found ? joined(lines) : null;
}
