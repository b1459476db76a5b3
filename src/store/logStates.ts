/**
 * The state at any fact of a log: the nearest snapshot before it, and the facts from there on.
 *
 * Snapshots lie beside the log or, of what was folded before, in memory. One counts only if the chain of the log
 * has the very link that it names, so that it cannot be of other facts.
 */

import { countWhile } from '../domain/bisect.ts';
import { InvariantViolated } from '../domain/errors.ts';
import type { Fields } from '../domain/facts.ts';
import type { Frame } from '../domain/frame.ts';
import { SessionView } from '../domain/sessionView.ts';
import { Malformed } from './bytes.ts';
import type { ChainPoint } from './chain.ts';
import type { LogReader, Place, StateAt } from './eventLog.ts';
import type { ReadCounters } from './readCounters.ts';
import { startOf } from './runStart.ts';
import { RunState } from './runState.ts';
import { encodeState, Snapshot, snapshotBytes } from './snapshot.ts';
import { listSnapshots, readSnapshot } from './snapshotFiles.ts';

/** Facts after which a snapshot is worth its room even in the middle of a session. */
const WITHIN_SESSION = 250_000;
/** Facts after which one is worth it between two sessions, where it is small. */
export const BETWEEN_SESSIONS = 20_000;
/** Bytes of snapshots that one reader keeps in memory. */
const MEMORY_MAX = 64 * 2 ** 20;

/** True if the state is worth a snapshot before `next` is folded, the last one being after fact `last`. */
export function isDue({ data }: RunState, next: Pick<Frame, 'sections'>, last: number): boolean {
  const facts = data.seq - last;
  if (facts >= WITHIN_SESSION) return true;
  return facts >= BETWEEN_SESSIONS && data.symbols.size === 0 && entersPhase(next);
}

function entersPhase({ sections }: Pick<Frame, 'sections'>): boolean {
  const [first] = sections;
  return first?.kind === 'control' && first.facts.some(({ type }) => type === 'PhaseEntered');
}

/** A snapshot that is there before the link that it names: soon it can be used. */
const AHEAD = new Malformed('the log has not come that far');

export class LogStates {
  readonly #log: LogReader;
  /** Null where snapshots beside the log are not used. */
  #folder: string | null;
  readonly #run: string | null;
  readonly #counters: ReadCounters;
  /** Ascending. */
  readonly #held = new Map<number, Snapshot>();
  #heldBytes = 0;
  readonly #unusable = new Set<number>();
  #qualityEnabled: boolean | null = null;

  /** @param beside the folder and run whose snapshots may be used; without it there are those in memory */
  constructor(log: LogReader, beside: { readonly folder: string; readonly run: string } | null) {
    this.#log = log;
    this.#folder = beside?.folder ?? null;
    this.#run = beside?.run ?? null;
    this.#counters = log.counters;
  }

  /**
   * O(facts since the nearest snapshot).
   *
   * @throws {RangeError} if the log does not hold the fact
   * @throws {InvariantViolated} if the log's facts do not follow each other
   */
  at(place: Place = this.#log.position): StateAt {
    const log = this.#log;
    const seq = typeof place === 'number' ? place : log.seek(place.time);
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > log.position) {
      throw new RangeError(`the log has no fact ${seq}: it has ${log.position}`);
    }
    try {
      return this.#goOn(this.#before(seq), seq);
    } catch (error) {
      if (!(error instanceof InvariantViolated) || this.#folder === null) throw error;
      // Maybe it was no state of this log that was gone on from: without snapshots there is no doubt.
      this.#folder = null;
      this.#held.clear();
      this.#heldBytes = 0;
      return this.#goOn(new RunState(), seq);
    }
  }

  #goOn(state: RunState, seq: number): StateAt {
    const log = this.#log;
    let last = state.data.seq;
    for (const frame of log.read({ from: last + 1, to: seq, reuse: true })) {
      if (isDue(state, frame, last)) {
        this.#keep(state);
        last = state.data.seq;
      }
      try {
        state.fold(frame, log.table, seq);
      } catch (error) {
        throw asInvariant(error, state.data.seq);
      }
    }
    const { data, tally } = state;
    return { data, tally, view: this.#viewOf(data) };
  }

  #viewOf(data: RunState['data']): SessionView {
    this.#qualityEnabled ??= measuresQuality(startOf(this.#log));
    return new SessionView(data, { qualityEnabled: this.#qualityEnabled });
  }

  /** The state of the last usable snapshot up to `seq`; that before the first fact if there is none. */
  #before(seq: number): RunState {
    const beside = this.#folder === null ? [] : listSnapshots(this.#folder);
    const all = [...new Set([...beside, ...this.#held.keys()])].sort((a, b) => a - b);
    for (let i = countWhile(all, (held) => held <= seq) - 1; i >= 0; i--) {
      const state = this.#stateOf(all[i]!);
      if (state !== null) return state;
    }
    return new RunState();
  }

  /** Null if the snapshot cannot be used, whatever the reason: then it is as if it were not there. */
  #stateOf(seq: number): RunState | null {
    if (this.#unusable.has(seq)) return null;
    try {
      const known = new Map<number, Snapshot>();
      const find = (wanted: number) => {
        const found = known.get(wanted) ?? this.#find(wanted);
        known.set(wanted, found);
        return found;
      };
      return find(seq).state(find);
    } catch (error) {
      if (error !== AHEAD) this.#unusable.add(seq);
      return null;
    }
  }

  /** @throws {Malformed} if there is none that fits the log */
  #find(seq: number): Snapshot {
    const held = this.#held.get(seq);
    if (held !== undefined) return held;
    if (this.#folder === null) throw new Malformed('there is none');
    const snapshot = readSnapshot(this.#folder, seq, this.#counters);
    const { run, link } = snapshot.of;
    if (link !== null && link.lastSeq > this.#log.position) throw AHEAD;
    if (run !== this.#run || link === null || link.lastSeq < seq || !this.#isOurs(link)) {
      throw new Malformed('it is of another log');
    }
    return snapshot;
  }

  #isOurs({ lastSeq, hash }: ChainPoint): boolean {
    const found = this.#log.linkUpTo(lastSeq);
    return found !== null && found.lastSeq === lastSeq && found.hash === hash;
  }

  #keep(state: RunState): void {
    const { seq } = state.data;
    if (this.#heldBytes > MEMORY_MAX) return;
    const bytes = snapshotBytes(encodeState(state), { run: null, link: null });
    this.#heldBytes += bytes.length;
    this.#held.set(seq, new Snapshot(bytes));
    this.#unusable.delete(seq);
  }
}

/** What a fact without its fields makes the fold stumble over is told as what it is. */
function asInvariant(error: unknown, seq: number): unknown {
  if (error instanceof InvariantViolated || !(error instanceof Error)) return error;
  const violated = new InvariantViolated(seq, `it cannot be folded, ${error.message}`);
  violated.cause = error;
  return violated;
}

function measuresQuality(started: Fields<'RunStarted'> | null): boolean {
  const session = started?.config.session_data_config as
    | { readonly gap_filler?: { readonly enable_session_quality?: boolean } }
    | undefined;
  return session?.gap_filler?.enable_session_quality !== false;
}
