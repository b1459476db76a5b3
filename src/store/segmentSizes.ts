/** What a run's segments take on disk, and what they hold. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SealedSegment } from './sealedSegment.ts';
import { Damage } from './segment.ts';
import { listSegments, openSegment } from './segments.ts';

export interface SegmentSize {
  /** File name. */
  readonly name: string;
  readonly sealed: boolean;
  /** On disk. */
  readonly bytes: number;
  /** Before compression; as many as on disk if it is not sealed. */
  readonly rawBytes: number;
}

/** @throws {LogCorrupted} if a segment is missing, or the headers of a sealed one are damaged */
export function segmentSizes(folder: string): SegmentSize[] {
  return listSegments(folder).flatMap((number) => {
    const segment = openSegment(folder, number);
    if (segment === null) return [];
    try {
      const { name } = segment;
      const sealed = segment instanceof SealedSegment;
      // A raw one may just have been sealed, and be gone.
      const bytes = sealed ? statSync(join(folder, name)).size : segment.size;
      const rawBytes = sealed
        ? segment.batches().reduce((sum, { header }) => sum + header.contents, 0)
        : bytes;
      return [{ name, sealed, bytes, rawBytes }];
    } catch (error) {
      throw error instanceof Damage ? error.toError(0) : error;
    } finally {
      segment.close();
    }
  });
}
