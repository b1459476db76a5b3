/**
 * Parquet files. They are decoded by whole row groups, a million rows for the 390 of one day, so the one pass
 * that checks them sets the bars aside in a scratch file, from which days are read.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { AsyncBuffer } from 'hyparquet';
import { BarColumns } from '../domain/bars.ts';
import type { FileSource } from '../domain/config/data.ts';
import { FeedError } from '../domain/errors.ts';
import type { MarketTime } from '../domain/time.ts';
import { type EpochUnit, epochMs, epochUnit } from './epoch.ts';
import type { Feed } from './feed.ts';
import { type FileRequest, fileFeed } from './fileFeed.ts';
import { unreadable } from './files.ts';
import { emptyRow, Intake, type Piece } from './intake.ts';
import { ParquetTable, type RowGroup, type TimeKind } from './parquetTable.ts';
import { readRow, Scratch } from './scratch.ts';
import { type BarRange, joined, type Part } from './series.ts';
import { Stamps } from './stamps.ts';
import { readWhole } from './wholeReads.ts';

const HASH_BYTES = 1 << 20;
const READ_ROWS = 1 << 15;

/** @param folder where relative paths start */
export function parquetFeed(source: FileSource, folder: string): Feed {
  const scratch = new Scratch();
  return fileFeed(source, folder, {
    name: 'parquet',
    index: (request) => indexFile(request, scratch),
    close: () => scratch.close(),
  });
}

async function indexFile(request: FileRequest, scratch: Scratch): Promise<Part> {
  const { path, shown } = request.file;
  const handle = await open(path).catch((error: unknown) => {
    throw unreadable(shown, error);
  });
  try {
    return await indexOpened(handle, request, scratch);
  } catch (cause) {
    if (cause instanceof FeedError || request.index.signal?.aborted === true) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FeedError(`${shown} cannot be read as Parquet: ${reason}`, { cause });
  } finally {
    await handle.close();
  }
}

async function indexOpened(
  handle: FileHandle,
  { file, source, interval, after, index, mayBeEmpty }: FileRequest,
  scratch: Scratch,
): Promise<Part> {
  const { calendar, signal, onProgress } = index;
  const fingerprint = await fingerprintOf(handle, signal);
  const { shown } = file;
  const table = await ParquetTable.open(await contentOf(handle), { shown, names: source.columns });
  const place = { shown, file: file.name, unit: 'row' } as const;
  const intake = new Intake({ interval, calendar, policy: source.on_bad_row, place, after });
  const zone = source.timezone ?? calendar.zone;
  const stamps = new Stamps({ interval, stamp: source.stamp, zone, calendar });
  const times = new Times(table.timeKind, stamps);
  for await (const group of table.rowGroups()) {
    signal?.throwIfAborted();
    await scratch.append(goodRows(group, { times, intake, firstKept: scratch.length }));
    const done = group.firstRow + group.time.length - 1;
    onProgress?.({ what: file.name, done, total: table.rows });
  }
  const rows = intake.finish({ mayBeEmpty });
  return new ParquetPart(scratch, { file: file.name, fingerprint, ...rows });
}

/** The bars of `group` that are none to refuse; the first is kept as row `firstKept`. */
function goodRows(
  group: RowGroup,
  { times, intake, firstKept }: { times: Times; intake: Intake; firstKept: number },
): BarColumns {
  const kept = new BarColumns(group.time.length);
  const row = emptyRow();
  const { bar } = row;
  for (let i = 0; i < group.time.length; i++) {
    row.line = group.firstRow + i;
    row.start = firstKept + kept.length;
    row.end = row.start + 1;
    bar.opened = times.toOpened(group.time[i]!);
    bar.open = group.open[i]!;
    bar.high = group.high[i]!;
    bar.low = group.low[i]!;
    bar.close = group.close[i]!;
    bar.volume = group.volume[i]!;
    if (Number.isNaN(bar.opened)) intake.bad(row.line, times.problem);
    else if (intake.row(row)) kept.push(bar);
  }
  return kept;
}

/** Reads the times of one file. */
class Times {
  problem = '';
  readonly #kind: TimeKind;
  readonly #stamps: Stamps;
  /** Unit of the first epoch time, which the others share. */
  #unit: EpochUnit | null = null;

  constructor(kind: TimeKind, stamps: Stamps) {
    this.#kind = kind;
    this.#stamps = stamps;
  }

  /** Start of the bar with that time; `NaN` if it cannot be told, and then `problem` says why. */
  toOpened(value: number): MarketTime {
    if (Number.isNaN(value)) return this.#refuse('time is missing');
    const opened = this.#opened(value);
    return Number.isNaN(opened) ? this.#refuse(`time "${value}" ${this.#stamps.problem}`) : opened;
  }

  #opened(value: number): MarketTime {
    if (this.#kind === 'local') return this.#stamps.ofLocal(value);
    if (this.#kind === 'date') return this.#stamps.ofDate(value);
    if (this.#kind === 'instant') return this.#stamps.ofInstant(value);
    this.#unit ??= epochUnit(value);
    return this.#stamps.ofInstant(this.#unit === null ? Number.NaN : epochMs(value, this.#unit));
  }

  #refuse(problem: string): number {
    this.problem = problem;
    return Number.NaN;
  }
}

class ParquetPart implements Part {
  readonly file: string;
  readonly fingerprint: string;
  readonly pieces: Part['pieces'];
  readonly skipped: Part['skipped'];
  readonly #scratch: Scratch;

  constructor(
    scratch: Scratch,
    index: { file: string } & Pick<Part, 'fingerprint' | 'pieces' | 'skipped'>,
  ) {
    this.#scratch = scratch;
    this.file = index.file;
    this.fingerprint = index.fingerprint;
    this.pieces = index.pieces;
    this.skipped = index.skipped;
  }

  async read(pieces: readonly Piece[], range: BarRange, signal?: AbortSignal): Promise<void> {
    const row = emptyRow();
    for (const { start, end, firstLine } of joined(pieces, READ_ROWS)) {
      signal?.throwIfAborted();
      const block = await this.#scratch.read(start, end);
      for (let i = 0; i < end - start; i++) {
        row.line = firstLine + i;
        readRow(block, i, row.bar);
        range.row(row);
      }
    }
  }
}

async function fingerprintOf(handle: FileHandle, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const bytes = Buffer.allocUnsafe(HASH_BYTES);
  for (let at = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(bytes.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** The file as the decoder asks for it, part by part. */
async function contentOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      const read = await readWhole(handle, bytes, start);
      if (read < bytes.length) throw new Error(`it ends after ${start + read} of ${size} bytes`);
      return bytes.buffer;
    },
  };
}
