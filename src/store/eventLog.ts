/**
 * The port of the event log. Adapters: segment files (`fileLog.ts`) and memory (`memoryLog.ts`), under one
 * conformance suite. One writer; readers never lock.
 */
import type { Frame } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { SessionData } from '../domain/sessionData.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { Tally } from '../domain/tally.ts';
import type { MarketTime } from '../domain/time.ts';
import type { ChainLink, ChainPoint } from './chain.ts';
import type { ReadCounters } from './readCounters.ts';

export interface ReadRange {
  /** First seq wanted; frames that hold it come whole. Default 1. */
  readonly from?: number;
  /** Last seq wanted, inclusive; frames that hold it come whole. Default: the last. */
  readonly to?: number;
  /** Yields the same blocks over and over, filled anew: quicker where none is kept past its turn. */
  readonly reuse?: boolean;
  /** Only frames with facts of these types: the others are passed over, undecoded. What is beside them comes too. */
  readonly types?: ReadonlySet<string> | undefined;
}

/** The last fact that is asked for: by number, or as the last one with `at <= time`. */
export type Place = number | { readonly time: MarketTime };

/** The state of a run after one of its facts; owned by whoever asked for it. */
export interface StateAt {
  readonly data: SessionData;
  /** Of the same facts. */
  readonly tally: Tally;
  readonly view: SessionView;
}

export interface LogReader {
  /**
   * Every series of the log so far. The producer may add to it the entries of the frame it is making; a reader
   * may not.
   */
  readonly table: SeriesTable;
  /** Seq of the last fact; 0 for an empty log. */
  readonly position: number;
  /** Frames in order. Each frame and its blocks are the reader's own: they stay as they are. */
  read(range?: ReadRange): Iterable<Frame>;
  /** The same as `read`, but waits at the end for more, until `signal` aborts or the log is sealed. */
  tail(options?: { from?: number; signal?: AbortSignal }): AsyncIterable<Frame>;
  /** Seq of the last fact with `at <= time`; 0 if there is none. */
  seek(time: MarketTime): number;
  /**
   * The state of the run after a fact, by default the last one: folded from the nearest snapshot before it.
   * @throws {RangeError} if the log does not hold the fact
   */
  stateAt(place?: Place): StateAt;
  /** What reading has cost so far. */
  readonly counters: ReadCounters;
  /** Hex SHA-256 chain over everything appended so far. */
  chainHash(): string;
  /** The chain so far, in order: where two logs part, or between which facts one was altered. */
  links(): Iterable<ChainLink>;
  /** The last value of the chain over facts up to `seq` at most; null before the first one. O(log facts). */
  linkUpTo(seq: number): ChainPoint | null;
  close(): Promise<void>;
}

/** What must be at the end of the log for an append to be accepted. */
export type ExpectedPosition = number | 'none' | 'any';

export interface LogWriter extends LogReader {
  /**
   * Takes a frame and returns the new position. The frame is encoded before this returns: its blocks may be
   * reused at once.
   *
   * @param options.id idempotence: a frame whose id equals that of an earlier append is not appended again,
   *   and the position after that append is returned. The last 1,024 ids are remembered, also across restarts.
   * @throws {InvariantViolated} if the log is not at `expected`, or the frame does not follow the last one
   * @throws {LogWriteFailed} once anything could not be written
   */
  append(frame: Frame, options?: { expected?: ExpectedPosition; id?: string }): number;
  /**
   * Tells the log of the state after its last fact, so that it may keep a snapshot: to be called after each frame.
   * O(1) but between sessions.
   */
  offerState(data: SessionData, tally: Tally): void;
  /** The last fact of the next frame, of a log that knows what is coming; 0 or absent where nothing is known. */
  readonly frameEnd?: number;
  /** Resolves when everything appended so far is on stable storage; rejects if that failed. */
  durable(): Promise<void>;
  /** Bytes of the log, durable or not: of its segments if it is in files, of its records if in memory. What this writer
   * has written counts as it was written, also where it has been sealed since. */
  readonly bytes: number;
  /** Bytes appended and not yet durable: what a producer looks at to slow down. */
  readonly backlog: number;
}
