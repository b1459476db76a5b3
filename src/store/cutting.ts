/** Takes back the end of a log: what was recorded after some frame. The caller holds its lock. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import { HEADER_BYTES } from './record.ts';
import { recordsOf } from './records.ts';
import { unsealSegment } from './sealing.ts';
import { listSegments, sealedName, segmentName } from './segments.ts';

/**
 * Cuts the log after the frame that ends with fact `seq`; 0 cuts all of it. A crash in the middle leaves a log
 * that opens, and ends somewhere between there and where it ended before.
 */
export function cutAfter(folder: string, seq: number, disk: Disk): void {
  const end = endOf(folder, seq);
  // From the last segment backwards: what is left is the beginning of the log at every moment.
  for (const number of listSegments(folder).reverse()) {
    if (number <= end.segment) break;
    for (const name of [segmentName(number), sealedName(number)]) {
      if (existsSync(join(folder, name))) disk.remove(join(folder, name));
    }
    disk.syncFolder(folder);
  }
  if (end.segment === 0) return;
  unsealSegment(folder, end.segment, disk);
  disk.truncate(join(folder, segmentName(end.segment)), end.offset);
  disk.syncFolder(folder);
}

/** Where the frame ends; what follows it, a link perhaps, is written again when the log goes on. */
function endOf(folder: string, seq: number): { segment: number; offset: number } {
  let end = { segment: 0, offset: 0 };
  for (const { segment, offset, header } of recordsOf(folder, seq)) {
    if (header.kind !== 'frame') continue;
    end = { segment, offset: offset + HEADER_BYTES + header.payloadBytes };
  }
  return end;
}
