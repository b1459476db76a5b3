/** The records of a log's folder one after another, as they were first written, sealed or not. */
import type { KeptBatches } from './keptBatches.ts';
import { type RecordHeader, seqFrom } from './record.ts';
import { contentOf, recordAt } from './segment.ts';
import { openSegment } from './segments.ts';

export interface LogRecord {
  /** Number of its segment. */
  readonly segment: number;
  /** Offset in the segment's bytes as first written. */
  readonly offset: number;
  readonly header: RecordHeader;
  /** Header and payload; valid until the next record is asked for. */
  readonly bytes: Buffer;
}

/**
 * Frames and links up to fact `to`, in order, checksums compared. The folder is not written meanwhile.
 *
 * @throws {Damage} where a record is not intact
 */
export function* recordsOf(
  folder: string,
  to = Number.POSITIVE_INFINITY,
  kept?: KeptBatches,
): Generator<LogRecord> {
  for (let number = 1; ; number++) {
    const segment = openSegment(folder, number, { kept });
    if (segment === null) return;
    try {
      for (let offset = 0; ; ) {
        const header = recordAt(segment, offset);
        if (header === null) break;
        if (seqFrom(header) > to) return;
        const bytes = contentOf(segment, offset, header);
        if (header.kind !== 'head') yield { segment: number, offset, header, bytes };
        offset += bytes.length;
      }
    } finally {
      segment.close();
    }
  }
}
