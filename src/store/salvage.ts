/**
 * Copies of damaged logs: everything before the damage, into a folder of its own. The original is not touched.
 * What is copied are the bytes as they were first written, so that the chain over them stays what it was.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { LogCorrupted, LogWriteFailed, UsageError } from '../domain/errors.ts';
import type { MarketTime } from '../domain/time.ts';
import { Malformed } from './bytes.ts';
import { checkLog } from './checkLog.ts';
import { copySegments } from './copying.ts';
import { REAL_DISK } from './disk.ts';
import { FrameDecoder } from './frameCodec.ts';
import { Journal, readJournal, restoreJournal } from './journal.ts';
import { copyKnownData } from './knownDataFile.ts';
import { LogState } from './logState.ts';
import { readManifest, writeManifest } from './manifest.ts';
import { HEADER_BYTES, type RecordHeader } from './record.ts';
import { contentOf, recordAt } from './segment.ts';
import { openSegment } from './segments.ts';

export interface Salvage {
  /** Seq of the last fact of the copy. */
  readonly position: number;
  /** Its market time. */
  readonly at: MarketTime;
  /** How many facts came after it; null if the log was never closed, so that nothing says. */
  readonly lost: number | null;
  /** What is wrong with the original. */
  readonly damage: LogCorrupted;
}

/**
 * Copies what is good of the log in `folder` into `into`, which must be empty or not there. The copy is a run
 * that was interrupted at that place.
 *
 * @returns null if nothing is damaged; then nothing is copied
 * @throws {UsageError} if `folder` holds no run, or `into` is not empty
 * @throws {LogCorrupted} if the manifest is damaged, or not one fact is good
 * @throws {LogWriteFailed} if the copy could not be written; nothing is left of it
 */
export function salvageLog(folder: string, into: string): Salvage | null {
  const manifest = readManifest(folder);
  const { damage } = checkLog(folder);
  if (damage === null) return null;
  const good = goodPartOf(folder);
  // The end of a closed log is vouched for by its manifest alone.
  const end = good.isWhole && damage.lastGoodSeq < good.end.seq ? good.sure : good.end;
  if (end.seq === 0) throw hopeless(damage);
  const made = makeEmpty(into);
  try {
    copySegments(folder, into, end);
    copyJournal(folder, into, end.seq);
    writeManifest(into, { ...manifest, status: 'running', closed: null });
    REAL_DISK.syncFolder(into);
  } catch (error) {
    if (made) rmSync(into, { recursive: true, force: true });
    throw copyFailure(into, error);
  }
  const lost = manifest.closed === null ? null : Math.max(0, manifest.closed.seq - end.seq);
  return { position: end.seq, at: end.at, lost, damage };
}

function hopeless({ message, segment, offset }: LogCorrupted): LogCorrupted {
  const what = message.replace(/; the last good fact is .*$/, '');
  const remedy = 'not one fact is left to be salvaged: restore the file';
  return new LogCorrupted(`${what}; ${remedy}`, { segment, offset, lastGoodSeq: 0 });
}

/** The end of a frame. */
interface Place {
  /** Number of its segment. */
  readonly segment: number;
  /** Offset in the segment's bytes as first written. */
  readonly offset: number;
  /** Of its last fact. */
  readonly seq: number;
  readonly at: MarketTime;
}

interface GoodPart {
  /** The last frame before the first record that is not good. */
  readonly end: Place;
  /** The last one that a link of the chain vouches for. */
  readonly sure: Place;
  /** True if no record was bad: what is missing is missing at the end. */
  readonly isWhole: boolean;
}

function goodPartOf(folder: string): GoodPart {
  const state = new LogState();
  const decoder = new FrameDecoder();
  let end: Place = { segment: 1, offset: 0, seq: 0, at: 0 };
  let sure = end;
  const take = (segment: number, offset: number, header: RecordHeader, record: Buffer) => {
    if ((offset === 0) !== (header.kind === 'head')) throw new Malformed('it is out of place');
    state.follow(header, record);
    if (header.kind !== 'frame') sure = end;
    else {
      decoder.decode(header, record.subarray(HEADER_BYTES), true);
      const { at } = header;
      end = { segment, offset: offset + record.length, seq: state.position, at };
    }
  };
  const isWhole = everyRecord(folder, take);
  // A link that does not match takes back the block that it covers.
  if (state.position < end.seq) end = sure;
  return { end, sure, isWhole };
}

/** @returns false if a record was not good, or `take` threw `Malformed` */
function everyRecord(
  folder: string,
  take: (segment: number, offset: number, header: RecordHeader, record: Buffer) => void,
): boolean {
  for (let number = 1; ; number++) {
    const segment = openSegment(folder, number);
    if (segment === null) return true;
    try {
      for (let offset = 0; ; ) {
        const header = recordAt(segment, offset);
        if (header === null) break;
        const record = contentOf(segment, offset, header);
        take(number, offset, header, record);
        offset += record.length;
      }
    } catch (error) {
      if (error instanceof Malformed) return false;
      throw error;
    } finally {
      segment.close();
    }
  }
}

/** @returns true if the folder was made */
function makeEmpty(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw copyFailure(folder, error);
  }
  if (readdirSync(folder).length === 0) return false;
  throw new UsageError(`"${folder}" is not empty: choose another folder for the copy`);
}

/** What is beside the log: what its data had, what the journal has up to there, and that this is a copy. */
function copyJournal(folder: string, into: string, position: number): void {
  copyKnownData(folder, into);
  restoreJournal(
    into,
    readJournal(folder).filter(({ seq }) => seq <= position),
  );
  const journal = new Journal(into);
  journal.write(position, { type: 'Salvaged' });
  journal.close();
}

function copyFailure(folder: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new LogWriteFailed(
    `"${folder}" could not be written (${message}): name a place that exists and has room`,
    { cause: error },
  );
}
