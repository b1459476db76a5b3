/**
 * Frames as the payload of a record, and back.
 *
 * Payload: the id of the append if it had one, new series entries (JSON) if there are any, then the sections
 * in the order of seq. A section is a byte for its kind and either control facts (JSON, without `seq` and `at`,
 * which follow from the record) or a columnar block: rows, `by`, extra fields (JSON), columns.
 *
 * The bytes are a pure function of the frame: of the values, and of the order of keys in its objects. Blocks
 * and control sections without facts leave no trace.
 */
import { InvariantViolated } from '../domain/errors.ts';
import type { ControlFact } from '../domain/facts.ts';
import {
  BLOCK_COLUMNS,
  Block,
  type BlockType,
  Column,
  type Frame,
  type Section,
} from '../domain/frame.ts';
import type { SeriesEntry } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import { ByteReader, type ByteWriter, Malformed } from './bytes.ts';
import { ColumnDecoder } from './columnDecoder.ts';
import { ColumnEncoder } from './columnEncoder.ts';
import { asSeries, jsonOf, jsonOfFacts, parseFacts, parseJson } from './json.ts';
import { CONTENTS, HEADER_BYTES, type RecordHeader, writeHeader } from './record.ts';

/** Section kinds by their byte; 0 is control. Never reorder: logs hold these numbers. */
const BLOCK_TYPES: readonly (BlockType | 'control')[] = [
  'control',
  'BarAppended',
  'BarDerived',
  'IndicatorUpdated',
  'HistoricalBarsLoaded',
];
const SECTION_BYTES = new Map(BLOCK_TYPES.map((type, i) => [type, i]));

/** Most cells in all blocks of one frame: what a reader may be made to allocate, 512 MiB. */
const CELLS_MAX = 1 << 26;
/** A frame with more is rare: its memory is let go rather than kept for the next one. */
const CELLS_KEPT = 1 << 20;

export class FrameEncoder {
  readonly #columns = new ColumnEncoder();

  /**
   * Appends a frame's record. Nothing of the frame is kept.
   *
   * @throws {InvariantViolated} for a frame that does not hold together; `writer` is then to be cleared
   */
  encode(writer: ByteWriter, frame: Frame, id: string | null): void {
    const start = writer.length;
    writer.reserve(HEADER_BYTES);
    writer.length += HEADER_BYTES;
    let contents = 0;
    if (id !== null) {
      contents |= CONTENTS.id;
      writer.text(id);
    }
    if (frame.series.length > 0) {
      contents |= CONTENTS.series;
      writer.text(JSON.stringify(frame.series));
    }
    let seq = frame.firstSeq;
    let cells = 0;
    for (const section of frame.sections) {
      if (section.kind === 'control') {
        contents |= encodeControl(writer, section.facts, { seq, at: frame.at });
        seq += section.facts.length;
      } else if (section.facts > 0) {
        cells += this.#encodeBlock(writer, section, seq);
        contents |= CONTENTS[section.type];
        seq += section.facts;
      }
    }
    check(frame, seq, cells);
    const { count, firstSeq, at } = frame;
    writeHeader(writer, start, { kind: 'frame', count, contents, firstSeq, at });
  }

  /** Returns how many cells the block has. */
  #encodeBlock(writer: ByteWriter, block: Block, seq: number): number {
    const { type, rows, columns } = block;
    if (block.firstSeq !== seq) {
      throw new InvariantViolated(seq, `a block of ${type} begins at ${block.firstSeq} instead`);
    }
    writer.byte(SECTION_BYTES.get(type)!);
    writer.count(rows);
    writer.text(block.by);
    writer.text(block.extra === null ? '' : jsonOf(block.extra, seq));
    this.#columns.begin();
    let cells = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      if (i === VALUES && type === 'IndicatorUpdated') writer.count(column.length);
      else if (column.length !== rows) {
        const name = BLOCK_COLUMNS[type][i];
        throw new InvariantViolated(seq, `"${name}" has ${column.length} values for ${rows} rows`);
      }
      cells += column.length;
      this.#columns.encode(writer, column.data, column.length);
    }
    return cells;
  }
}

/** The one column whose length differs from the rows: an indicator can have several outputs. */
const VALUES = BLOCK_COLUMNS.IndicatorUpdated.indexOf('values');

/** Returns the bits of `CONTENTS` that the facts call for. */
function encodeControl(
  writer: ByteWriter,
  facts: readonly ControlFact[],
  first: { seq: number; at: MarketTime },
): number {
  if (facts.length === 0) return 0;
  writer.byte(0);
  writer.text(jsonOfFacts(facts, first));
  const entersPhase = facts.some((fact) => fact.type === 'PhaseEntered');
  return CONTENTS.control | (entersPhase ? CONTENTS.phaseEntered : 0);
}

function check(frame: Frame, next: number, cells: number): void {
  const { firstSeq, count, at } = frame;
  if (count < 1 || next - firstSeq !== count) {
    throw new InvariantViolated(firstSeq, `a frame of ${count} facts holds ${next - firstSeq}`);
  }
  if (!Number.isFinite(at)) throw new InvariantViolated(firstSeq, `"${at}" is no market time`);
  if (cells > CELLS_MAX) {
    throw new InvariantViolated(firstSeq, `a frame holds ${cells} cells: use several frames`);
  }
}

