/** A run whose log begins as that of another one: its past is copied, never shared. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { LogWriteFailed, UsageError } from '../domain/errors.ts';
import { awaitedSymbols } from './awaitedSymbols.ts';
import type { ChainPoint } from './chain.ts';
import { copySegments } from './copying.ts';
import { REAL_DISK } from './disk.ts';
import { restoreJournal } from './journal.ts';
import { copyKnownData } from './knownDataFile.ts';
import { LogScan } from './logScan.ts';
import { type NewManifest, newManifest, writeManifest } from './manifest.ts';
import { HEADER_BYTES } from './record.ts';
import { recordsOf } from './records.ts';

/**
 * Makes a run in `into` whose log is that of `folder` up to the frame that ends with fact `seq`. In its manifest
 * that is the parent's last fact.
 *
 * @throws {UsageError} if `into` is not empty
 * @throws {LogWriteFailed} if the copy could not be written; nothing is left of it
 */
export function copyPast(
  folder: string,
  into: string,
  { seq, manifest }: { seq: number; manifest: NewManifest },
): ChainPoint {
  const made = makeEmpty(into);
  try {
    let end = { segment: 0, offset: 0 };
    for (const { segment, offset, header } of recordsOf(folder, seq)) {
      if (header.kind !== 'frame') continue;
      end = { segment, offset: offset + HEADER_BYTES + header.payloadBytes };
    }
    copySegments(folder, into, end);
    const scan = new LogScan(into);
    scan.advance();
    const point = { lastSeq: scan.state.position, hash: scan.state.chain.hash() };
    const parent = { ...manifest.parent!, seq: point.lastSeq, chain_hash: point.hash };
    copyKnownData(folder, into);
    const awaited = awaitedSymbols(folder).filter((entry) => entry.seq < point.lastSeq);
    if (awaited.length > 0) restoreJournal(into, awaited);
    writeManifest(into, newManifest({ ...manifest, parent }), REAL_DISK);
    REAL_DISK.syncFolder(into);
    return point;
  } catch (error) {
    if (made) rmSync(into, { recursive: true, force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new LogWriteFailed(
      `"${into}" could not be written (${message}): name a place that exists and has room`,
      { cause: error },
    );
  }
}

/** @returns true if the folder was made */
function makeEmpty(folder: string): boolean {
  if (mkdirSync(folder, { recursive: true }) !== undefined) return true;
  if (readdirSync(folder).length === 0) return false;
  throw new UsageError(`"${folder}" is not empty: choose another folder for the fork`);
}
