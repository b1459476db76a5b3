/** The segments of a log's folder: `00000001.log`, and `00000001.log.zst` once sealed. */
import { openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LogCorrupted } from '../domain/errors.ts';
import { type RawOptions, RawSegment } from './rawSegment.ts';
import { type SealedOptions, SealedSegment } from './sealedSegment.ts';

export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.log`;
}

export function sealedName(number: number): string {
  return `${segmentName(number)}.zst`;
}

const SEGMENT = /^(\d{8})\.log(\.zst)?$/;

/** What the segments in a folder take up. */
export function bytesOfSegments(folder: string): number {
  const names = readdirSync(folder).filter((name) => SEGMENT.test(name));
  // One that its writer has just sealed is gone.
  const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size);
  return sizes.reduce<number>((bytes, size = 0) => bytes + size, 0);
}

/**
 * Numbers of the segments in a folder, ascending from 1.
 * @throws {LogCorrupted} if one is missing
 */
export function listSegments(folder: string): number[] {
  const found = numbersIn(folder);
  // While one is sealed its name changes: a second look finds what the first has missed.
  const numbers = gapIn(found) === -1 ? found : numbersIn(folder);
  const gap = gapIn(numbers);
  if (gap === -1) return numbers;
  const segment = segmentName(gap + 1);
  throw new LogCorrupted(
    `segment "${segment}" is missing from the log in "${folder}": restore it`,
    {
      segment,
      offset: 0,
      lastGoodSeq: 0,
    },
  );
}

function numbersIn(folder: string): number[] {
  const found = readdirSync(folder).map((name) => SEGMENT.exec(name)?.[1]);
  const numbers = [...new Set(found.filter((text) => text !== undefined).map(Number))];
  return numbers.sort((a, b) => a - b);
}

function gapIn(numbers: readonly number[]): number {
  return numbers.findIndex((number, i) => number !== i + 1);
}

/** Opens a segment, sealed or not, as far as it has come; null if there is none. */
export function openSegment(
  folder: string,
  number: number,
  options: RawOptions & SealedOptions = {},
): RawSegment | SealedSegment | null {
  const raw = () =>
    openIfThere(folder, segmentName(number), (name, fd) => new RawSegment(name, fd, options));
  const sealed = () =>
    openIfThere(folder, sealedName(number), (name, fd) => new SealedSegment(name, fd, options));
  // Sealing adds the sealed file before it removes the raw one; who goes on with a run does it the other way round.
  return raw() ?? sealed() ?? raw();
}

function openIfThere<T>(folder: string, name: string, open: (name: string, fd: number) => T) {
  try {
    return open(name, openSync(join(folder, name), 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