/** What a frame adds to what a reader must know. */
export interface Additions {
  readonly id: string | null;
  readonly series: readonly SeriesEntry[];
}

const NO_SERIES: readonly SeriesEntry[] = [];

/** What a block that is about to be decoded may be. */
interface BlockPlace {
  /** Its byte. */
  readonly kind: number;
  readonly type: BlockType;
  readonly reuse: boolean;
  /** How much the frame may still hold. */
  readonly cellsLeft: number;
  readonly factsLeft: number;
}

export class FrameDecoder {
  readonly #columns = new ColumnDecoder();
  /** Room for the columns of coming frames: one allocation for many of them. */
  #slab = new Float64Array(0);
  #slabUsed = 0;
  readonly #pools = new Map<BlockType, { blocks: Block[]; used: number }>();
  #reader: ByteReader | null = null;
  /** Who made the last block of each kind: likely the same again. */
  readonly #by = BLOCK_TYPES.map(() => '');

  /**
   * The frame in a record's payload.
   *
   * @param reuse the frame's blocks are those of the last call with `reuse`, filled anew
   * @throws {Malformed} if the payload is intact and still no frame
   */
  decode(header: RecordHeader, payload: Buffer, reuse = false): Frame {
    const reader = new ByteReader(payload, this.#reader);
    this.#reader = reader;
    const { series } = readAdditions(reader, header.contents);
    if (reuse) for (const pool of this.#pools.values()) pool.used = 0;
    const sections: Section[] = [];
    let seq = header.firstSeq;
    let cellsLeft = CELLS_MAX;
    while (reader.left > 0) {
      const kind = reader.byte();
      const type = BLOCK_TYPES[kind];
      if (type === undefined) throw new Malformed('a section has an unknown kind');
      if (type === 'control') {
        const facts = parseFacts(reader.text(), { seq, at: header.at });
        sections.push({ kind: 'control', facts });
        seq += facts.length;
      } else {
        const factsLeft = header.firstSeq + header.count - seq;
        const block = this.#decodeBlock(reader, { kind, type, reuse, cellsLeft, factsLeft });
        block.firstSeq = seq;
        for (const column of block.columns) cellsLeft -= column.length;
        sections.push(block);
        seq += block.facts;
      }
    }
    const { firstSeq, count, at } = header;
    if (seq - firstSeq !== count) {
      throw new Malformed(`${count} facts are announced and ${seq - firstSeq} are there`);
    }
    if (CELLS_MAX - cellsLeft > CELLS_KEPT) this.#pools.clear();
    return { at, firstSeq, count, sections, series };
  }

  #decodeBlock(reader: ByteReader, place: BlockPlace): Block {
    const { kind, type, reuse, cellsLeft, factsLeft } = place;
    const rows = reader.count();
    const width = BLOCK_COLUMNS[type].length;
    if (rows * width > cellsLeft) throw new Malformed(`a block of ${rows} rows is too big`);
    const isOneFact = type === 'HistoricalBarsLoaded';
    if (!isOneFact && rows > factsLeft) throw new Malformed(`a block has ${rows} rows too many`);
    const by = reader.text(this.#by[kind]);
    this.#by[kind] = by;
    const extra = reader.text();
    const columns: Column[] = [];
    const reused = reuse ? this.#reusable(type) : null;
    this.#columns.begin();
    for (let i = 0; i < width; i++) {
      const isValues = i === VALUES && type === 'IndicatorUpdated';
      const length = isValues ? reader.count() : rows;
      if (length > cellsLeft) throw new Malformed(`a column of ${length} values is too big`);
      const column = reused === null ? new Column(this.#room(length)) : reused.columns[i]!;
      column.reserve(length);
      column.length = length;
      this.#columns.decode(reader, column.data, length);
      if (reused === null) columns.push(column);
    }
    const block = reused ?? new Block(type, columns);
    block.rows = rows;
    block.by = by;
    block.extra = extra === '' ? null : extraOf(parseJson(extra));
    return block;
  }

  #reusable(type: BlockType): Block {
    let pool = this.#pools.get(type);
    if (pool === undefined) {
      pool = { blocks: [], used: 0 };
      this.#pools.set(type, pool);
    }
    if (pool.used === pool.blocks.length) pool.blocks.push(new Block(type));
    return pool.blocks[pool.used++]!;
  }

  /** Typed arrays cost a microsecond each to allocate, views of one a fraction of that. */
  #room(cells: number): Float64Array {
    if (cells > SLAB_CELLS / 4) return new Float64Array(cells);
    if (this.#slabUsed + cells > this.#slab.length) {
      this.#slab = new Float64Array(SLAB_CELLS);
      this.#slabUsed = 0;
    }
    const room = new Float64Array(this.#slab.buffer, this.#slabUsed * 8, cells);
    this.#slabUsed += cells;
    return room;
  }
}

const SLAB_CELLS = 1 << 13;

function extraOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Malformed('the fields of a block are none');
}

/** Only what a frame adds, without its facts. @throws {Malformed} */
export function additionsOf(header: RecordHeader, payload: Buffer): Additions {
  return readAdditions(new ByteReader(payload), header.contents);
}

function readAdditions(reader: ByteReader, contents: number): Additions {
  const id = (contents & CONTENTS.id) === 0 ? null : reader.text();
  const hasSeries = (contents & CONTENTS.series) !== 0;
  return { id, series: hasSeries ? asSeries(parseJson(reader.text())) : NO_SERIES };
}
