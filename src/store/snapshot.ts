/**
 * Snapshots: the state after one fact as bytes, from which folding can go on. Never the truth: whatever does
 * not fit the log, or is damaged, is as if it were not there.
 *
 * A head of 24 bytes (magic, CRC-32 of all that follows it, format, bytes), then texts of JSON: what the snapshot
 * is of, the state, the days of history whose rows are here; then the columns of the state, and of those days.
 * Rows of a day of history are in the first snapshot that had them; later ones name it.
 */
import { crc32 } from 'node:zlib';
import packageJson from '../../package.json' with { type: 'json' };
import { BAR_FIELDS, type BarColumns } from '../domain/bars.ts';
import { Tally } from '../domain/tally.ts';
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import type { ChainPoint } from './chain.ts';
import { ColumnDecoder } from './columnDecoder.ts';
import { ColumnEncoder } from './columnEncoder.ts';
import { parseJson } from './json.ts';
import { RunState } from './runState.ts';
import {
  type ColumnSink,
  type ColumnSource,
  dayKey,
  restoreState,
  type SavedDay,
  type SavedState,
  saveState,
} from './savedState.ts';

/**
 * Raised with every change of what the bytes mean, and of how facts are folded: snapshots of another format, or of
 * another release, are not used, and made anew. `test/golden/snapshots.test.ts` fails where that was forgotten.
 */
export const SNAPSHOT_FORMAT = 1;
const ENGINE = packageJson.version;
const MAGIC = Buffer.from('OBSNAP\r\n');
const CRC_AT = 8;
const HEAD_BYTES = 24;
/** A bigger file is taken for none. */
export const SNAPSHOT_MAX = 1 << 30;
/** Most cells that one snapshot may make a reader allocate, 512 MiB. */
const CELLS_MAX = 1 << 26;

/** What a snapshot is of. */
export interface SnapshotOf {
  /** Id of the run; null where it never leaves the memory of one reader. */
  readonly run: string | null;
  readonly seq: number;
  /** A value of the chain over all facts up to `seq` at least. */
  readonly link: ChainPoint | null;
}

/** The rows of one day in the bytes of a snapshot. */
interface DayAt {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
}

/** All of a snapshot but what it is of, which may come to be known later. */
export interface EncodedState {
  readonly seq: number;
  readonly body: Buffer;
}

/** The columns of a state. A class: V8 makes a function in a literal where only a collection of everything finds it. */
class StateColumns implements ColumnSink {
  readonly writer = new ByteWriter(1 << 12);
  readonly #encoder = new ColumnEncoder();

  constructor() {
    this.#encoder.begin();
  }

  put(column: Float64Array, rows: number): void {
    this.#encoder.encode(this.writer, column, rows);
  }
}

/** Encodes a state; notes in its `places` which days of history it now holds. O(state). */
export function encodeState(state: RunState): EncodedState {
  const { data, tally, places } = state;
  const columns = new StateColumns();
  const own = new Set<string>();
  const current = new Set<string>();
  const saved = saveState(data, columns, (key) => {
    current.add(key);
    const place = places.get(key);
    if (place !== undefined) return place;
    own.add(key);
    places.set(key, data.seq);
    return data.seq;
  });
  for (const key of places.keys()) if (!current.has(key)) places.delete(key);
  const rows = new ByteWriter(1 << 12);
  const days = encodeDays(state, own, rows);
  const writer = new ByteWriter(columns.writer.length + rows.length + (1 << 12));
  writer.text(JSON.stringify({ state: saved, tally: tally.save() }));
  writer.text(JSON.stringify(days));
  for (const part of [columns.writer, rows]) {
    writer.reserve(part.length);
    writer.bytes.set(part.written(), writer.length);
    writer.length += part.length;
  }
  return { seq: data.seq, body: Buffer.from(writer.written()) };
}

function encodeDays({ data }: RunState, own: ReadonlySet<string>, writer: ByteWriter): DayAt[] {
  const encoder = new ColumnEncoder();
  const days: DayAt[] = [];
  for (const [symbol, byInterval] of data.history) {
    for (const history of byInterval.values()) {
      for (const day of history.days) {
        const key = dayKey({ symbol, interval: history.interval }, day);
        if (!own.has(key)) continue;
        const from = writer.length;
        const rows = day.end - day.start;
        encoder.begin();
        for (const field of BAR_FIELDS) {
          encoder.encode(writer, history.columns[field].subarray(day.start, day.end), rows);
        }
        days.push({ key, rows, bytes: writer.length - from });
      }
    }
  }
  return days;
}

