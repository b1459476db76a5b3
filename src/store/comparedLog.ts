/**
 * A log that is written a second time: every frame is compared, byte by byte, with the one recorded in its place,
 * and nothing is written. After the last one it goes over to a log that takes what follows, if there is one.
 */
import type { Fact } from '../domain/facts.ts';
import { type Frame, factsOf } from '../domain/frame.ts';
import { SeriesTable } from '../domain/series.ts';
import type { SessionData } from '../domain/sessionData.ts';
import type { Tally } from '../domain/tally.ts';
import type { MarketTime } from '../domain/time.ts';
import { Malformed } from './bytes.ts';
import type { ChainLink, ChainPoint } from './chain.ts';
import type {
  ExpectedPosition,
  LogReader,
  LogWriter,
  Place,
  ReadRange,
  StateAt,
} from './eventLog.ts';
import { additionsOf, FrameDecoder } from './frameCodec.ts';
import type { KeptBatches } from './keptBatches.ts';
import { LogState } from './logState.ts';
import type { ReadCounters } from './readCounters.ts';
import { HEADER_BYTES } from './record.ts';
import { type LogRecord, recordsOf } from './records.ts';
import { Damage } from './segment.ts';

/** Two facts in the same place that differ; null where one side has none. */
export interface Parting {
  readonly seq: number;
  readonly at: MarketTime;
  readonly expected: Fact | null;
  readonly found: Fact | null;
  /** True if the facts are the same and only their bytes or the frames they stand in differ. */
  readonly onlyBytes: boolean;
}

/** Why nothing more is taken. */
export type ComparisonEnd =
  | { readonly kind: 'parted'; readonly parting: Parting }
  | { readonly kind: 'damaged'; readonly seq: number; readonly what: string }
  /** What was recorded is all compared, and there is nothing to go over to. */
  | { readonly kind: 'ended' };

/** What `append` throws once the comparison is over. */
class ComparisonOver extends Error {
  override name = 'ComparisonOver';
}

export interface ComparedLogParts {
  readonly folder: string;
  /** The past, for those who read from the log meanwhile. */
  readonly past: LogReader;
  /** The last fact to compare: the last of its frame. */
  readonly to: number;
  /** True if the chain of what is recorded is known to be that of its frames. */
  readonly isChecked?: boolean;
  /** What was kept of the log when it was checked. */
  readonly kept?: KeptBatches;
  /** True if the recorded run ended by itself there, so that nothing may follow. */
  readonly isWhole: boolean;
  /** Gives the log that takes over. */
  readonly goOn: (() => LogWriter) | null;
  /** Called when everything is compared. */
  readonly onCompared?: () => void;
  /** Told the state after each frame that is compared. */
  readonly onState?: (data: SessionData, tally: Tally) => void;
}

export class ComparedLog implements LogWriter {
  /** Null while it goes on. */
  end: ComparisonEnd | null = null;
  frames = 0;
  /** Why the log that takes over could not be opened; null if it could. */
  unopened: Error | null = null;
  /** What it has gone over to. */
  next: LogWriter | null = null;

  readonly #parts: ComparedLogParts;
  readonly #state = new LogState();
  readonly #records: Iterator<LogRecord>;
  #link: LogRecord | null = null;
  #frame: LogRecord | null = null;
  /** Why there is no next frame. */
  #fault: string | null = null;
  /** Entries of the series table before the present frame. */
  #series = 0;

  constructor(parts: ComparedLogParts) {
    this.#parts = parts;
    this.#records = recordsOf(parts.folder, parts.to, parts.kept);
    if (parts.to === 0) this.#goOver();
  }

  /** True once everything recorded was found to be the same. */
  get isCompared(): boolean {
    return this.#state.position >= this.#parts.to;
  }

  /** Of the frame recorded next; 0 where none is. */
  get frameEnd(): number {
    if (this.end !== null || this.isCompared) return 0;
    this.#look();
    if (this.#frame === null) return 0;
    const { firstSeq, count } = this.#frame.header;
    return firstSeq + count - 1;
  }

  get table(): SeriesTable {
    return this.#state.table;
  }

  get position(): number {
    return this.next?.position ?? this.#state.position;
  }

  get bytes(): number {
    return this.next?.bytes ?? 0;
  }

  get backlog(): number {
    return this.next?.backlog ?? 0;
  }

  append(frame: Frame, options: { expected?: ExpectedPosition; id?: string } = {}): number {
    if (this.next !== null) return this.next.append(frame, options);
    if (this.end === null && this.isCompared) this.#beyond(frame);
    if (this.end !== null) throw new ComparisonOver('there is nothing to compare with any more');
    const compare = (record: Buffer) => this.#compare(record, frame);
    this.#state.append(frame, options, {
      link: compare,
      frame: compare,
      ...(this.#parts.isChecked && { knownLink: () => this.#nextLink() }),
    });
    this.frames += 1;
    this.#series += frame.series.length;
    if (this.isCompared) this.#goOver();
    return this.position;
  }

