/**
 * The one door through which facts come to be: decide, append, fold, in that order.
 *
 * Facts of one instant gather in a frame, folded as they are appended so that the next stage of the same
 * instant can build on them; `commit` hands the frame to the log, and only then do listeners hear of it.
 */
import {
  CONTROL_FACTS,
  type ControlFact,
  type ControlType,
  type Fact,
  type Fields,
} from '../domain/facts.ts';
import { foldBlock, foldControl } from '../domain/fold.ts';
import type { Block, ControlSection, Frame, Section } from '../domain/frame.ts';
import { factsOf } from '../domain/frame.ts';
import type { SeriesEntry, SeriesTable } from '../domain/series.ts';
import type { SessionData } from '../domain/sessionData.ts';
import { Tally } from '../domain/tally.ts';
import type { MarketTime } from '../domain/time.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import type { LogWriter } from '../store/eventLog.ts';
import { Activity } from './activity.ts';

/** Who recorded a fact, and which fact led to it. */
export interface Origin {
  readonly by: string;
  readonly cause: number | null;
}

/** A committed frame as listeners get it: its facts are made only if asked for, while they are heard. */
export interface CommittedFrame {
  readonly at: MarketTime;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** True if the market clock caused it, false for the work of phases between. */
  readonly market: boolean;
  facts(): Fact[];
}

/** Makes the facts while the blocks they are made of still hold them. */
export function kept(frame: CommittedFrame): CommittedFrame {
  const facts = frame.facts();
  const { at, firstSeq, lastSeq, market } = frame;
  return { at, firstSeq, lastSeq, market, facts: () => facts };
}

export type FrameListener = (frame: CommittedFrame) => void;

export class Recorder {
  readonly data: SessionData;
  readonly log: LogWriter;
  /** Seq of the last fact, committed or not. */
  seq: number;
  /** Seq of the last fact that is no message from outside: what such a message comes between goes on from it. */
  led: number;
  /** `onReached` is called when this seq is reached, and when it is committed. */
  awaited = Number.POSITIVE_INFINITY;
  onReached: () => void = () => {};
  /** True while somebody else is to end a frame that ends here on the record. */
  isHeld: () => boolean = () => false;
  /** `onTurning` is called once this seq is committed, before anything else happens. */
  turning = Number.POSITIVE_INFINITY;
  onTurning: () => void = () => {};
  /** Of what was committed; what summaries show. */
  readonly tally = new Tally();
  /** Of single facts, committed or not; what came in blocks is in the tally. */
  readonly activity = new Activity();

  readonly #time: TimeManager;
  #firstSeq = 0;
  readonly #sections: Section[] = [];
  readonly #newSeries: SeriesEntry[] = [];
  /** Where the present frame ends, if it is recorded already; 0 if it is new. */
  #frameEnd: number;
  readonly #listeners = new Set<FrameListener>();

  constructor(log: LogWriter, data: SessionData, time: TimeManager) {
    this.log = log;
    this.data = data;
    this.seq = log.position;
    this.led = this.seq;
    this.#frameEnd = log.frameEnd ?? 0;
    this.#time = time;
  }

  get at(): MarketTime {
    return this.#time.currentTime;
  }

  /** True while facts wait to be committed. */
  get isPending(): boolean {
    return this.#sections.length > 0;
  }

