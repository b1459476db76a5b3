/** The state of a run at any of its facts: the fold of its log up to there. */
import type { LogReader, StateAt } from '../store/eventLog.ts';

export { startOf } from '../store/runStart.ts';

/**
 * The state after fact `seq`, by default the last one. O(facts since the nearest snapshot).
 *
 * @throws {RangeError} if the log does not hold the fact
 * @throws {InvariantViolated} if the log's facts do not follow each other
 */
export function stateAt(log: LogReader, seq: number = log.position): StateAt {
  return log.stateAt(seq);
}

export type { StateAt as RunState };