/** The bytes of a snapshot. */
export function snapshotBytes({ seq, body }: EncodedState, of: Omit<SnapshotOf, 'seq'>): Buffer {
  const writer = new ByteWriter(HEAD_BYTES + body.length + 256);
  writer.length = HEAD_BYTES;
  writer.text(JSON.stringify({ engine: ENGINE, run: of.run, seq, link: of.link }));
  writer.reserve(body.length);
  writer.bytes.set(body, writer.length);
  writer.length += body.length;
  const { bytes, view, length } = writer;
  bytes.set(MAGIC, 0);
  view.setUint32(CRC_AT + 4, SNAPSHOT_FORMAT, true);
  view.setFloat64(CRC_AT + 8, length, true);
  view.setUint32(CRC_AT, crc32(bytes.subarray(CRC_AT + 4, length)), true);
  return Buffer.from(writer.written());
}

/** A snapshot whose checksum holds. */
export class Snapshot {
  readonly of: SnapshotOf;
  readonly #state: string;
  readonly #days = new Map<string, { readonly at: number; readonly rows: number }>();
  readonly #reader: ByteReader;
  readonly #columnsAt: number;

  /** @throws {Malformed} for bytes that are no snapshot of this version, whole and unchanged */
  constructor(bytes: Buffer) {
    const intact =
      bytes.length > HEAD_BYTES &&
      bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
      bytes.readDoubleLE(CRC_AT + 8) === bytes.length &&
      crc32(bytes.subarray(CRC_AT + 4)) === bytes.readUInt32LE(CRC_AT);
    if (!intact) throw new Malformed('it is damaged, or no snapshot');
    const format = bytes.readUInt32LE(CRC_AT + 4);
    if (format !== SNAPSHOT_FORMAT) throw new Malformed(`its format is ${format}`);
    const reader = new ByteReader(bytes);
    this.#reader = reader;
    reader.at = HEAD_BYTES;
    const { engine, ...of } = parseJson(reader.text()) as SnapshotOf & { engine: string };
    if (engine !== ENGINE) throw new Malformed(`it was made by "${engine}"`);
    this.of = of;
    this.#state = reader.text();
    const days = parseJson(reader.text()) as DayAt[];
    this.#columnsAt = reader.at;
    let at = bytes.length;
    for (const day of days.toReversed()) {
      at -= day.bytes;
      this.#days.set(day.key, { at, rows: day.rows });
    }
  }

  /**
   * The state it holds.
   *
   * @param other the snapshot after fact `seq`, for the days of history that are there
   * @throws {Malformed} if it does not hold together, or a day is not where it should be
   */
  state(other: (seq: number) => Snapshot): RunState {
    const { state, tally } = parseJson(this.#state) as { state: SavedState; tally: Saved };
    const places = new Map<string, number>();
    this.#reader.at = this.#columnsAt;
    const readDay = (key: string, day: SavedDay, into: BarColumns, start: number) => {
      const holder = day.place === this.of.seq ? this : other(day.place);
      holder.readDay(key, day.rows, into, start);
      places.set(key, day.place);
    };
    const data = restoreState(state, this.#columns(), readDay);
    if (data.seq !== this.of.seq) throw new Malformed('it is of another fact');
    return new RunState(data, Tally.restore(tally), places);
  }

  /** Writes the rows of a day into columns that have room for them. @throws {Malformed} if it is not here */
  readDay(key: string, rows: number, into: BarColumns, start: number): void {
    const day = this.#days.get(key);
    if (day === undefined || day.rows !== rows) throw new Malformed(`${key} is not there`);
    const reader = this.#reader;
    const before = reader.at;
    reader.at = day.at;
    const decoder = new ColumnDecoder();
    for (const field of BAR_FIELDS) {
      decoder.decode(reader, into[field].subarray(start, start + rows), rows);
    }
    reader.at = before;
  }

  #columns(): ColumnSource {
    const decoder = new ColumnDecoder();
    decoder.begin();
    let left = CELLS_MAX;
    const room = (rows: number) => {
      if (!Number.isSafeInteger(rows) || rows < 0 || rows > left) {
        throw new Malformed(`a column of ${rows} values is too big`);
      }
      left -= rows;
      return new Float64Array(rows);
    };
    const get = (rows: number) => {
      const column = room(rows);
      decoder.decode(this.#reader, column, rows);
      return column;
    };
    return { get, room };
  }
}

type Saved = Parameters<typeof Tally.restore>[0];
