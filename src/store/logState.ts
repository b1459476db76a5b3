/**
 * Where a log has come to: position, market time, series, chain. One state for both ways: a writer makes
 * records with it, a reader follows records with it and so checks that they are what a writer would have made.
 */
import { InvariantViolated } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import { type SeriesEntry, SeriesTable } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import { AppendIds } from './appendIds.ts';
import { ByteWriter, Malformed } from './bytes.ts';
import { Chain, LINK_BYTES } from './chain.ts';
import type { ExpectedPosition } from './eventLog.ts';
import { additionsOf, FrameEncoder } from './frameCodec.ts';
import { CONTENTS, HEADER_BYTES, type RecordHeader, writeHeader } from './record.ts';
import { decodeHead, type SegmentHead } from './segmentHead.ts';

/** Takes the records that an append makes, each to be copied before it returns. */
export interface RecordSink {
  /** A link; what comes next begins a chain block. */
  link(record: Buffer): void;
  frame(record: Buffer, frame: Frame): void;
  /** The link that comes next, where it is known to be right: then no hash is worked out. */
  knownLink?(): Uint8Array | null;
}

/** A place right after a link, with what a reader must know to go on from there. */
export interface Checkpoint extends Omit<SegmentHead, 'link'> {
  /** Hex. */
  readonly link: string;
  /** In the segment. */
  readonly offset: number;
}

const NO_IDS: Checkpoint['ids'] = [];

export class LogState {
  readonly table = new SeriesTable();
  readonly ids = new AppendIds();
  readonly chain = new Chain();
  /** Seq of the last fact; 0 at the start. */
  position = 0;
  /** Market time of the last fact. */
  at: MarketTime = 0;