  async durable(): Promise<void> {
    await this.next?.durable();
  }

  read(range?: ReadRange): Iterable<Frame> {
    if (this.next !== null) return this.next.read(range);
    const to = Math.min(range?.to ?? this.position, this.position);
    return this.#parts.past.read({ ...range, to });
  }

  tail(options?: { from?: number; signal?: AbortSignal }): AsyncIterable<Frame> {
    return (this.next ?? this.#parts.past).tail(options);
  }

  seek(time: MarketTime): number {
    return Math.min(this.position, (this.next ?? this.#parts.past).seek(time));
  }

  chainHash(): string {
    return this.next?.chainHash() ?? this.#state.chain.hash();
  }

  links(): Iterable<ChainLink> {
    return (this.next ?? this.#parts.past).links();
  }

  linkUpTo(seq: number): ChainPoint | null {
    return (this.next ?? this.#parts.past).linkUpTo(Math.min(seq, this.position));
  }

  get counters(): ReadCounters {
    return (this.next ?? this.#parts.past).counters;
  }

  /** The past has its snapshots. */
  offerState(data: SessionData, tally: Tally): void {
    if (this.next === null) this.#parts.onState?.(data, tally);
    else this.next.offerState(data, tally);
  }

  stateAt(place: Place = this.position): StateAt {
    const seq = typeof place === 'number' ? place : this.seek(place.time);
    return (this.next ?? this.#parts.past).stateAt(seq);
  }

  async close(): Promise<void> {
    this.#records.return?.();
    await this.#parts.past.close();
  }

  #goOver(): void {
    this.#records.return?.();
    try {
      this.next = this.#parts.goOn?.() ?? null;
    } catch (error) {
      this.unopened = error as Error;
      throw error;
    }
    this.#parts.onCompared?.();
  }

  /** Something is recorded after the end. */
  #beyond(frame: Frame): void {
    if (!this.#parts.isWhole) {
      this.end = { kind: 'ended' };
      return;
    }
    const [found = null] = factsOf(frame, this.table);
    const { firstSeq: seq, at } = frame;
    this.#part({ seq, at, expected: null, found, onlyBytes: false });
  }

  #compare(made: Buffer, frame: Frame): void {
    const recorded = this.#next(frame.firstSeq);
    if (recorded.bytes.equals(made)) return;
    try {
      this.#part(this.#firstDifference(recorded, frame));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.end = { kind: 'damaged', seq: frame.firstSeq, what: error.message };
    }
    throw new ComparisonOver('what is recorded differs');
  }

  /** Looks at the next frame; a link before it is kept aside, since its bytes are the reader's. */
  #look(): void {
    if (this.#frame !== null || this.#fault !== null) return;
    try {
      let { value, done } = this.#records.next();
      if (!done && value.header.kind === 'link') {
        this.#link = { ...value, bytes: Buffer.from(value.bytes) };
        ({ value, done } = this.#records.next());
      }
      if (done) this.#fault = 'the log ends there';
      else this.#frame = value;
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      this.#fault = error.message;
    }
  }

  #nextLink(): Uint8Array | null {
    this.#look();
    return this.#link?.bytes.subarray(HEADER_BYTES) ?? null;
  }

  /** The next record: a link, or a frame. */
  #next(seq: number): LogRecord {
    this.#look();
    const record = this.#link ?? this.#frame;
    if (this.#link !== null) this.#link = null;
    else this.#frame = null;
    if (record !== null) return record;
    this.end = { kind: 'damaged', seq, what: this.#fault! };
    throw new ComparisonOver('what is recorded is damaged');
  }

  #part(parting: Parting): void {
    this.end = { kind: 'parted', parting };
  }

  #firstDifference({ header, bytes }: LogRecord, frame: Frame): Parting {
    const found = [...factsOf(frame, this.table)];
    const expected = header.kind === 'frame' ? this.#decode(header, bytes) : [];
    const { firstSeq } = frame;
    for (let i = 0; i < Math.max(found.length, expected.length); i++) {
      const a = expected[i] ?? null;
      const b = found[i] ?? null;
      if (a !== null && b !== null && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))) {
        continue;
      }
      const onlyBytes = header.kind !== 'frame';
      const at = a?.at ?? frame.at;
      return { seq: firstSeq + i, at, expected: a, found: b, onlyBytes };
    }
    const [first = null] = expected;
    const [same = null] = found;
    return { seq: firstSeq, at: frame.at, expected: first, found: same, onlyBytes: true };
  }

  #decode(header: LogRecord['header'], bytes: Buffer): Fact[] {
    const payload = Buffer.from(bytes.subarray(HEADER_BYTES));
    const table = new SeriesTable();
    for (const entry of this.table.entries.slice(0, this.#series)) table.add(entry);
    for (const entry of additionsOf(header, payload).series) table.add(entry);
    return [...factsOf(new FrameDecoder().decode(header, payload), table)];
  }
}

/** The same with its keys in one order, since that is no part of what a fact says. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
