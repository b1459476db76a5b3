/** Copies of the beginnings of logs: the bytes as they were first written, in files of their own. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from './segment.ts';
import { openSegment, segmentName } from './segments.ts';

/** The end of a frame: its segment, and the offset in the segment's bytes as first written. */
export interface CopyEnd {
  readonly segment: number;
  readonly offset: number;
}

/** Copies the segments of `folder` up to `end` into `into`, which has none. */
export function copySegments(folder: string, into: string, end: CopyEnd): void {
  for (let number = 1; number <= end.segment; number++) {
    const segment = openSegment(folder, number)!;
    const fd = openSync(join(into, segmentName(number)), 'wx');
    try {
      const bytes = number === end.segment ? end.offset : Number.POSITIVE_INFINITY;
      copyBytes(segment, fd, bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
      segment.close();
    }
  }
}

const PIECE_BYTES = 1 << 20;

function copyBytes(segment: Segment, fd: number, bytes: number): void {
  for (let offset = 0; offset < bytes; ) {
    const length = Math.min(segment.left(offset), PIECE_BYTES, bytes - offset);
    if (length === 0) return;
    const piece = segment.view(offset, length);
    for (let done = 0; done < length; ) done += writeSync(fd, piece, done, length - done);
    offset += length;
  }
}
