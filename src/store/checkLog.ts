/** Checks a log from its first byte to its last, without changing anything. */
import { LogCorrupted } from '../domain/errors.ts';
import { checkClosing } from './closing.ts';
import { FrameDecoder } from './frameCodec.ts';
import type { KeptBatches } from './keptBatches.ts';
import { LogScan } from './logScan.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { HEADER_BYTES, type RecordHeader } from './record.ts';

export interface LogReport {
  readonly frames: number;
  /** Seq of the last fact that is certainly good. */
  readonly position: number;
  readonly segments: number;
  /** Chain over the facts up to `position`. */
  readonly chainHash: string;
  /** Bytes after the last whole record of a log that was not closed. */
  readonly tornBytes: number;
  /** The first damage; null if there is none. */
  readonly damage: LogCorrupted | null;
}

/**
 * Reads every byte of the log in `folder`: checksums, chain, order, and that each frame can be decoded.
 *
 * @param options.decode false where frames are compared afterwards with what they should be, byte by byte
 * @param options.kept takes the bytes, for who reads them again
 * @throws {UsageError} if the folder holds no run
 */
export function checkLog(
  folder: string,
  { decode = true, kept }: { decode?: boolean; kept?: KeptBatches } = {},
): LogReport {
  const manifest = readManifest(folder);
  const decoder = new FrameDecoder();
  let frames = 0;
  const onFrame = (header: RecordHeader, record: Buffer) => {
    if (decode) decoder.decode(header, record.subarray(HEADER_BYTES), true);
    frames += 1;
  };
  const scan = new LogScan(folder, onFrame, { kept });
  const damage = damageIn(scan, manifest);
  return {
    frames,
    position: scan.state.position,
    segments: scan.lastSegment,
    chainHash: scan.state.chain.hash(),
    tornBytes: damage === null ? (scan.torn?.bytes ?? 0) : 0,
    damage,
  };
}

/** Goes on to the end of a log; gives the first damage that stops it, null if there is none. */
export function damageIn(scan: LogScan, manifest: Manifest): LogCorrupted | null {
  try {
    scan.advance();
    checkClosing(manifest, scan);
    return null;
  } catch (error) {
    if (error instanceof LogCorrupted) return error;
    throw error;
  }
}
