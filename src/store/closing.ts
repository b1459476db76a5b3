/** The end of a log that was closed: what is found must be what was there then. */
import { LogCorrupted } from '../domain/errors.ts';
import type { LogScan } from './logScan.ts';
import type { Manifest } from './manifest.ts';
import { segmentName } from './segments.ts';

/**
 * Compares a log, gone through to its end, with what its manifest says of that end.
 * @throws {LogCorrupted} if facts are missing or were altered, or bytes were added
 */
export function checkClosing({ closed }: Manifest, scan: LogScan): void {
  if (closed === null) return;
  const { state, torn } = scan;
  const { position, chain } = state;
  const found = `the log was closed with fact ${closed.seq}, and`;
  const why = torn === null ? '' : `, where ${torn.what}`;
  if (position !== closed.seq) throw corrupted(scan, `${found} ends with fact ${position}${why}`);
  if (torn !== null) throw corrupted(scan, `${found} goes on${why}`);
  if (chain.hash() !== closed.chain_hash) {
    const changed = `facts from ${chain.firstSeq} on were altered`;
    throw corrupted(scan, `${found} ${changed}`, chain.firstSeq - 1);
  }
}

function corrupted(scan: LogScan, what: string, lastGoodSeq = scan.state.position): LogCorrupted {
  const segment = segmentName(Math.max(1, scan.torn?.segment ?? scan.lastSegment));
  const offset = scan.torn?.offset ?? scan.lastSegmentBytes;
  const where = `segment "${segment}", byte ${offset}`;
  const rest = `the last good fact is ${lastGoodSeq}: restore the file, or salvage the log up to there`;
  return new LogCorrupted(`${what} (${where}); ${rest}`, { segment, offset, lastGoodSeq });
}
