/**
 * Sealing: a segment that will not change any more is compressed, batch by batch.
 *
 * The sealed file takes the place of the raw one by temporary file, fsync, rename; only then is the raw one
 * removed. After a crash in between both are there, with the same content.
 */
import { existsSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { MarketTime } from '../domain/time.ts';
import { ByteWriter } from './bytes.ts';
import { syncFolder, UNFINISHED, writeFileDurably } from './durableFile.ts';
import { RawSegment } from './rawSegment.ts';
import { HEADER_BYTES, seqFrom } from './record.ts';
import { encodeBatch } from './sealedSegment.ts';
import { contentOf, Damage, recordAt, type Segment } from './segment.ts';
import { listSegments, openSegment, sealedName, segmentName } from './segments.ts';

const compress = promisify(zstdCompress);
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Bytes at which a batch is full: big enough to compress well, small enough to be read for one frame. */
const BATCH_BYTES = 1 << 18;

/** Records of a raw segment that are to become a batch. */
interface Piece {
  bytes: Buffer;
  firstSeq: number;
  count: number;
  at: MarketTime;
}

/**
 * Seals segment `number`; one that is sealed already stays as it is. The compression runs off this thread.
 * @throws {LogCorrupted} if the segment is not intact; it then stays as it is
 */
export async function sealSegment(folder: string, number: number): Promise<void> {
  const segment = openSegment(folder, number);
  if (!(segment instanceof RawSegment)) {
    segment?.close();
    return;
  }
  const path = join(folder, sealedName(number));
  const unfinished = path + UNFINISHED;
  const file = await open(unfinished, 'w');
  try {
    await writeBatches(segment, file);
    await file.sync();
  } finally {
    segment.close();
    await file.close();
  }
  await rename(unfinished, path);
  syncFolder(folder);
  await rm(join(folder, segmentName(number)));
}

async function writeBatches(segment: Segment, file: FileHandle): Promise<void> {
  const writer = new ByteWriter();
  for (const { bytes, ...piece } of piecesOf(segment)) {
    const compressed = await compress(bytes, ZSTD);
    writer.length = 0;
    encodeBatch(writer, compressed, { bytes: bytes.length, ...piece });
    await file.writeFile(writer.written());
  }
}

function* piecesOf(segment: Segment): Generator<Piece> {
  let seq = 0;
  let start = 0;
  let piece: Omit<Piece, 'bytes'> | null = null;
  try {
    for (let offset = 0; ; ) {
      const header = recordAt(segment, offset);
      if (header !== null) contentOf(segment, offset, header);
      if (piece !== null && (header === null || offset - start >= BATCH_BYTES)) {
        yield { bytes: Buffer.from(segment.view(start, offset - start)), ...piece };
        start = offset;
        piece = null;
      }
      if (header === null) return;
      const { kind, count, at } = header;
      piece ??= { firstSeq: seqFrom(header), count: 0, at };
      if (kind === 'frame') {
        if (piece.count === 0) piece.at = at;
        piece.count += count;
        seq = header.firstSeq + count - 1;
      }
      offset += HEADER_BYTES + header.payloadBytes;
    }
  } catch (error) {
    throw error instanceof Damage ? error.toError(seq) : error;
  }
}

/** Makes a sealed segment raw again, so that it can be written on. @throws {LogCorrupted} */
export function unsealSegment(folder: string, number: number): void {
  const segment = openSegment(folder, number);
  if (segment === null || segment instanceof RawSegment) {
    segment?.close();
    return;
  }
  try {
    const parts = segment
      .batches()
      .map(({ header, offset }) => Buffer.from(segment.view(offset, header.contents)));
    writeFileDurably(join(folder, segmentName(number)), Buffer.concat(parts));
  } catch (error) {
    throw error instanceof Damage ? error.toError(0) : error;
  } finally {
    segment.close();
  }
  rmSync(join(folder, sealedName(number)));
}

/** Finishes what a crash has left undone: raw segments whose sealed form is complete are removed. */
export function finishSealing(folder: string): void {
  for (const number of listSegments(folder)) {
    if (existsSync(join(folder, sealedName(number)))) {
      rmSync(join(folder, segmentName(number)), { force: true });
    }
  }
}