  /** What `data` stands for: of all facts up to `seq`, also of those that wait to be committed. */
  get tallyNow(): Tally {
    if (!this.isPending) return this.tally;
    const tally = Tally.restore(this.tally.save());
    tally.add({ at: this.at, sections: this.#sections });
    return tally;
  }

  get table(): SeriesTable {
    return this.log.table;
  }

  /** Moves the clock; what is pending is committed first. @throws {ClockMovedBack} */
  advance(to: MarketTime): void {
    if (to === this.at) return;
    this.flush();
    this.#time.setTime(to);
  }

  /** The number of a series, given out at first use. */
  seriesId(entry: SeriesEntry): number {
    const known = this.table.find(entry);
    if (known !== undefined) return known;
    this.#newSeries.push(entry);
    return this.table.add(entry);
  }

  /** Appends one fact. @returns its seq */
  append<T extends ControlType>(type: T, origin: Origin, fields: Fields<T>): number {
    const parsed = CONTROL_FACTS[type].parse(fields);
    const { led } = this;
    const seq = this.#take(1);
    if (type === 'MessageReceived' && origin.cause === null) this.led = led;
    const fact = {
      seq,
      at: this.at,
      type,
      by: origin.by,
      cause: origin.cause,
      ...parsed,
    } as unknown as ControlFact;
    this.#controlSection().facts.push(fact);
    foldControl(this.data, fact);
    this.activity.note(fact);
    return seq;
  }

  /**
   * Appends a block, whose rows get the next seqs; it belongs to the frame until `commit`. Where rows name each
   * other, row 0 is going to be `seq + 1`. @returns that
   */
  appendBlock(block: Block): number {
    block.firstSeq = this.#take(block.facts);
    this.#sections.push(block);
    foldBlock(this.data, block, this.at, this.table);
    return block.firstSeq;
  }

  /**
   * Hands what is pending to the log as one frame; a run that is executed again, where its frame ended.
   *
   * @returns false if nothing was pending
   */
  commit(options: { market?: boolean } = {}): boolean {
    if (this.#sections.length === 0) return false;
    if (this.seq < this.#frameEnd) return true;
    return this.flush(options);
  }

  /** Hands what is pending to the log as one frame, whatever was recorded. @returns false if nothing was */
  flush(options: { market?: boolean } = {}): boolean {
    if (this.#sections.length === 0) return false;
    const frame: Frame = {
      at: this.at,
      firstSeq: this.#firstSeq,
      count: this.seq - this.#firstSeq + 1,
      sections: this.#sections,
      series: this.#newSeries,
    };
    this.log.append(frame);
    this.tally.add(frame);
    this.log.offerState(this.data, this.tally);
    if (this.#listeners.size > 0) this.#tell(frame, options.market ?? false);
    this.#sections.length = 0;
    this.#newSeries.length = 0;
    this.#frameEnd = this.log.frameEnd ?? 0;
    if (this.seq >= this.turning) this.onTurning();
    if (this.seq >= this.awaited) this.onReached();
    return true;
  }

  /** Calls `listener` for every frame from now on. @returns how to stop that */
  listen(listener: FrameListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(frame: Frame, market: boolean): void {
    let made: Fact[] | null = null;
    let heard = false;
    const facts = () => {
      if (made === null && heard) {
        throw new Error('take the facts of a frame while it is heard: later they are gone');
      }
      made ??= [...factsOf(frame, this.table)];
      return made;
    };
    const lastSeq = frame.firstSeq + frame.count - 1;
    const committed = { at: frame.at, firstSeq: frame.firstSeq, lastSeq, market, facts };
    for (const listener of this.#listeners) {
      try {
        listener(committed);
      } catch (error) {
        // Whoever listens cannot change the run; its error goes where uncaught errors go.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    heard = true;
  }

  #take(facts: number): number {
    const first = this.seq + 1;
    if (this.#sections.length === 0) this.#firstSeq = first;
    this.seq += facts;
    this.led = this.seq;
    if (this.seq === this.#frameEnd) this.#commitSoon();
    if (this.seq >= this.awaited) this.onReached();
    return first;
  }

  /** Where frames end may have hung on how long the host took for something; the record knows. */
  #commitSoon(): void {
    const end = this.#frameEnd;
    queueMicrotask(() => {
      if (this.seq !== end || this.isHeld()) return;
      try {
        this.commit();
      } catch {
        // Whoever records next is told.
      }
    });
  }

  #controlSection(): ControlSection {
    const last = this.#sections.at(-1);
    if (last?.kind === 'control') return last;
    const section: ControlSection = { kind: 'control', facts: [] };
    this.#sections.push(section);
    return section;
  }
}