  /** Entries of `table` that are in the log: a producer may have added some for the frame it is making. */
  #series = 0;
  readonly #encoder = new FrameEncoder();
  readonly #record = new ByteWriter();
  readonly #link = new ByteWriter(HEADER_BYTES + LINK_BYTES);
  readonly #mark = {
    segment: 0,
    offset: 0,
    firstSeq: 0,
    at: 0,
    series: 0,
    ids: NO_IDS,
    link: Buffer.alloc(LINK_BYTES),
  };

  /**
   * Makes the records of an append.
   *
   * @returns the position after it
   * @throws {InvariantViolated} if it does not fit here; the state is then as before
   */
  append(
    frame: Frame,
    { expected = 'any', id }: { expected?: ExpectedPosition; id?: string },
    sink: RecordSink,
  ): number {
    const done = id === undefined ? undefined : this.ids.get(id);
    if (done !== undefined) return done;
    this.#expect(expected, frame);
    this.#checkSeries(frame.series);
    this.#record.length = 0;
    this.#encoder.encode(this.#record, frame, id ?? null);
    const contents = this.#record.view.getUint32(12, true);
    const entersPhase = (contents & CONTENTS.phaseEntered) !== 0;
    if (this.chain.endsBefore(entersPhase)) this.#endBlock(sink);
    const record = this.#record.written();
    this.#move(record, frame);
    this.#addSeries(frame.series);
    if (id !== undefined) this.ids.add(id, this.position);
    sink.frame(record, frame);
    return this.position;
  }

  /** What a segment that begins here starts with. */
  head(segment: number): SegmentHead {
    return {
      segment,
      firstSeq: this.position + 1,
      at: this.at,
      link: this.chain.link,
      series: this.table.entries.slice(0, this.#series),
      ids: this.ids.entries(),
    };
  }

  /** Notes where the log has come to, right after a link: done for each, so it takes no memory anew. */
  mark(segment: number, offset: number): void {
    const mark = this.#mark;
    mark.segment = segment;
    mark.offset = offset;
    mark.firstSeq = this.position + 1;
    mark.at = this.at;
    mark.series = this.#series;
    mark.ids = this.ids.size === 0 ? NO_IDS : this.ids.entries();
    this.chain.copyLink(mark.link);
  }

  /** The place last marked; null if none was. */
  get checkpoint(): Checkpoint | null {
    const { segment, firstSeq, at, offset, ids, link, series } = this.#mark;
    if (segment === 0) return null;
    const entries = this.table.entries.slice(0, series);
    return { segment, firstSeq, at, link: link.toString('hex'), series: entries, ids, offset };
  }

  /** Begins at the head of a segment. */
  restart(head: SegmentHead): void {
    this.position = head.firstSeq - 1;
    this.at = head.at;
    this.chain.restart(head.link, head.firstSeq);
    this.#addSeries(head.series);
    for (const [id, position] of head.ids) this.ids.add(id, position);
  }

  /**
   * Follows a record whose checksums hold.
   *
   * @param record header and payload
   * @throws {Malformed} if it is not what belongs here
   */
  follow(header: RecordHeader, record: Buffer): void {
    const payload = record.subarray(HEADER_BYTES);
    if (header.kind === 'frame') this.#followFrame(header, record, payload);
    else if (header.kind === 'link') this.#followLink(header, payload);
    else if (header.kind === 'head') this.#followHead(decodeHead(header, payload));
    else throw new Malformed('it stands outside a sealed segment');
  }

  #followFrame(header: RecordHeader, record: Buffer, payload: Buffer): void {
    if (header.firstSeq !== this.position + 1) {
      throw new Malformed(`it begins with fact ${header.firstSeq}, not ${this.position + 1}`);
    }
    if (this.position > 0 && header.at < this.at) throw new Malformed('its market time goes back');
    if (this.chain.endsBefore((header.contents & CONTENTS.phaseEntered) !== 0)) {
      throw new Malformed('the chain link before it is missing');
    }
    const { id, series } = additionsOf(header, payload);
    this.#move(record, header);
    this.#addSeries(series);
    if (id !== null) this.ids.add(id, this.position);
  }

  #followLink({ firstSeq, count }: RecordHeader, payload: Buffer): void {
    const { chain } = this;
    if (chain.isEmpty || firstSeq !== chain.firstSeq || count !== chain.count) {
      throw new Malformed('it does not cover the facts before it');
    }
    chain.cut();
    if (payload.equals(chain.link)) return;
    this.position = firstSeq - 1; // No later fact is certain to be as it was.
    throw new Malformed(`facts from ${firstSeq} on were altered`);
  }

  #followHead(head: SegmentHead): void {
    const expected = this.head(head.segment);
    const same =
      this.chain.isEmpty &&
      expected.firstSeq === head.firstSeq &&
      expected.at === head.at &&
      Buffer.compare(expected.link, head.link) === 0 &&
      JSON.stringify([expected.series, expected.ids]) === JSON.stringify([head.series, head.ids]);
    if (!same) throw new Malformed('it does not continue the segment before');
  }

  #expect(expected: ExpectedPosition, { firstSeq, at }: Frame): void {
    const { position } = this;
    const wanted = expected === 'none' ? 0 : expected;
    if (wanted !== 'any' && wanted !== position) {
      throw new InvariantViolated(firstSeq, `the log is at ${position}, expected ${wanted}`);
    }
    if (firstSeq !== position + 1) throw new InvariantViolated(firstSeq, `follows ${position}`);
    if (position > 0 && at < this.at) {
      throw new InvariantViolated(firstSeq, `market time goes back from ${this.at} to ${at}`);
    }
  }

  #endBlock(sink: RecordSink): void {
    const { firstSeq, count } = this.chain;
    this.chain.cut(sink.knownLink?.());
    const writer = this.#link;
    writer.length = HEADER_BYTES;
    writer.bytes.set(this.chain.link, HEADER_BYTES);
    writer.length += LINK_BYTES;
    writeHeader(writer, 0, { kind: 'link', count, contents: 0, firstSeq, at: this.at });
    sink.link(writer.written());
  }

  #move(record: Buffer, { count, at }: { count: number; at: MarketTime }): void {
    this.chain.add(record, count);
    this.position += count;
    this.at = at;
  }

  /** @throws {InvariantViolated} if the producer has numbered its series otherwise than the log */
  #checkSeries(entries: readonly SeriesEntry[]): void {
    entries.forEach(({ symbol, name }, i) => {
      const held = this.table.entries[this.#series + i];
      if (held !== undefined && (held.symbol !== symbol || held.name !== name)) {
        const found = `${held.symbol}/${held.name}`;
        throw new InvariantViolated(
          this.position + 1,
          `series ${this.#series + i} is "${found}" in the table and "${symbol}/${name}" in the frame`,
        );
      }
    });
  }

  #addSeries(entries: readonly SeriesEntry[]): void {
    for (const entry of entries) {
      if (this.table.entries.length === this.#series) this.table.add(entry);
      this.#series += 1;
    }
  }
}
