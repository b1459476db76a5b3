/** A log as a list of frames that are all there: to be read where there are no files, such as in a browser. */

import { countIndicesWhile } from '../domain/bisect.ts';
import type { Frame } from '../domain/frame.ts';
import { SeriesTable } from '../domain/series.ts';
import { SessionView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { ChainLink, ChainPoint } from '../store/chain.ts';
import type { LogReader, Place, ReadRange, StateAt } from '../store/eventLog.ts';
import { ReadCounters } from '../store/readCounters.ts';
import { RunState } from '../store/runState.ts';

export class FrameLog implements LogReader {
  readonly table = new SeriesTable();
  readonly counters = new ReadCounters();
  readonly #frames: readonly Frame[];
  readonly #hash: string;

  /** @param hash that of the chain of the log the frames come from */
  constructor(frames: readonly Frame[], hash: string) {
    this.#frames = frames;
    this.#hash = hash;
    for (const { series } of frames) for (const entry of series) this.table.add(entry);
  }

  get position(): number {
    const last = this.#frames.at(-1);
    return last === undefined ? 0 : last.firstSeq + last.count - 1;
  }

  *read({ from = 1, to = this.position }: ReadRange = {}): Generator<Frame> {
    const ends = (i: number) => this.#frames[i]!.firstSeq + this.#frames[i]!.count <= from;
    const { length } = this.#frames;
    for (let i = countIndicesWhile(length, ends); i < length; i++) {
      const frame = this.#frames[i]!;
      if (frame.firstSeq > to) return;
      this.counters.frames += 1;
      yield frame;
    }
  }

  async *tail({ from = 1 }: { from?: number } = {}): AsyncGenerator<Frame> {
    yield* this.read({ from });
  }

  seek(time: MarketTime): number {
    const frames = countIndicesWhile(this.#frames.length, (i) => this.#frames[i]!.at <= time);
    const last = this.#frames[frames - 1];
    return last === undefined ? 0 : last.firstSeq + last.count - 1;
  }

  /** O(facts up to there). */
  stateAt(place: Place = this.position): StateAt {
    const seq = typeof place === 'number' ? place : this.seek(place.time);
    if (seq > this.position) throw new RangeError(`the log has no fact ${seq}`);
    const state = new RunState();
    for (const frame of this.read({ to: seq })) state.fold(frame, this.table, seq);
    const { data, tally } = state;
    return { data, tally, view: new SessionView(data) };
  }

  chainHash(): string {
    return this.#hash;
  }

  /** The chain is over bytes, which are not here. */
  *links(): Generator<ChainLink> {}

  linkUpTo(): ChainPoint | null {
    return null;
  }

  async close(): Promise<void> {}
}
