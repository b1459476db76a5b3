/**
 * CSV files. One pass makes an index of byte ranges, one entry for each date; later only the ranges of the
 * dates asked for are read.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { FileSource } from '../domain/config/data.ts';
import { FeedError } from '../domain/errors.ts';
import { findColumns } from './columns.ts';
import { CsvRows, delimiterOf, type Lines, splitLine } from './csvRows.ts';
import { textOf } from './decimals.ts';
import type { Feed } from './feed.ts';
import { type FileFormat, type FileRequest, fileFeed } from './fileFeed.ts';
import { type DataFile, unreadable } from './files.ts';
import { Intake, type Piece } from './intake.ts';
import { type BarRange, joined, type Part, type Run } from './series.ts';
import { Stamps } from './stamps.ts';
import { TimeText } from './timeText.ts';
import { readWhole } from './wholeReads.ts';

const LF = 10;
const CHUNK_BYTES = 1 << 20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** @param folder where relative paths start */
export function csvFeed(source: FileSource, folder: string): Feed {
  return fileFeed(source, folder, csv);
}

const csv: FileFormat = {
  name: 'csv',
  async index(request) {
    const { file } = request;
    const handle = await opened(file);
    try {
      return await indexFile(handle, request);
    } finally {
      await handle.close();
    }
  },
};

async function indexFile(handle: FileHandle, request: FileRequest): Promise<Part> {
  const { file, interval, source, after, index, mayBeEmpty } = request;
  const { calendar, signal, onProgress } = index;
  const { size, mtimeMs } = await handle.stat();
  const place = { shown: file.shown, file: file.name, unit: 'line' } as const;
  const intake = new Intake({ interval, calendar, policy: source.on_bad_row, place, after });
  const hash = createHash('sha256');
  let rows: CsvRows | undefined;
  let line = 1;
  for await (const chunk of wholeLines(handle, file, signal)) {
    hash.update(chunk.bytes.subarray(chunk.fresh, chunk.filled));
    let { start } = chunk;
    if (rows === undefined && chunk.end > 0) {
      ({ rows, start } = readHeader(chunk, request));
      line = 2;
    }
    line = rows?.read({ ...chunk, start, line }, intake) ?? line;
    onProgress?.({ what: file.name, done: chunk.offset + chunk.filled, total: size });
  }
  if (rows === undefined) throw new FeedError(`${file.shown} is empty; give a file with bars`);
  const { pieces, skipped } = intake.finish({ mayBeEmpty });
  const content = { fingerprint: hash.digest('hex'), size, mtimeMs };
  return new CsvPart(file, { content, rows, pieces, skipped });
}

/** What the first line says about the others. `start` is where they begin. */
function readHeader(chunk: Chunk, request: FileRequest): { rows: CsvRows; start: number } {
  const { bytes } = chunk;
  const { shown } = request.file;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new FeedError(`${shown} is written in UTF-16; save it as UTF-8`);
  }
  const from = BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;
  const lineFeed = bytes.indexOf(LF);
  const stop = lineFeed < 0 || lineFeed >= chunk.end ? chunk.end : lineFeed;
  const text = textOf(bytes, from, stop);
  const delimiter = delimiterOf(text);
  const header = splitLine(text, delimiter);
  if (header === null) throw new FeedError(`${shown} line 1: quotes do not match; mend the header`);
  const { source, interval, index } = request;
  const layout = findColumns(header, { names: source.columns, shown });
  const zone = source.timezone ?? index.calendar.zone;
  const stamps = new Stamps({ interval, stamp: source.stamp, zone, calendar: index.calendar });
  const rows = new CsvRows({ delimiter, fields: header.length, layout }, new TimeText(stamps));
  return { rows, start: stop + 1 };
}

/** Whole lines in a buffer that the next chunk overwrites. */
interface Chunk extends Omit<Lines, 'line'> {
  readonly bytes: Buffer;
  /** `bytes[fresh, filled)` was read for this chunk; before it lies what the last one left over. */
  readonly fresh: number;
  readonly filled: number;
}

/** The file from its beginning, cut at line ends; the last line may lack its own. */
async function* wholeLines(
  handle: FileHandle,
  file: DataFile,
  signal?: AbortSignal,
): AsyncGenerator<Chunk> {
  const bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let offset = 0;
  let fresh = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(bytes, fresh, bytes.length - fresh, offset + fresh);
    const filled = fresh + bytesRead;
    const isLast = bytesRead === 0;
    const end = isLast ? filled : bytes.subarray(0, filled).lastIndexOf(LF) + 1;
    if (filled > 0) yield { bytes, start: 0, end, offset, fresh, filled };
    if (isLast) return;
    bytes.copyWithin(0, end, filled);
    offset += end;
    fresh = filled - end;
    if (fresh === bytes.length) {
      throw new FeedError(
        `${file.shown} has a line of more than ${fresh} bytes; is it a CSV file?`,
      );
    }
  }
}

/** What tells whether a file is still the one that was indexed. */
interface Content {
  readonly fingerprint: string;
  readonly size: number;
  readonly mtimeMs: number;
}

class CsvPart implements Part {
  readonly file: string;
  readonly fingerprint: string;
  readonly pieces: Part['pieces'];
  readonly skipped: Part['skipped'];
  readonly #file: DataFile;
  readonly #content: Content;
  readonly #rows: CsvRows;

  constructor(
    file: DataFile,
    index: { content: Content; rows: CsvRows } & Pick<Part, 'pieces' | 'skipped'>,
  ) {
    this.file = file.name;
    this.fingerprint = index.content.fingerprint;
    this.pieces = index.pieces;
    this.skipped = index.skipped;
    this.#file = file;
    this.#content = index.content;
    this.#rows = index.rows;
  }

  async read(pieces: readonly Piece[], range: BarRange, signal?: AbortSignal): Promise<void> {
    const handle = await opened(this.#file);
    try {
      const { size, mtimeMs } = await handle.stat();
      if (size !== this.#content.size || mtimeMs !== this.#content.mtimeMs) throw this.#changed();
      for (const run of joined(pieces, CHUNK_BYTES)) {
        signal?.throwIfAborted();
        await this.#readRun(handle, run, range);
      }
    } finally {
      await handle.close();
    }
  }

  async #readRun(handle: FileHandle, run: Run, range: BarRange): Promise<void> {
    const { start, firstLine: line } = run;
    const end = run.end - start;
    const bytes = Buffer.allocUnsafe(end);
    if ((await readWhole(handle, bytes, start)) < end) throw this.#changed();
    this.#rows.read(
      { bytes, start: 0, end, offset: start, line },
      {
        row: (row) => range.row(row),
        bad: () => {
          throw this.#changed();
        },
      },
    );
  }

  #changed(): FeedError {
    return new FeedError(`${this.#file.shown} has changed since it was indexed; run again`);
  }
}

async function opened(file: DataFile): Promise<FileHandle> {
  try {
    return await open(file.path);
  } catch (error) {
    throw unreadable(file.shown, error);
  }
}
